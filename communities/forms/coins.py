"""What staff write about credit lines and debts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from communities.choices import BOUNDS
from communities.models.write_offs import REASON_LENGTH
from core.forms import KeyedForm, TypedTextField

SHORT = {"class": "short", "inputmode": "numeric"}


def reason_field(hint: Any) -> TypedTextField:
    """Why, in a few lines."""
    widget = forms.Textarea(attrs={"rows": 2})
    return TypedTextField(label=_("Reason"), max_length=REASON_LENGTH, help_text=hint, widget=widget)


class CreditLineForm(KeyedForm):
    """One passbook's own credit line."""

    coins = forms.IntegerField(
        label=_("How far below 0 the passbook may go"),
        required=False,
        min_value=BOUNDS["credit_line_coins"][0],
        max_value=BOUNDS["credit_line_coins"][1],
        help_text=_("In coins. Left empty, the community's line counts again."),
        widget=forms.TextInput(attrs=SHORT),
    )
    reason = reason_field(_("Staff read it. No illness, no family matters."))


class WriteOffForm(KeyedForm):
    """How much of what is owed is let go, and why."""

    coins = forms.IntegerField(
        label=_("How many coins to write off"),
        required=False,
        help_text=_("Left empty, all that is owed."),
        widget=forms.TextInput(attrs=SHORT),
    )
    reason = reason_field(_("Whoever confirms it reads it. No illness, no family matters."))

    def __init__(self, *args: Any, owed: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coins"].validators = [MinValueValidator(1), MaxValueValidator(owed)]
