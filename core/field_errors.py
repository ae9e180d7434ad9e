"""What a field says of an empty or wrong value, in the product's words instead of Django's, in both languages.

Every form has them, ours, allauth's and the admin's, unless a field brings a sentence of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.core import validators
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SHOWN = _("Please choose one of those shown.")
NO_FILE = _("Choose the file first.")
# The kind of field → the code of the error → the sentence. A kind passes its sentences on to those made of it.
FIELDS: dict[type[forms.Field], dict[str, _StrPromise]] = {
    forms.Field: {"required": _("Please fill this in.")},
    forms.BooleanField: {"required": _("Please tick this first.")},
    forms.ChoiceField: {"required": _("Please choose one."), "invalid_choice": SHOWN},
    forms.MultipleChoiceField: {"invalid_choice": SHOWN, "invalid_list": SHOWN},
    forms.ModelChoiceField: {"invalid_choice": SHOWN},
    forms.IntegerField: {"invalid": _("Write a whole number in digits, such as 12.")},
    forms.DateField: {"invalid": _("Write a day such as 2026-11-22.")},
    forms.TimeField: {"invalid": _("Write a time such as 09:30.")},
    forms.DateTimeField: {"invalid": _("Write a day and a time, such as 2026-11-22 09:30.")},
    forms.FileField: {
        "required": NO_FILE,
        "invalid": NO_FILE,
        "missing": NO_FILE,
        "empty": _("This file is empty."),
    },
}
LIMITS: dict[type[validators.BaseValidator], _StrPromise] = {
    validators.MinValueValidator: _("At least %(limit_value)s, please."),
    validators.MaxValueValidator: _("At most %(limit_value)s, please."),
    validators.MinLengthValidator: _("This is too short: at least %(limit_value)d characters, please."),
    validators.MaxLengthValidator: _(
        "This is too long: at most %(limit_value)d characters, please. You wrote %(show_value)d."
    ),
}
EMAIL = _("Write an email address, such as name@example.org.")
UNREADABLE = _("There is a sign in this that cannot be kept. Please write it anew.")


def speak() -> None:
    """Put them in the place of Django's."""
    for field, said in FIELDS.items():
        field.default_error_messages = {**vars(field).get("default_error_messages", {}), **said}
    for limit, text in LIMITS.items():
        limit.message = text
    # A choice among rows asks their key's column, which would show the key that was sent.
    models.UUIDField.default_error_messages = {"invalid": SHOWN}
    validators.EmailValidator.message = EMAIL
    validators.ProhibitNullCharactersValidator.message = UNREADABLE
