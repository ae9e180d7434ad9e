"""The one family of refusals: what a service raises when it says no, in words for the person who asked."""

from __future__ import annotations

from django.utils.functional import Promise


class DomainError(Exception):
    """A refusal with a stable ``code`` and a lazy ``message`` that says what to do next.

    A subclass sets both; pass ``message`` when the sentence carries figures. ``field``: the form field it is about.
    """

    code: str = "refused"
    message: str | Promise = ""
    field: str | None = None

    def __init__(self, message: str | Promise = "", *, field: str | None = None) -> None:
        if message:
            self.message = message
        if field is not None:
            self.field = field
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self.message) or self.code


class NotAllowed(DomainError):
    """The thing is known, but this person may not: HTTP 403."""

    code = "not_allowed"
