"""Anybody may have a printed page checked: the code in, what it stands for out. No names."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from communities.access import board_page
from communities.actors import Actor
from papers.selectors.checks import proof_of

MAX_LENGTH = 100


@board_page
@require_safe
def check(request: HttpRequest, actor: Actor | None, code: str = "") -> HttpResponse:
    """The form, and the answer for ``?code=`` or a code in the address."""
    typed = (request.GET.get("code", "") or code).strip()[:MAX_LENGTH]
    proof = proof_of(community=request.community, text=typed) if typed else None  # type: ignore[attr-defined]
    return render(request, "papers/check.html", {"typed": typed, "proof": proof})
