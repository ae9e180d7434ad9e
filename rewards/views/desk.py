"""The desk: a code becomes goods in a hand. And the counter, for someone without a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.services.form_keys import once
from communities.access import staff_page
from communities.actors import Actor
from communities.models import Resident
from communities.selectors import find_residents
from core import clock
from core.coins import CoinWord
from core.errors import DomainError
from core.forms import refuse
from core.templatetags.look import typed
from core.wording import dot, number_text
from rewards import rules, selectors
from rewards.choices import RedemptionState
from rewards.errors import DeskLocked, DeskRefusal
from rewards.forms import CodeForm, CounterForm, FindForm, HandOverForm
from rewards.models import Redemption, Reward
from rewards.services import counter as counters
from rewards.services import desk as desks
from rewards.views.loading import redemption_or_404, run_once
from tasks.selectors.coins import coin_word

RESIDENTS_SHOWN = 12


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def desk(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The code box; a typed or scanned code shows name and item, or in large type why not."""
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _answer(request, actor, form.cleaned_data["code"])
    return render(request, "rewards/desk.html", {"form": form, "done": _done(request, actor)})


@staff_page
@require_safe
def scan(request: HttpRequest, actor: Actor, token: str) -> HttpResponse:
    """What the QR opens on a staff phone. A token cannot be guessed, so a wrong one is not counted.

    Eight digits can: they are typed into the code box, where wrong ones are counted, and are unknown here.
    """
    if not rules.read_code(token).token:
        raise Http404
    return _answer(request, actor, token, counted=False)


@staff_page
@require_POST
def hand_over(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Hand over, once; then the empty code box again."""
    form = HandOverForm(request.POST)
    if not form.is_valid():
        return render(request, "rewards/desk.html", {"form": CodeForm(), "refused": form})
    now = clock.now()

    def run() -> str:
        done = desks.hand_over(actor=actor, typed=form.cleaned_data["code"], now=now)
        here = reverse("rewards:desk", kwargs={"community": actor.community.slug})
        return f"{here}?done={done.pk}"

    try:
        url = _once(form, actor, run, now)
    except DeskRefusal as error:
        return _refused(request, error, form.cleaned_data["code"])
    except DomainError as error:
        refuse(form, error)
        return render(request, "rewards/desk.html", {"form": CodeForm(), "refused": form})
    return redirect(url)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: HttpRequest, actor: Actor) -> HttpResponse:
    """On one page: who, which goods, confirm. The register line to sign comes after."""
    find = FindForm(request.GET or None)
    query = find.cleaned_data["q"].strip() if find.is_valid() else ""
    found = list(find_residents(community=actor.community, query=query)[:RESIDENTS_SHOWN]) if query else []
    resident = _chosen(request, actor, found)
    context: dict[str, Any] = {"find": find, "query": query, "found": found, "resident": resident}
    if resident is not None:
        form = _counter_form(request, actor)
        if request.method == "POST" and form.is_valid() and (url := _done_at_counter(request, form, actor, resident)):
            return redirect(url)
        purse = selectors.purse_of(resident, actor.community, clock.now())
        context |= {"form": form, "purse": purse}
    return render(request, "rewards/counter.html", context)


@staff_page
@require_safe
def slip(request: HttpRequest, actor: Actor, redemption_id: UUID) -> HttpResponse:
    """One line of the register, to print and sign."""
    found = redemption_or_404(actor, redemption_id)
    purse = selectors.purse_of(found.resident, actor.community, clock.now())
    collected = found.state == RedemptionState.COLLECTED
    return render(request, "rewards/slip.html", {"rows": [found] if collected else [], "slip": found, "purse": purse})


def _once(form: HandOverForm, actor: Actor, run: Callable[[], str], now: datetime) -> str:
    """As ``form_keys.once``, counted as a guess. Many sendings of one form at once may look like guesses: those that
    find the desk locked still get the first one's answer."""
    send = partial(once, key=form.key, user_id=actor.user_id, purpose="hand-over")
    try:
        with desks.guessing(actor=actor, now=now):
            return send(run=run)
    except DeskLocked as locked:
        return send(run=partial(_refuse_with, locked))


def _refuse_with(refusal: DomainError) -> str:
    raise refusal


def _answer(request: HttpRequest, actor: Actor, typed: str, *, counted: bool = True) -> HttpResponse:
    try:
        found = desks.look_up(actor=actor, typed=typed, now=clock.now(), counted=counted)
    except DeskRefusal as error:
        return _refused(request, error, typed)
    context = {"form": CodeForm(), "found": found, "hand_over": HandOverForm(initial={"code": typed})}
    return render(request, "rewards/desk.html", context)


def _refused(request: HttpRequest, error: DeskRefusal, typed: str) -> HttpResponse:
    context = {"form": CodeForm(initial={"code": typed}), "refusal": error, "page_has_errors": True}
    return render(request, "rewards/desk.html", context)


def _done(request: HttpRequest, actor: Actor) -> Redemption | None:
    try:
        done = UUID(request.GET.get("done", ""))
    except ValueError:
        return None
    return selectors.redemption_of(actor.community, done)


def _chosen(request: HttpRequest, actor: Actor, found: list[Resident]) -> Resident | None:
    asked = request.POST.get("resident") or request.GET.get("resident", "")
    if not asked:
        return found[0] if len(found) == 1 else None
    try:
        pk = UUID(asked)
    except ValueError:
        return None
    people = Resident.objects.for_community(actor.community).living_here().select_related("community__settings")
    return get_object_or_404(people, pk=pk)


def _counter_form(request: HttpRequest, actor: Actor) -> CounterForm:
    coin = coin_word(actor.community, clock.local_date(clock.now(), actor.community.time_zone))
    return CounterForm(request.POST or None, community=actor.community, label=lambda one: _label(one, coin))


def _label(one: Reward, coin: CoinWord) -> str:
    left = ngettext("%(left)s left", "%(left)s left", one.free) % {"left": number_text(one.free)}
    return format_html_join(dot(), "{}", [(typed(one, "title"),), (coin.amount(one.price_coins),), (left,)])


def _done_at_counter(request: HttpRequest, form: CounterForm, actor: Actor, resident: Resident) -> str | None:
    asking = "ask" in request.POST
    serve = counters.request_at_counter if asking else counters.redeem_at_counter

    def run() -> str:
        made = serve(
            actor=actor,
            resident_id=resident.pk,
            reward_id=form.cleaned_data["reward"].pk,
            quantity=form.cleaned_data["quantity"],
            collector=form.cleaned_data["collector"].strip(),
            now=clock.now(),
        )
        page = "rewards:redemption" if asking else "rewards:slip"
        return reverse(page, kwargs={"community": actor.community.slug, "redemption_id": made.pk})

    return run_once(form, actor, "counter-request" if asking else "counter", run)
