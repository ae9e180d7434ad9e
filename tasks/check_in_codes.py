"""The rotating code of a shift: a new one every 30 seconds, good for 90, made from the shift's secret. Pure.

It proves that somebody saw the screen a moment ago, nothing else: who it is comes from signing in.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime
from uuid import UUID

STEP_SECONDS = 30
ACCEPTED_STEPS = 3  # this one and the two before: 60 to 90 seconds
STEP_BYTES = 5
MAC_BYTES = 16


def step_at(now: datetime) -> int:
    """The number of the half minute."""
    return int(now.timestamp()) // STEP_SECONDS


def make_token(*, shift_id: UUID, secret: str, now: datetime) -> str:
    """The code of this half minute, safe in a URL."""
    body = shift_id.bytes + step_at(now).to_bytes(STEP_BYTES, "big")
    return _text(body + _mac(body, secret))


def shift_of(token: str) -> UUID | None:
    """The shift that a code names, None for what is no code. It proves nothing yet."""
    raw = _raw(token)
    return UUID(bytes=raw[:16]) if raw else None


def is_good(token: str, *, secret: str, now: datetime) -> bool:
    """Whether the code was made from this secret within the last 90 seconds."""
    raw = _raw(token)
    if raw is None:
        return False
    body, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    age = step_at(now) - int.from_bytes(body[16:], "big")
    return hmac.compare_digest(mac, _mac(body, secret)) and 0 <= age < ACCEPTED_STEPS


def _mac(body: bytes, secret: str) -> bytes:
    return hmac.new(bytes.fromhex(secret), body, hashlib.sha256).digest()[:MAC_BYTES]


def _raw(token: str) -> bytes | None:
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    # One way of writing a code alone: the spare bits of its last letter are no second spelling.
    return raw if len(raw) == 16 + STEP_BYTES + MAC_BYTES and _text(raw) == token else None


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
