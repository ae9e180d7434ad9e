"""Claiming, finding the resident to act for, the code word, asking for help."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from communities.models import Community, Resident
from communities.selectors import find_residents
from core.forms import DigitsField, KeyedForm, NearMomentField, TypedTextField
from core.wording import local
from tasks.choices import HELP_TILES, Category
from tasks.models.secrets import WORD_CODE_DIGITS
from tasks.models.sign_up import COMPANIONS_AT_MOST

FOUND_AT_MOST = 9


def number_field(
    label: Any, *, unit: Any = "", least: int = 0, most: int = 100_000, **kwargs: Any
) -> forms.IntegerField:
    """A whole number in a short box; full-width digits are read as digits."""
    attrs = {"class": "short", "inputmode": "numeric"} | ({"data-unit": unit} if unit else {})
    return forms.IntegerField(
        label=label, min_value=least, max_value=most, widget=forms.TextInput(attrs=attrs), **kwargs
    )


class ClaimForm(KeyedForm):
    """ "I'll do it", alone or with companions."""

    mark_optional = False
    companions = number_field(
        gettext_lazy("I bring companions"), unit=gettext_lazy("people"), most=COMPANIONS_AT_MOST, required=False
    )

    def heads(self) -> int:
        """How many come along."""
        return int(self.cleaned_data.get("companions") or 0)


class PicksResidents(forms.Form):
    """Finds a resident by name, pinyin, phone tail or member number. Several found are offered to choose from."""

    community: Community

    def picked(self, name: str) -> Resident | None:
        """The one resident, None when nothing was typed or it was refused (the field then says why)."""
        typed = self.cleaned_data.get(name, "")
        if not typed:
            return None
        found = list(find_residents(community=self.community, query=typed)[:FOUND_AT_MOST])
        chosen = self.data.get(self.add_prefix(f"{name}_choice"), "")
        certain = len(found) == 1 and (len(typed.strip()) > 1 or typed.strip().isdigit())  # a letter alone names nobody
        right = found if certain else [one for one in found if str(one.pk) == chosen]
        if right:
            return right[0]
        if not found:
            self.add_error(
                name, _("Nobody was found. Try the name, the last 4 digits of the phone or the member number.")
            )
        else:
            self._offer(name, found)
        return None

    def _offer(self, name: str, found: list[Resident]) -> None:
        choices = [(str(one.pk), f"{one.full_name} {one.member_number} {one.building}".strip()) for one in found]
        offered = forms.ChoiceField(label=_("Who of these"), choices=choices, widget=forms.RadioSelect, required=False)
        fields = list(self.fields.items())
        at = [key for key, _field in fields].index(name) + 1
        self.fields = dict([*fields[:at], (f"{name}_choice", offered), *fields[at:]])
        one_alone = _("One letter is little. Choose the resident if it is this one, or type more.")
        self.add_error(name, one_alone if len(found) == 1 else _("Several residents match. Choose one."))


class ClaimForForm(PicksResidents, KeyedForm):
    """Staff claim for somebody without a phone."""

    person = TypedTextField(
        label=pgettext_lazy("task", "For whom"), max_length=100,
        help_text=gettext_lazy("Name, pinyin, end of the phone number, member number, or scan the passbook"),
    )  # fmt: skip
    companions = number_field(
        gettext_lazy("Companions"), unit=gettext_lazy("people"), most=COMPANIONS_AT_MOST, required=False
    )

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community = community

    def clean(self) -> dict[str, Any]:
        """Look the resident up."""
        self.cleaned_data["resident"] = self.picked("person")
        return self.cleaned_data


class WordForm(forms.Form):
    """The six digits said aloud."""

    word = DigitsField(
        label=gettext_lazy("Code word"),
        help_text=gettext_lazy("6 digits. The person in charge says them or shows them on the screen."),
        max_length=20,
        widget=forms.TextInput(attrs={"class": "short", "autocomplete": "off"}),
    )

    def clean_word(self) -> str:
        """Six digits, or how many there were."""
        typed = str(self.cleaned_data["word"])
        if len(typed) != WORD_CODE_DIGITS:
            raise forms.ValidationError(
                _("The code word has %(right)d digits. You wrote %(typed)d.")
                % {"right": WORD_CODE_DIGITS, "typed": len(typed)}
            )
        return typed


class HelpForm(KeyedForm):
    """What is needed, when, in the resident's words, or "call me"."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What do you need help with?"),
        choices=[(one.value, one.label) for one in HELP_TILES],
        widget=forms.RadioSelect,
    )
    wanted_at = NearMomentField(label=gettext_lazy("When"), required=False)
    details = forms.CharField(
        label=gettext_lazy("What exactly?"), max_length=500, required=False,
        help_text=gettext_lazy("Staff read this first. They put on the board only what neighbours need to know."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    offers_coins = number_field(
        gettext_lazy("Coins you offer"), required=False, least=1,
        help_text=gettext_lazy("Leave it empty if you do not know: staff will talk it over with you."),
    )  # fmt: skip
    call_me = forms.BooleanField(label=gettext_lazy("Please call me, I would rather say it"), required=False)

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now = now

    def clean_wanted_at(self) -> datetime | None:
        """Today or later: "this morning" is still worth a call."""
        wanted: datetime | None = self.cleaned_data["wanted_at"]
        if wanted is not None and local(wanted).date() < local(self.now).date():
            raise forms.ValidationError(_("This day is past. Choose today or a day to come."))
        return wanted

    def clean(self) -> dict[str, Any]:
        """Something has to be said, or a call asked for."""
        cleaned = self.cleaned_data
        other = cleaned.get("kind") == Category.OTHER
        if other and not cleaned.get("details") and not cleaned.get("call_me"):
            self.add_error("details", _("Write what you need, or tick “Please call me”."))
        return cleaned


class AnswerForm(KeyedForm):
    """How a request was settled without a task."""

    answer = forms.CharField(label=gettext_lazy("What was done"), max_length=200)
