"""The shape of what is typed about hours: a resident's log, a verifier's decision, a paper sheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import time
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.models import Community, Resident
from core.forms import KeyedForm, NearDateField, TypedTextField, refuse
from core.typed import typed_parts
from core.wording import dot, when_text
from tasks.models import SignUp, Task
from tasks.models.hours import REASON_LENGTH
from tasks.rules.hours import HoursRefused, Span, check_minutes, plain_digits, read_minutes, span_of

NUMBERS_AT_MOST = 60
SIGN_UP, TASK = "s", "t"


class KindTimeField(forms.TimeField):
    """A time of day; full-width digits and colons are fine, and 9.30 is 9:30."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M"))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> time | None:
        """The time, from what was typed in everyday characters."""
        if isinstance(value, str):
            value = plain_digits(value).replace(".", ":")
        return super().to_python(value)


class KindDateField(NearDateField):
    """A day; full-width digits are fine."""

    def to_python(self, value: Any) -> Any:
        """The day, from what was typed in everyday characters."""
        return super().to_python(plain_digits(value).replace("/", "-") if isinstance(value, str) else value)


class ItemSelect(forms.Select):
    """A list of what people typed: each choice is marked with its language."""

    langs: dict[str, str] = {}

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The option with the language of its title."""
        option = super().create_option(name, value, *args, **kwargs)
        option["attrs"] |= {"lang": self.langs.get(str(value), "zh-Hans"), "data-typed": True}
        return option


class SpanForm(KeyedForm):
    """When it was: the day, the start, and the end or the minutes; who saw it."""

    service_date = KindDateField(label=_("Day"))
    start = KindTimeField(label=_("From"))
    end = KindTimeField(label=_("Until"), required=False, help_text=_("Or leave it empty and write the minutes."))
    minutes = TypedTextField(
        label=_("Minutes"),
        required=False,
        max_length=8,
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
        help_text=_("A whole number, such as 90 for one hour and a half."),
    )
    witness = forms.CharField(
        label=_("Who saw it"),
        required=False,
        max_length=60,
        help_text=_("The team leader, or the neighbour you helped."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        self.span: Span | None = None

    def clean(self) -> dict[str, Any]:
        """The span of the figures, or what is wrong with them."""
        data = super().clean() or {}
        if "service_date" not in data or data.get("start") is None or "end" in self.errors:
            return data
        try:
            self.span = span_of(
                day=data["service_date"],
                start=data["start"],
                end=data.get("end"),
                minutes=read_minutes(data.get("minutes", "")),
                zone=self.zone,
            )
        except HoursRefused as reason:
            refuse(self, reason)
        return data


class LogForm(SpanForm):
    """What the hours were for, and when."""

    item = forms.ChoiceField(label=_("What did you help with?"), widget=ItemSelect)

    field_order = ["form_key", "item", "service_date", "start", "end", "minutes", "witness", "note"]

    def __init__(self, *args: Any, sign_ups: Sequence[SignUp], tasks: Sequence[Task], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        item: Any = self.fields["item"]
        item.choices = [*map(_sign_up_choice, sign_ups), *map(_task_choice, tasks)]
        item.widget.langs = {
            **{f"{SIGN_UP}:{one.pk}": typed_parts(one.shift.task, "title").lang for one in sign_ups},
            **{f"{TASK}:{one.pk}": typed_parts(one, "title").lang for one in tasks},
        }

    def chosen(self) -> dict[str, UUID]:
        """``sign_up_id`` or ``task_id``, for the service."""
        kind, _colon, key = self.cleaned_data["item"].partition(":")
        return {"sign_up_id" if kind == SIGN_UP else "task_id": UUID(key)}


def _sign_up_choice(sign_up: SignUp) -> tuple[str, str]:
    shift = sign_up.shift
    title = typed_parts(shift.task, "title").text
    return f"{SIGN_UP}:{sign_up.pk}", f"{title}{dot()}{when_text(shift.starts_at, shift.ends_at)}"


def _task_choice(task: Task) -> tuple[str, str]:
    return f"{TASK}:{task.pk}", typed_parts(task, "title").text


class AppealForm(KeyedForm):
    """Why the hours are right after all."""

    reason = forms.CharField(
        label=_("Why are the hours right?"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Another person reads this and decides. You can appeal once."),
    )


class DecideForm(KeyedForm):
    """A verifier's decision on one record. Approving needs no reason; returning and refusing do."""

    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed to return or refuse. The resident reads it."),
    )


class ReversalForm(KeyedForm):
    """Why credited hours are to be taken back."""

    reason = forms.CharField(
        label=_("Why is this reversed?"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The second person and the resident read it."),
    )


class SheetForm(KeyedForm):
    """The paper sheet on the screen: a tick and minutes for who signed up, and the numbers of who just came."""

    walk_ins = TypedTextField(
        label=_("Came without signing up: member numbers"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2, "inputmode": "numeric"}),
        help_text=_("One after the other, such as 0217 0033."),
    )
    others_absent = forms.BooleanField(label=_("Everybody not ticked did not come"), required=False)

    def __init__(
        self, *args: Any, community: Community, residents: Iterable[Resident], minutes: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.community = community
        self.rows = {f"came_{one.pk.hex}": one for one in residents}
        self.walked_in: list[Resident] = []
        for name in self.rows:
            self.fields[name] = forms.BooleanField(label=pgettext_lazy("attendance", "Came"), required=False)
            self.fields[_minutes_of(name)] = TypedTextField(
                label=_("Minutes"),
                required=False,
                max_length=8,
                initial=str(minutes),
                widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
            )

    def clean(self) -> dict[str, Any]:
        """Minutes are whole and within a record's limits."""
        data = super().clean() or {}
        for name in self.rows:
            if data.get(name):
                self._clean_minutes(_minutes_of(name), data)
        return data

    def _clean_minutes(self, name: str, data: dict[str, Any]) -> None:
        try:
            data[name] = read_minutes(data.get(name, ""))
            if data[name] is not None:
                check_minutes(data[name])
        except HoursRefused as reason:
            self.add_error(name, ValidationError(str(reason), code=reason.code))

    def clean_walk_ins(self) -> str:
        """The residents of the numbers typed; unknown ones are named."""
        typed = str(self.cleaned_data["walk_ins"])
        numbers = [number.zfill(4) for number in re.split(r"[\s,;，；、]+", typed) if number]
        if len(numbers) > NUMBERS_AT_MOST:
            raise ValidationError(_("That is too many at once. Enter the sheet in parts."))
        found = Resident.objects.for_community(self.community).living_here().filter(member_number__in=numbers)
        self.walked_in = list(found)
        known = {resident.member_number for resident in self.walked_in}
        if unknown := [number for number in dict.fromkeys(numbers) if number not in known]:
            raise ValidationError(
                _("No resident has the number %(numbers)s. Look at the sheet again."),
                params={"numbers": ", ".join(unknown)},
            )
        return typed

    def came(self) -> dict[UUID, int | None]:
        """Resident → minutes, for the service; None is the shift's own length."""
        ticked = {
            one.pk: self.cleaned_data[_minutes_of(name)] for name, one in self.rows.items() if self.cleaned_data[name]
        }
        return {**dict.fromkeys((one.pk for one in self.walked_in), None), **ticked}


def _minutes_of(name: str) -> str:
    return name.replace("came_", "minutes_", 1)
