"""Managers bring opening balances over from a list: send it, see what would happen, confirm."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import IO, Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.services import form_keys
from communities.access import manager_page
from communities.actors import Actor
from communities.forms.opening import OpeningConfirmForm, OpeningFileForm
from communities.models import BalanceImport
from communities.opening_rows import read_openings
from communities.services.opening import Outcome
from communities.services.opening_lists import Checked, check_list, confirm_list
from core import clock, tables
from core.forms import attempt
from core.wording import number_text

RUNS_SHOWN = 10
PROBLEMS_SHOWN = 200


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def index(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The file to send, and the lists brought over before; sent, what would happen."""
    sending = request.method == "POST"
    form = OpeningFileForm(request.POST, request.FILES) if sending else OpeningFileForm()
    if sending and form.is_valid():
        sent: UploadedFile[Any] = form.cleaned_data["file"]
        checked = attempt(form, lambda: _checked(actor, sent))
        if checked is not None:
            return render(request, "communities/opening_checked.html", _shown(checked))
    runs = BalanceImport.objects.filter(community=actor.community).select_related("manager").order_by("-pk")
    return render(request, "communities/opening.html", {"form": form, "runs": runs[:RUNS_SHOWN]})


def _checked(actor: Actor, sent: UploadedFile[Any]) -> Checked:
    if (sent.size or 0) > tables.MOST_BYTES:
        raise tables.TableTooLarge
    rules = actor.community.settings
    with tempfile.NamedTemporaryFile() as file:
        hashed = _copied(sent, file)
        names = [rules.coin_zh, rules.coin_en, rules.coin_en_plural]
        rows = read_openings(tables.read(Path(file.name)), coin_names=names)
        name = sent.name or ""
        return check_list(actor=actor, rows=rows, file_name=name, file_hash=hashed, now=clock.now())


def _copied(sent: UploadedFile[Any], file: IO[bytes]) -> str:
    """The upload as a file on the disk; answers its SHA-256."""
    digest = hashlib.sha256()
    for block in sent.chunks():
        digest.update(block)
        file.write(block)
    file.flush()
    return digest.hexdigest()


def _shown(checked: Checked) -> dict[str, object]:
    problems = checked.outcome.problems
    return {
        "outcome": checked.outcome,
        "problems": problems[:PROBLEMS_SHOWN],
        "more": max(len(problems) - PROBLEMS_SHOWN, 0),
        "form": OpeningConfirmForm(initial={"token": checked.token}),
    }


@require_POST
@manager_page
def confirm(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Bring it over, once."""
    form = OpeningConfirmForm(request.POST)
    if form.is_valid():
        done = attempt(
            form,
            lambda: form_keys.once(
                key=form.key,
                user_id=actor.user_id,
                purpose="opening",
                run=lambda: _said(confirm_list(actor=actor, token=form.cleaned_data["token"], now=clock.now())),
            ),
        )
        if done is not None:
            messages.success(request, done)
            return redirect("communities:opening", actor.community.slug)
    for error in form.non_field_errors() or [_("This page was open for too long. Please send it again.")]:
        messages.error(request, str(error))
    return redirect("communities:opening", actor.community.slug)


def _said(total: Outcome) -> str:
    return ngettext(
        "%(people)s balance brought over, %(coins)s coins together.",
        "%(people)s balances brought over, %(coins)s coins together.",
        total.posted,
    ) % {"people": number_text(total.posted), "coins": number_text(total.coins)}
