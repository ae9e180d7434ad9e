"""Registration by oneself: one question a page."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import DayField, KeyedForm, PhoneField, TypedTextField

MOST_NAME = 60


def name_field() -> forms.CharField:
    """A person's full name."""
    return TypedTextField(
        label=_("Full name"), max_length=MOST_NAME, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )


def birth_field() -> DayField:
    """A birth date."""
    return DayField(
        label=_("Birth date"),
        help_text=_("Year, month, day, such as 1957-03-08."),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "text", "autocomplete": "bday", "class": "short"}),
    )


class NameStep(forms.Form):
    """What are you called?"""

    full_name = name_field()
    address_form = TypedTextField(
        label=_("What neighbours may call you"),
        help_text=_("Such as Auntie Lin. Left empty, they see your surname and two stars."),
        max_length=20,
        required=False,
    )


class HomeStep(forms.Form):
    """Where do you live?"""

    building = TypedTextField(label=_("Building"), help_text=_("Such as building 3, entrance 2."), max_length=60)
    door = TypedTextField(label=_("Door number"), help_text=_("Only staff see it."), max_length=30, required=False)


class BirthStep(forms.Form):
    """When were you born?"""

    birth_date = birth_field()


class GuardianStep(forms.Form):
    """Who agrees for someone under 18?"""

    guardian_name = TypedTextField(label=_("Name of your parent or guardian"), max_length=MOST_NAME)
    guardian_phone = PhoneField(label=_("Their mobile number"))
    guardian_agrees = forms.BooleanField(label=_("They are here with me, have read this and agree."))


class ConsentStep(KeyedForm):
    """The last look, and consent."""

    consent = forms.BooleanField(
        label=_("I agree that the community keeps these details and my hours, as its privacy page says."),
        error_messages={"required": _("Please tick that you agree, or come to the office and ask.")},
    )
