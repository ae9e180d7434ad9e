"""Coins between wallets: staff ask, a second person decides, a slip is signed."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.services.form_keys import once
from communities.access import report_page, staff_page
from communities.actors import Actor
from communities.forms.moves import MoveForm, MoveReversalForm
from communities.models import HouseholdMove
from communities.selectors_moves import Purse, adults_of, free_coins, lives_off, moves_of, purses
from communities.services import moves as services
from communities.views.buttons import press
from core import clock
from core.capitals import capital_number
from core.clock import local_date
from core.forms import KeyedForm, attempt
from core.paging import page_of
from ledger.choices import ReversalStatus
from ledger.selectors import balance


@require_safe
@report_page
def index(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Those that wait for a second person, and the others; the newest first."""
    found = moves_of(actor.community)
    waiting = list(found.filter(state="asked")[:50])
    page = page_of(request, found.exclude(state="asked"))
    listed = [*waiting, *page.object_list]
    names = purses(wallet for one in listed for wallet in (one.from_wallet_id, one.to_wallet_id))
    context = {
        "waiting": [_row(one, names) for one in waiting],
        "rows": [_row(one, names) for one in page.object_list],
        "page": page,
        "may_ask": actor.is_staff,
    }
    return render(request, "communities/moves.html", context)


def _row(move: HouseholdMove, names: dict[int, Purse]) -> dict[str, object]:
    return {
        "move": move,
        "source": names[move.from_wallet_id],
        "target": names[move.to_wallet_id],
        "amount": move.amount_coins or move.asked_coins,
        "state": {"label": _state(move), "tint": _tint(move), "icon": _icon(move)},
    }


def _state(move: HouseholdMove) -> str:
    return _("Reversed") if move.reversed_at else move.get_state_display()


def _tint(move: HouseholdMove) -> str:
    return "wait" if move.is_open else "ok" if move.amount_coins and not move.reversed_at else ""


