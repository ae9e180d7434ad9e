"""Forms of the audit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.forms import NearDateField
from reports.journals import Format

REASON_LENGTH = 200


class ReasonForm(forms.Form):
    """Why an entry is to be reversed."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("One sentence. It stays with both entries for good."),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class JournalForm(forms.Form):
    """For which program the journal is taken along, and of which days. The fields are the address's own words."""

    format = forms.ChoiceField(
        label=_("For which program"),
        choices=[
            (Format.HLEDGER.value, "hledger"),
            (Format.BEANCOUNT.value, "beancount"),
            (Format.CSV.value, _("A spreadsheet (CSV)")),
        ],
        initial=Format.HLEDGER.value,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from"] = NearDateField(label=_("From"), required=False)
        self.fields["to"] = NearDateField(
            label=_("To"), required=False, help_text=_("Both days are included. Left empty: everything.")
        )

    def clean(self) -> dict[str, Any]:
        """The first day is not after the last."""
        days = self.cleaned_data
        if days.get("from") and days.get("to") and days["from"] > days["to"]:
            raise ValidationError({"to": _("This day is before the first one.")}, code="backwards")
        return days
