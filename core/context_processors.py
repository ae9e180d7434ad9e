"""What every page knows: text size, community, its phone and its coin."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from core.coins import CoinWord

TEXT_SIZES = ("standard", "large", "largest")
TEXT_SIZE_COOKIE = "text_size"


def text_size(request: HttpRequest) -> str:
    """The reader's size: the account's, else the session's, else the browser's, else standard."""
    user = getattr(request, "user", None)
    session = getattr(request, "session", None)
    answers = (
        getattr(user, "text_size", "") if user is not None and user.is_authenticated else "",
        session.get(TEXT_SIZE_COOKIE, "") if session is not None else "",
        request.COOKIES.get(TEXT_SIZE_COOKIE, ""),
    )
    return next((size for size in answers if size in TEXT_SIZES), TEXT_SIZES[0])


def page(request: HttpRequest) -> dict[str, Any]:
    """`text_size`, `community` (set by the view as `request.community`, or None), `phone`, `coin`."""
    community = getattr(request, "community", None)
    return {
        "text_size": SimpleLazyObject(lambda: text_size(request)),
        "community": community,
        "phone": getattr(community, "phone", "") or getattr(settings, "CONTACT_PHONE", ""),
        "coin": SimpleLazyObject(lambda: getattr(community, "coin", None) or CoinWord()),
    }