def _icon(move: HouseholdMove) -> str:
    if move.reversed_at:
        return "reversal"
    return {"asked": "wait", "confirmed": "check"}.get(move.state, "cancel")


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def new(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """Ask for a move. ``?from=0012`` names the wallet."""
    start = {"from_number": request.GET.get("from", "")[:8]}
    form = MoveForm(request.POST or None, community=actor.community, initial=start)
    if request.method == "POST" and form.is_valid():
        led = _once(form, actor, "ask_move", lambda: services.ask(actor=actor, terms=form.terms, now=clock.now()))
        if led is not None:
            return redirect(led)
    return render(request, "communities/new_move.html", {"form": form})


@require_safe
@report_page
def one(request: HttpRequest, actor: Actor, move: UUID) -> HttpResponseBase:
    """One move: wallets, coins, who asked and who decided; for a second person the buttons."""
    found = _of(actor, move)
    context = _facts(found)
    own = actor.is_staff and _is_own(actor, found)
    may_decide = actor.is_staff and found.is_open
    moved = found.state == "confirmed" and found.reversed_at is None
    context |= {
        "form": KeyedForm(),
        "own": own,
        "may_confirm": may_decide and not own and found.asked_by_id != actor.user_id,
        "may_decline": may_decide,
        "may_reverse": actor.is_staff and moved and not own,
    }
    return render(request, "communities/move.html", context)


@require_POST
@staff_page
def confirm(request: HttpRequest, actor: Actor, move: UUID) -> HttpResponseBase:
    """The second person moves the coins. A second click finds it decided."""
    found = _of(actor, move)
    form = KeyedForm(request.POST)
    if form.is_valid():
        press(
            request,
            lambda: _keyed(form, actor, "confirm_move", lambda: _confirmed(actor, found)),
            done=_("The coins were moved. Print the slip and have it signed."),
        )
    return redirect("communities:move", actor.community.slug, found.pk)


@require_POST
@staff_page
def decline(request: HttpRequest, actor: Actor, move: UUID) -> HttpResponseBase:
    """The coins stay where they are."""
    found = _of(actor, move)
    press(
        request,
        lambda: services.decline(actor=actor, move_id=found.pk, now=clock.now()),
        done=_("The coins stay where they are."),
    )
    return redirect("communities:move", actor.community.slug, found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def reversal(request: HttpRequest, actor: Actor, move: UUID) -> HttpResponseBase:
    """Ask that moved coins go back; or, where that was asked, decide as another manager."""
    found = _of(actor, move)
    waits = found.reversal is not None and found.reversal.status == ReversalStatus.ASKED
    form = KeyedForm(request.POST or None) if waits else MoveReversalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        led = _once(form, actor, "reverse_move", _reversing(request, actor, found, form, waits))
        if led is not None:
            return redirect(led)
    context = {**_facts(found), "form": form, "waits": waits}
    context["may_decide"] = actor.is_manager and (not waits or found.reversal.asked_by_id != actor.user_id)  # type: ignore[union-attr]
    return render(request, "communities/move_reversal.html", context)


def _reversing(
    request: HttpRequest, actor: Actor, move: HouseholdMove, form: KeyedForm, waits: bool
) -> Callable[[], HouseholdMove]:
    now = clock.now()
    if not waits:
        reason = form.cleaned_data["reason"]
        return lambda: services.ask_reversal(actor=actor, move_id=move.pk, reason=reason, now=now)
    if "decline" in request.POST:
        return lambda: services.decline_reversal(actor=actor, move_id=move.pk, now=now)
    return lambda: services.confirm_reversal(actor=actor, move_id=move.pk, now=now)


@require_safe
@report_page
def paper(request: HttpRequest, actor: Actor, move: UUID) -> HttpResponseBase:
    """The slip: on paper, for both sides and both of the staff to sign."""
    found = _of(actor, move)
    context = _facts(found)
    day = local_date(found.decided_at or found.asked_at, actor.community.time_zone)
    context["source_people"] = adults_of(context["source"], day)  # type: ignore[arg-type]
    context["target_people"] = adults_of(context["target"], day)  # type: ignore[arg-type]
    context["today"] = local_date(clock.now(), actor.community.time_zone)
    context["capitals"] = capital_number(int(context["amount"] or 0))  # type: ignore[call-overload]
    return render(request, "communities/move_paper.html", context)


def _of(actor: Actor, move: UUID) -> HouseholdMove:
    return get_object_or_404(moves_of(actor.community), pk=move)


def _facts(move: HouseholdMove) -> dict[str, object]:
    """The move with its wallets, and the coins that were or would be moved."""
    names = purses([move.from_wallet_id, move.to_wallet_id])
    context = _row(move, names)
    if move.is_open:
        context["amount"] = move.asked_coins or free_coins(move.from_wallet_id)
        context["purse"] = balance(move.from_wallet_id)
    return context


def _is_own(actor: Actor, move: HouseholdMove) -> bool:
    today = local_date(clock.now(), actor.community.time_zone)
    return lives_off(actor.user_id, [move.from_wallet_id, move.to_wallet_id], [today])


def _confirmed(actor: Actor, move: HouseholdMove) -> HouseholdMove:
    return services.confirm(actor=actor, move_id=move.pk, now=clock.now())


def _once(form: KeyedForm, actor: Actor, purpose: str, run: Callable[[], HouseholdMove]) -> str | None:
    """The move's page, None when the service refused: the form says why."""
    return attempt(form, lambda: _keyed(form, actor, purpose, run))


def _keyed(form: KeyedForm, actor: Actor, purpose: str, run: Callable[[], HouseholdMove]) -> str:
    """The page that the form's first sending led to; a second sending does nothing more."""

    def page() -> str:
        return reverse("communities:move", args=[actor.community.slug, run().pk])

    return once(key=form.key, user_id=actor.user_id, purpose=purpose, run=page)
