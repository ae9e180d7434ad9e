"""Arithmetic of a redemption: dates, codes, whether one or two people approve."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.phones import half_width

DIGITS = 8
TOKEN_BYTES = 16  # 128 bits
TOKEN_LENGTH = 22  # 16 bytes in base64 without padding


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed or scanned into the code box: eight digits, a QR token, or neither."""

    code: str = ""
    token: str = ""


def new_code() -> str:
    """Eight random digits."""
    return f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"


def new_token() -> str:
    """128 random bits as 22 characters that a URL carries."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def read_code(typed: str) -> Typed:
    """Full-width digits, spaces and dashes are fine; a scanned QR is an address that ends with the token."""
    text = half_width(typed).strip()
    digits = re.sub(r"[\s·-]", "", text)
    if re.fullmatch(rf"[0-9]{{{DIGITS}}}", digits):
        return Typed(code=digits)
    last = text.rstrip("/").rsplit("/", 1)[-1]
    if re.fullmatch(rf"[A-Za-z0-9_-]{{{TOKEN_LENGTH}}}", last):
        return Typed(token=last)
    return Typed()


def needs_two_people(amount: int, *, limit: int) -> bool:
    """Whether two people approve: above the limit, in coins."""
    return amount > limit


def is_automatic(amount: int, *, up_to: int, limit: int) -> bool:
    """Whether no person approves. A setting of 0 means that somebody always does."""
    return 0 < amount <= min(up_to, limit)


def lapses_at(requested_at: datetime, *, days: int) -> datetime:
    """When a request that nobody decided lapses."""
    return requested_at + timedelta(days=days)


def expires_at(approved_at: datetime, *, days: int) -> datetime:
    """Until when a code is valid."""
    return approved_at + timedelta(days=days)


def reminder_at(expires: datetime, *, days: int = 3) -> datetime:
    """When the resident is told that the code is about to expire."""
    return expires - timedelta(days=days)
