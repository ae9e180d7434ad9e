"""The verification code on a paper: what it is about, and a mark that only this installation can make.

``R0217-2611-45-7K4F9QXM``: account number, year and month, number of the last line, and 40 bits of an HMAC over these
and the balance. Nothing is stored, so printing changes nothing; whoever holds the paper can have it checked, and nobody
can guess one.
"""

from __future__ import annotations

import base64
import hmac
import re
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.crypto import salted_hmac

MARK_BYTES = 5
CODE = re.compile(r"([0-9A-Z.:_-]{1,60})-(\d{4})-(\d{1,12})-([A-Z0-9]{8})")
ALIKE = str.maketrans("018", "OIB")  # the mark has no 0, 1 and 8
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—－", "-"))


@dataclass(frozen=True, slots=True)
class Claim:
    """What a code says, before it is believed."""

    account_number: str
    month: date
    last_seq: int
    mark: str


def code(*, book_id: int, account_number: str, month: date, last_seq: int, balance: int) -> str:
    """The code of a month's page of an account, as it stood after line ``last_seq`` with this balance."""
    mark = _mark(book_id, account_number, month, last_seq, balance, settings.SECRET_KEY)
    return f"{account_number.upper()}-{month:%y%m}-{last_seq}-{mark}"


def read(text: str) -> Claim | None:
    """What a typed code says, spaces and long dashes forgiven; None when it cannot be one."""
    typed = re.sub(r"\s", "", text).translate(DASHES).upper()
    match = CODE.fullmatch(typed)
    if match is None or not 1 <= int(match[2][2:]) <= 12:
        return None
    month = date(2000 + int(match[2][:2]), int(match[2][2:]), 1)
    return Claim(account_number=match[1], month=month, last_seq=int(match[3]), mark=match[4].translate(ALIKE))


def is_ours(claim: Claim, *, book_id: int, balance: int) -> bool:
    """Whether this installation made the mark, with its present key or one that it had before."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    marks = [_mark(book_id, claim.account_number, claim.month, claim.last_seq, balance, key) for key in keys]
    return any(hmac.compare_digest(mark, claim.mark) for mark in marks)


def _mark(book_id: int, number: str, month: date, last_seq: int, balance: int, key: str | bytes) -> str:
    said = f"{book_id}|{number.upper()}|{month:%Y-%m}|{last_seq}|{balance}"
    digest = salted_hmac("papers.codes", said, secret=key, algorithm="sha256").digest()
    return base64.b32encode(digest[:MARK_BYTES]).decode()
