"""The shape of what is typed about courses, lessons and seats."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from bookings.models.course import MAX_PLACES, NOTE_LENGTH, TITLE_LENGTH
from bookings.services.lessons import MAX_LESSONS, CoursePlan, Span
from core.forms import KeyedForm, NearDateField
from core.phones import half_width

MAX_PRICE = 10_000


class SeatForm(KeyedForm):
    """Confirming a seat: nothing but the one-time key."""


class CancelLessonForm(KeyedForm):
    """Why a lesson does not take place."""

    reason = forms.CharField(
        label=_("Why is it cancelled?"), max_length=NOTE_LENGTH, help_text=_("Everybody who booked reads this.")
    )


class LessonsForm(KeyedForm):
    """Days and hours of lessons: one first day, and how often it repeats every week."""

    first_day = NearDateField(label=_("First day"))
    starts_time = forms.TimeField(label=_("Begins at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends_time = forms.TimeField(label=_("Ends at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    times = forms.IntegerField(
        label=_("How many lessons"),
        min_value=1,
        max_value=MAX_LESSONS,
        initial=1,
        help_text=_("Once a week, on the same day."),
    )

    def __init__(self, *args: Any, zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(zone)

    def clean(self) -> dict[str, Any]:
        """The lesson must end after it begins."""
        cleaned: dict[str, Any] = super().clean() or {}
        starts, ends = cleaned.get("starts_time"), cleaned.get("ends_time")
        if starts and ends and ends <= starts:
            self.add_error("ends_time", ValidationError(_("The lesson must end after it begins.")))
        return cleaned

    def spans(self) -> list[Span]:
        """When each lesson is, in wall time, so that it stays at the same hour across a change of clocks."""
        data = self.cleaned_data
        days = [data["first_day"] + timedelta(weeks=week) for week in range(data["times"])]
        return [Span(self._at(day, data["starts_time"]), self._at(day, data["ends_time"])) for day in days]

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, tzinfo=self.zone)


class CourseForm(LessonsForm):
    """A course with its first lessons."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=TITLE_LENGTH)
    title_en = forms.CharField(label=_("Title in English"), max_length=TITLE_LENGTH, required=False)
    about = forms.CharField(
        label=_("What it is about"), max_length=NOTE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    teacher = forms.CharField(label=_("Teacher"), max_length=TITLE_LENGTH, required=False)
    place_zh = forms.CharField(label=_("Place in Chinese"), max_length=TITLE_LENGTH)
    place_en = forms.CharField(label=_("Place in English"), max_length=TITLE_LENGTH, required=False)
    places = forms.IntegerField(label=_("Places"), min_value=1, max_value=MAX_PLACES, initial=20)
    price_coins = forms.IntegerField(
        label=_("Price in coins"),
        min_value=0,
        max_value=MAX_PRICE,
        initial=40,
        help_text=_("0 means that nothing is held or paid."),
    )

    field_order = [
        "title_zh",
        "title_en",
        "about",
        "teacher",
        "place_zh",
        "place_en",
        "places",
        "price_coins",
        "first_day",
        "starts_time",
        "ends_time",
        "times",
    ]

    def plan(self) -> CoursePlan:
        """What was typed, for the service."""
        data = self.cleaned_data
        return CoursePlan(**{name: data[name] for name in CoursePlan.__dataclass_fields__})


class FindForm(forms.Form):
    """Whom staff look for."""

    q = forms.CharField(
        label=_("Resident"),
        max_length=60,
        required=False,
        help_text=_("Name, pinyin, end of the phone number, member number, or the passbook's QR code."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_q(self) -> str:
        """Full-width letters and digits are fine."""
        return re.sub(r"\s+", " ", half_width(self.cleaned_data["q"])).strip()
