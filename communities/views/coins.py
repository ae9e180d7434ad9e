"""Staff's pages of credit lines and of what is owed after reversals."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.services.form_keys import once
from communities.access import manager_page, report_page, staff_page
from communities.actors import Actor
from communities.choices import WriteOffState
from communities.errors_coins import OwnDebt
from communities.forms.coins import CreditLineForm, WriteOffForm
from communities.models import Household, Resident, WriteOff
from communities.selectors import wallet_id_of
from communities.selectors_debts import done_write_offs, owed_by, owing, own_line, waiting_write_offs
from communities.selectors_moves import Purse, lives_off, purses
from communities.services import lending, write_offs
from core import clock
from core.clock import local_date
from core.forms import KeyedForm, attempt
from core.paging import page_of
from ledger.choices import AccountKind
from ledger.selectors import balance, system_account_id

LATELY = 10
TINTS = {WriteOffState.ASKED: "wait", WriteOffState.CONFIRMED: "ok", WriteOffState.DECLINED: ""}
ICONS = {WriteOffState.ASKED: "wait", WriteOffState.CONFIRMED: "check", WriteOffState.DECLINED: "cancel"}


@require_http_methods(["GET", "HEAD", "POST"])
@manager_page
def credit_line(request: HttpRequest, actor: Actor, resident: UUID) -> HttpResponseBase:
    """A manager gives the passbook that a resident lives off a credit line of its own."""
    person = get_object_or_404(Resident.objects.for_community(actor.community), pk=resident)
    own = own_line(wallet_id_of(person, local_date(clock.now(), actor.community.time_zone)))
    form = CreditLineForm(request.POST or None, initial={"coins": own.coins if own else None})
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            facts = {"coins": form.cleaned_data["coins"], "reason": form.cleaned_data["reason"]}
            lending.lend_to(actor=actor, resident_id=person.pk, now=clock.now(), **facts)
            return reverse("communities:resident", args=[actor.community.slug, person.pk])

        url = attempt(form, lambda: once(key=form.key, user_id=actor.user_id, purpose="credit-line", run=run))
        if url is not None:
            messages.success(request, _("Saved. It holds from now on."))
            return redirect(url)
    return render(request, "communities/credit_line.html", {"resident": person, "form": form, "own_line": own})


@require_safe
@report_page
def debts(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Whose passbooks still owe, which write-offs wait, and the last ones decided."""
    context = {
        "page": page_of(request, owing(actor.community)),
        "waiting": waiting_write_offs(actor.community)[:50],
        "done": done_write_offs(actor.community)[:LATELY],
        "may_ask": actor.is_staff,
    }
    return render(request, "communities/debts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def ask_write_off(request: HttpRequest, actor: Actor, holder: UUID) -> HttpResponseBase:
    """Ask that what a resident's or household's passbook owes be let go."""
    wallet_id = _wallet_of(actor, holder)
    owed = owed_by(wallet_id)
    if lives_off(actor.user_id, [wallet_id], [local_date(clock.now(), actor.community.time_zone)]):
        raise PermissionDenied(str(OwnDebt.message))
    form = WriteOffForm(request.POST or None, owed=owed)
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            facts = {"coins": form.cleaned_data["coins"], "reason": form.cleaned_data["reason"]}
            write_offs.ask(actor=actor, wallet_id=wallet_id, now=clock.now(), **facts)
            return reverse("communities:debts", args=[actor.community.slug])

        url = attempt(form, lambda: once(key=form.key, user_id=actor.user_id, purpose="ask-write-off", run=run))
        if url is not None:
            messages.success(request, _("Asked. Another manager confirms it."))
            return redirect(url)
    context = {"form": form, "owed": owed, "purse": _whose(wallet_id), "fund": _fund(actor)}
    return render(request, "communities/ask_write_off.html", context)


def _wallet_of(actor: Actor, holder: UUID) -> int:
    """The wallet of a resident or household of the community; 404 for others."""
    here = {"community": actor.community, "pk": holder}
    wallet_id = (
        Resident.objects.filter(**here).values_list("wallet_id", flat=True).first()
        or Household.objects.filter(**here).values_list("wallet_id", flat=True).first()
    )
    if wallet_id is None:
        raise Http404
    return int(wallet_id)


@require_http_methods(["GET", "HEAD", "POST"])
@report_page
def write_off(request: HttpRequest, actor: Actor, write_off: UUID) -> HttpResponseBase:
    """One write-off: another manager confirms or declines it; others read it."""
    rows = WriteOff.objects.filter(community=actor.community).select_related("asked_by", "decided_by")
    found = get_object_or_404(rows, pk=write_off)
    if request.method == "POST" and not actor.is_manager:
        raise PermissionDenied
    form = KeyedForm(request.POST or None)
    if form.is_bound and form.is_valid() and not {"confirm", "decline"}.isdisjoint(request.POST):
        confirms = "confirm" in request.POST

        def run() -> str:
            service = write_offs.confirm if confirms else write_offs.decline
            service(actor=actor, write_off_id=found.pk, now=clock.now())
            return reverse("communities:debts", args=[actor.community.slug])

        url = attempt(form, lambda: once(key=form.key, user_id=actor.user_id, purpose="write-off", run=run))
        if url is not None:
            messages.success(request, _("Written off. They have been told.") if confirms else _("It stays owed."))
            return redirect(url)
    return render(request, "communities/write_off.html", _facts(actor, found) | {"form": form})


def _facts(actor: Actor, found: WriteOff) -> dict[str, object]:
    state = WriteOffState(found.state)
    own = lives_off(actor.user_id, [found.wallet_id], [local_date(clock.now(), actor.community.time_zone)])
    decides = actor.is_manager and found.is_open
    return {
        "write_off": found,
        "state": {"label": state.label, "tint": TINTS[state], "icon": ICONS[state]},
        "owed": owed_by(found.wallet_id),
        "fund": _fund(actor),
        "own": own,
        "may_decline": decides,
        "may_confirm": decides and not own and found.asked_by_id != actor.user_id,
        "purse": _whose(found.wallet_id),
    }


def _fund(actor: Actor) -> int:
    """What the community's fund has."""
    return balance(system_account_id(actor.community.book_id, AccountKind.FUND)).available


def _whose(wallet_id: int) -> Purse:
    return purses([wallet_id])[wallet_id]
