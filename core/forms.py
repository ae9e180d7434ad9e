"""What forms here share: the one-time key, phone numbers as people type them, refusals put where they belong."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _

from core import clock, phones
from core.errors import DomainError, NotAllowed
from core.wording import day_text, local

MAX_KEY = 40
EARLIEST = date(2000, 1, 1)  # of the days that a time bank writes down; births have a field of their own
AHEAD = timedelta(days=3 * 366)
DATE = re.compile(r"(\d{4})[-./年\s]*(\d{1,2})[-./月\s]*(\d{1,2})日?")
T = TypeVar("T")


def new_key() -> str:
    """A fresh one-time key: 144 bits."""
    return secrets.token_urlsafe(18)


class KeyedForm(forms.Form):
    """A form that does its work once, however often it is sent. The view runs it through ``form_keys.once``."""

    form_key = forms.CharField(
        max_length=MAX_KEY,
        widget=forms.HiddenInput,
        initial=new_key,
        error_messages={"required": _("This page was open for too long. Please send it again.")},
    )

    @property
    def key(self) -> str:
        """The key that was sent with it."""
        return str(self.cleaned_data["form_key"])


class TypedTextField(forms.CharField):
    """Text in which full-width digits and letters, and spaces around, mean what they look like."""

    def to_python(self, value: Any) -> str:
        """The text, in everyday characters."""
        return phones.half_width(super().to_python(value) or "").strip()


class DigitsField(TypedTextField):
    """Digits as people type them: spaces and hyphens are left out."""

    def to_python(self, value: Any) -> str:
        """The digits alone; other letters are kept, for the validators to see."""
        return re.sub(r"[\s-]", "", super().to_python(value))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Phones show their number pad."""
        return {**super().widget_attrs(widget), "inputmode": "numeric"}


class WholeNumberField(forms.IntegerField):
    """A whole number; full-width digits and spaces are fine, 1.5 is not."""

    def to_python(self, value: Any) -> int | None:
        """Half-width digits first."""
        return super().to_python(phones.half_width(value).replace(" ", "") if isinstance(value, str) else value)


class PhoneField(forms.CharField):
    """A phone number; cleaned it is E.164, empty it is ''."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Phone number"))
        kwargs.setdefault("max_length", 40)
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Phones show their number pad and offer the owner's number."""
        return {**super().widget_attrs(widget), "inputmode": "tel", "autocomplete": "tel"}

    def clean(self, value: Any) -> str:
        """E.164, or a ValidationError that says what is wrong with the number."""
        typed = super().clean(value)
        return phones.parse(typed) if typed else ""

    def prepare_value(self, value: Any) -> Any:
        """What was typed stays as typed; a stored number is shown in groups."""
        return phones.for_people(value) if isinstance(value, str) and value.startswith("+") else value


class DayField(TypedTextField):
    """A day as people write it: 1957-3-8, 1957.03.08, 1957年3月8日, 19570308; year first in both languages."""

    default_error_messages = {"invalid": _("Write year, month and day, such as 1957-03-08.")}

    def clean(self, value: Any) -> Any:
        """The date, None when empty and not required, or a ValidationError that shows how to write it."""
        typed = super().clean(value)
        if not typed:
            return None
        found = DATE.fullmatch(typed)
        try:
            return date(*(int(part) for part in found.groups())) if found else self._invalid()
        except ValueError:
            return self._invalid()

    def _invalid(self) -> date:
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compared as text."""
        return str(initial or "") != str(data or "")


def latest_day() -> date:
    """The last day that anything can be planned for."""
    return local(clock.now()).date() + AHEAD


def day_asked(text: str) -> date | None:
    """The day of a page's address, such as ``?day=2026-11-22``; None for no day and for one that nothing is kept of."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day <= latest_day() else None


def check_near(day: date) -> None:
    """A ValidationError for a day so far away that it must be a slip of the finger."""
    if not EARLIEST <= day <= latest_day():
        raise ValidationError(
            _("This day cannot be right. Write one from %(first)s to %(last)s."),
            code="far_away",
            params={"first": day_text(EARLIEST, year=True), "last": day_text(latest_day(), year=True)},
        )


class NearDateField(forms.DateField):
    """A day of the time bank's life: from 2000 until three years ahead."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        """Refuse a day far away."""
        super().validate(value)
        if isinstance(value, date):
            check_near(value)


class NearMomentField(forms.DateTimeField):
    """A day and a time of the clock in the community's zone, from 2000 until three years ahead."""

    FORMAT = "%Y-%m-%dT%H:%M"

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("input_formats", [self.FORMAT])
        kwargs.setdefault("widget", forms.DateTimeInput(attrs={"type": "datetime-local"}, format=self.FORMAT))
        super().__init__(**kwargs)

    def validate(self, value: Any) -> None:
        """Refuse a moment far away."""
        super().validate(value)
        if isinstance(value, datetime):
            check_near(value.date())


def attempt(form: forms.BaseForm, run: Callable[[], T]) -> T | None:
    """Run a service for a form: its refusal is said in the form and answers None; what is not allowed is a 403."""
    try:
        return run()
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except DomainError as error:
        refuse(form, error)
        return None


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """Say a service's refusal in the form: at its field, or above all of them."""
    field = error.field if error.field in form.fields else None
    form.add_error(field, ValidationError(str(error), code=error.code))
