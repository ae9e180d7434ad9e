"""What is typed about a transfer: whom, how much, why not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.models import Community
from core.forms import DigitsField, KeyedForm, TypedTextField, WholeNumberField
from core.names import LONGEST_SURNAME
from transfers.models import MOST_COINS, REASON_LENGTH

WHOLE = _("Write a whole number of coins, at least 1.")


class SendForm(forms.Form):
    """To whom and how many. The payee is named, never picked from a list."""

    partner = forms.ChoiceField(label=_("Community"), widget=forms.RadioSelect)
    member_number = DigitsField(
        label=_("Their member number"), help_text=_("On the first page of their passbook."), max_length=8
    )
    surname = TypedTextField(label=_("Their surname"), max_length=LONGEST_SURNAME)
    amount = WholeNumberField(
        label=_("Coins to send"),
        min_value=1,
        max_value=MOST_COINS,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), WHOLE),
    )

    def __init__(self, *args: Any, partners: Sequence[Community], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].choices = [(one.pk, one.name) for one in partners]  # type: ignore[attr-defined]
        if len(partners) == 1:
            self.fields["partner"].initial = partners[0].pk
        for name in ("member_number", "amount"):
            self.fields[name].widget.attrs["class"] = "short"


class ConfirmForm(KeyedForm):
    """A confirmation: nothing but the one-time key."""


class ReasonForm(KeyedForm):
    """Why not."""

    reason = TypedTextField(label=_("Reason"), help_text=_("The resident reads this."), max_length=REASON_LENGTH)
