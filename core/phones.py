"""Phone numbers as people type them: spaces, hyphens, full-width digits, with or without +86."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

MOBILE_DIGITS = 11
REGION = "CN"


def half_width(text: str) -> str:
    """Full-width digits, letters and signs as their everyday forms."""
    return unicodedata.normalize("NFKC", text)


def digits_of(text: str) -> str:
    """The digits, and a leading plus, of what was typed."""
    kept = re.sub(r"[\s()./·-]", "", half_width(text))
    return re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", kept)


def parse(text: str) -> str:
    """A Chinese mobile number, or any number with its country's code, as E.164.

    Raises ValidationError with a sentence that says how many digits were typed.
    """
    typed = digits_of(text)
    if typed.startswith(("+", "00")):
        return _foreign(typed)
    if not typed.isascii() or not typed.isdigit():
        raise ValidationError(_("Write the phone number in digits, such as 138 0013 8000."), code="phone_letters")
    if len(typed) != MOBILE_DIGITS:
        raise ValidationError(
            ngettext_lazy(
                "You typed %(digits)d digit; a mobile number has 11.",
                "You typed %(digits)d digits; a mobile number has 11.",
                "digits",
            ),
            code="phone_length",
            params={"digits": len(typed)},
        )
    if not re.fullmatch(r"1[3-9]\d{9}", typed):
        raise ValidationError(_("A mobile number begins with 13 to 19. Please look at it again."), code="phone_range")
    return f"+86{typed}"


def _foreign(typed: str) -> str:
    try:
        number = phonenumbers.parse(re.sub(r"^00", "+", typed), REGION)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_possible_number(number):
        raise ValidationError(_("This number with a country code is not complete. Please look at it again."))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def for_people(number: str) -> str:
    """138 0013 8000 from +8613800138000; other countries' numbers in their international form."""
    if re.fullmatch(r"\+861\d{10}", number):
        local = number[3:]
        return f"{local[:3]} {local[3:7]} {local[7:]}"
    try:
        parsed = phonenumbers.parse(number, REGION)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def masked(number: str) -> str:
    """138****8000: enough for its owner to know it, too little for anybody else."""
    local = number[3:] if number.startswith("+86") else number
    return f"{local[:3]}****{local[-4:]}" if len(local) >= MOBILE_DIGITS else "****" + local[-2:]
