"""Forms that are one button: the service's answer becomes a message, and the reader goes back."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.functional import Promise

from core.errors import DomainError, NotAllowed


def press(request: HttpRequest, run: Callable[[], object], *, done: str | Promise) -> None:
    """Run a service; say that it is done, or why not. What is not allowed is a 403."""
    try:
        run()
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from error
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, str(done))
