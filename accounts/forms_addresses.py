"""The new phone number or email address of who is signed in, and where the code goes that shows who they are."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.choices import Way
from accounts.forms import address_of
from accounts.services.signing_in import Address
from core import phones
from core.forms import TypedTextField

SAME = _("This is the one that you sign in with already.")


class NewPhoneForm(forms.Form):
    """A mobile number."""

    address = TypedTextField(
        label=_("New mobile number"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
        help_text=_("We send a code of six digits to it."),
    )

    def __init__(self, *args: Any, current: str | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = current

    def clean_address(self) -> Address:
        """Where the code goes."""
        typed = self.cleaned_data["address"]
        if "@" in typed:
            raise ValidationError(_("This is an email address. Please write a mobile number."), code="wrong_way")
        return self._new(address_of(typed))

    def _new(self, address: Address) -> Address:
        if address.text == self.current:
            raise ValidationError(SAME, code="same")
        return address


class NewEmailForm(NewPhoneForm):
    """An email address."""

    address = TypedTextField(
        label=_("New email address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We send a code of six digits to it."),
    )

    def clean_address(self) -> Address:
        """Where the code goes."""
        typed = self.cleaned_data["address"]
        if "@" not in typed:
            raise ValidationError(_("Write an email address, such as name@example.org."), code="wrong_way")
        return self._new(address_of(typed))


class ProofForm(forms.Form):
    """Which of one's own addresses the code goes to."""

    way = forms.ChoiceField(label=_("Where shall the code go?"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, ways: list[Address], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.ways = {str(one.way): one for one in ways}
        field: Any = self.fields["way"]
        field.choices = [(way, _shown(one)) for way, one in self.ways.items()]
        field.initial = next(iter(self.ways), None)

    @property
    def address(self) -> Address:
        """The chosen one."""
        return self.ways[self.cleaned_data["way"]]


FORMS: dict[Way, type[NewPhoneForm]] = {Way.PHONE: NewPhoneForm, Way.EMAIL: NewEmailForm}


def _shown(address: Address) -> str:
    return phones.masked(address.phone) if address.phone else address.email
