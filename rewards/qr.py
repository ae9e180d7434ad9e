"""The QR of a pick-up ticket: the desk's address with the token, as an SVG without inline styles."""

from __future__ import annotations

import segno
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from rewards.models import Redemption

BORDER = 3


def scan_address(redemption: Redemption, slug: str) -> str:
    """What the QR says: a phone's camera opens it, a scanner types it into the code box."""
    path = reverse("rewards:scan", kwargs={"community": slug, "token": redemption.qr_token})
    return f"{settings.SITE_URL.rstrip('/')}{path}"


def qr_svg(text: str) -> SafeString:
    """The QR as SVG markup. `text` is our own address, and segno draws it: nothing typed by a person is in it."""
    drawn = segno.make(text, error="m", micro=False).svg_inline(
        border=BORDER, omitsize=True, svgclass=None, lineclass=None
    )
    return mark_safe(drawn)  # noqa: S308
