"""Forms of the audit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core import months
from core.forms import NearDateField, TypedTextField
from core.wording import month_text
from ledger.choices import EntryKind
from reports.journals import Format
from reports.selectors.entries import Narrow
from reports.selectors.samples import MOST, SEED_LETTERS, USUAL

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


class MonthField(TypedTextField):
    """A month as ``2026-11``; browsers that can show a picker."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"type": "month"}), max_length=7, required=False, **kwargs)

    def clean(self, value: Any) -> date | None:
        """The first day of the month, None when empty."""
        typed = super().clean(value)
        found = months.parse(typed) if typed else None
        if typed and found is None:
            raise forms.ValidationError(_("Write a month as 2026-11."), code="invalid")
        return found


class CoinsField(TypedTextField):
    """Whole coins as people type them: with spaces, in full-width digits; a thousands comma is left out too."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "size": 10}))
        super().__init__(max_length=15, required=False, **kwargs)

    def clean(self, value: Any) -> int | None:
        """The number, None when empty."""
        typed = re.sub(r"[\s,，]", "", super().clean(value))
        if typed and not (typed.isascii() and typed.isdigit()):
            raise forms.ValidationError(_("Write a whole number of coins."), code="invalid")
        return int(typed) if typed else None


class PeriodForm(forms.Form):
    """The months of a report, both included."""

    first = MonthField(label=_("From month"))
    last = MonthField(label=_("To month"))

    def clean(self) -> dict[str, Any]:
        """The first month comes first."""
        found = super().clean() or {}
        first, last = found.get("first"), found.get("last")
        if first and last and first > last:
            self.add_error("last", _("This month is before the first one."))
        return found

    def period(self, this_month: date) -> Period:
        """What was asked; the year so far where nothing valid was."""
        asked = self.cleaned_data if self.is_valid() else {}
        last = asked.get("last") or max(this_month, asked.get("first") or this_month)
        return Period(asked.get("first") or min(last, this_month).replace(month=1), last)


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months, ``first`` and ``last`` by their first days."""

    first: date
    last: date

    @property
    def ends(self) -> date:
        """The day after the last."""
        return months.following(self.last)

    def span(self, zone: str) -> tuple[datetime, datetime]:
        """The instants, half-open, in a zone."""
        place = ZoneInfo(zone)
        return datetime.combine(self.first, time(), place), datetime.combine(self.ends, time(), place)

    @property
    def words(self) -> str:
        """ "November 2026" or "January 2026 – November 2026"."""
        first, last = month_text(self.first), month_text(self.last)
        return first if self.first == self.last else f"{first} – {last}"


class PairsForm(PeriodForm):
    """Whose pairs: approvals for residents, or reversals by two people."""

    APPROVALS, REVERSALS = "approvals", "reversals"

    of = forms.ChoiceField(
        label=_("Of what"),
        required=False,
        choices=[(APPROVALS, _("Hours and redemptions")), (REVERSALS, _("Reversals: who asked, who decided"))],
    )

    @property
    def of_reversals(self) -> bool:
        """Whether pairs of reversals are asked for."""
        return self.is_valid() and self.cleaned_data["of"] == self.REVERSALS


class EntryFilterForm(forms.Form):
    """What journal entries are looked for by."""

    book = forms.ChoiceField(label=_("Book"), required=False)
    kind = forms.TypedChoiceField(label=_("Kind"), required=False, coerce=int, empty_value=None)
    month = MonthField(label=_("Month"))
    amount_from = CoinsField(label=_("Amount from"))
    amount_to = CoinsField(label=_("Amount to"))
    who = TypedTextField(label=_("Entered by (part of a name)"), required=False, max_length=60)
    number = TypedTextField(label=_("Account number"), required=False, max_length=60)
    state = forms.ChoiceField(
        label=_("Reversals"),
        required=False,
        choices=[("", _("All")), ("reversed", _("Those that were reversed")), ("reversing", _("Those that reverse"))],
    )
    account = CoinsField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, books: Iterable[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["book"].choices = [("", _("All")), *books]  # type: ignore[attr-defined]
        self.fields["kind"].choices = [("", _("All")), *EntryKind.choices]  # type: ignore[attr-defined]

    @property
    def narrow(self) -> Narrow:
        """What was typed and makes sense."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value not in (None, "")}
        return Narrow(**found | ({"book": int(found["book"])} if "book" in found else {}))

    @property
    def words(self) -> list[tuple[str, str]]:
        """The filters in words: label and value of each that is set."""
        self.is_valid()
        return [
            (str(self.fields[name].label), self._word(name, value))
            for name, value in self.cleaned_data.items()
            if value not in (None, "") and name != "account"
        ]

    def _word(self, name: str, value: Any) -> str:
        if isinstance(value, date):
            return month_text(value)
        choices = getattr(self.fields[name], "choices", ())
        return str(dict(choices).get(value, value))


class SampleForm(PeriodForm):
    """A random sample: how many, and the seed it is drawn by."""

    number = forms.IntegerField(
        label=_("How many entries"), min_value=1, max_value=MOST, required=False, widget=forms.NumberInput
    )
    seed = TypedTextField(
        label=_("Seed"),
        required=False,
        max_length=SEED_LETTERS,
        help_text=_("Leave it empty to draw afresh. Whoever writes the same seed and months gets the same entries."),
    )

    @property
    def size(self) -> int:
        """How many were asked for."""
        return (self.cleaned_data.get("number") if self.is_valid() else None) or USUAL


class YearForm(forms.Form):
    """Which year is reported."""

    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, years: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [(year, str(year)) for year in years]  # type: ignore[attr-defined]
