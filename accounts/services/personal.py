"""What a person chose for themselves: language and text size, on the account and in the browser."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from accounts.choices import Language, TextSize
from accounts.models import User
from core.context_processors import TEXT_SIZE_COOKIE

YEAR_SECONDS = 365 * 24 * 3600


def choose_language(*, user: User | None, language: Language) -> None:
    """Keep the language on the account, if there is one."""
    if user is not None:
        user.language = language
        user.save(update_fields=["language"])


def choose_text_size(*, user: User | None, size: TextSize) -> None:
    """Keep the text size on the account, if there is one."""
    if user is not None:
        user.text_size = size
        user.save(update_fields=["text_size"])


def choose_name(*, user: User, name: str) -> None:
    """What the product calls its reader."""
    user.display_name = name
    user.save(update_fields=["display_name"])


def remember_language(response: HttpResponseBase, language: str) -> None:
    """In the browser, so that it survives signing out."""
    _cookie(response, settings.LANGUAGE_COOKIE_NAME, language)


def remember_text_size(response: HttpResponseBase, size: str) -> None:
    """In the browser, so that it survives signing out."""
    _cookie(response, TEXT_SIZE_COOKIE, size)


def meet(*, request: HttpRequest, response: HttpResponseBase, user: User) -> None:
    """At sign-in: the account's choices go to the browser; what the account lacks it takes from the browser."""
    language, size = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), request.COOKIES.get(TEXT_SIZE_COOKIE, "")
    if not user.language and language in Language.values:
        choose_language(user=user, language=Language(language))
    if not user.text_size and size in TextSize.values:
        choose_text_size(user=user, size=TextSize(size))
    if user.language:
        remember_language(response, user.language)
    if user.text_size:
        remember_text_size(response, user.text_size)


def _cookie(response: HttpResponseBase, name: str, value: str) -> None:
    response.set_cookie(
        name, value, max_age=YEAR_SECONDS, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )
