"""The shelf: what stands on it, what came and went, and the goods themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from communities.access import staff_page
from communities.actors import Actor
from core import clock
from rewards import selectors
from rewards.choices import MovementKind
from rewards.forms import ChangeGoodsForm, GoodsForm, MovementForm
from rewards.models import Reward
from rewards.services import stock
from rewards.views.loading import reward_or_404, run_once


@staff_page
@require_safe
def shelf(request: HttpRequest, actor: Actor) -> HttpResponse:
    """All goods with their numbers."""
    return render(request, "rewards/stock.html", {"goods": selectors.shelf(actor.community)})


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def goods(request: HttpRequest, actor: Actor, reward_id: UUID) -> HttpResponse:
    """One kind of goods: write down what came, was counted or lost; who has been promised some; the movements."""
    found = reward_or_404(actor, reward_id)
    form = MovementForm(request.POST or None, initial={"kind": MovementKind.RECEIVED})
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            _move(actor, found, form.cleaned_data)
            return _goods_url(actor, found)

        if url := run_once(form, actor, "stock", run):
            return redirect(url)
    context = {
        "reward": found,
        "form": form,
        "movements": selectors.movements_of(found),
        "promised": selectors.promised_of(found),
        "waiting": selectors.waiting_count(found),
    }
    return render(request, "rewards/stock_goods.html", context)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, actor: Actor) -> HttpResponse:
    """New goods."""
    form = GoodsForm(request.POST or None, community=actor.community)
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            return _goods_url(actor, stock.add_goods(actor=actor, goods=form.goods(), now=clock.now()))

        if url := run_once(form, actor, "add-goods", run):
            return redirect(url)
    return render(request, "rewards/goods_form.html", {"form": form})


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: HttpRequest, actor: Actor, reward_id: UUID) -> HttpResponse:
    """Change goods, or take them out of the catalogue."""
    found = reward_or_404(actor, reward_id)
    form = ChangeGoodsForm(request.POST or None, community=actor.community, initial=_as_typed(found))
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            offered = form.cleaned_data["offered"]
            stock.change_goods(actor=actor, reward_id=found.pk, goods=form.goods(), offered=offered, now=clock.now())
            return _goods_url(actor, found)

        if url := run_once(form, actor, "change-goods", run):
            return redirect(url)
    return render(request, "rewards/goods_form.html", {"form": form, "reward": found})


def _move(actor: Actor, found: Reward, data: dict[str, Any]) -> None:
    number, reason, now = data["quantity"], data["reason"], clock.now()
    steps: dict[str, Callable[[], object]] = {
        MovementKind.RECEIVED: lambda: stock.receive(
            actor=actor, reward_id=found.pk, quantity=number, reason=reason, now=now
        ),
        MovementKind.COUNTED: lambda: stock.count(
            actor=actor, reward_id=found.pk, counted=number, reason=reason, now=now
        ),
        MovementKind.WRITTEN_OFF: lambda: stock.write_off(
            actor=actor, reward_id=found.pk, quantity=number, reason=reason, now=now
        ),
    }
    steps[data["kind"]]()


def _goods_url(actor: Actor, found: Reward) -> str:
    return reverse("rewards:stock_goods", kwargs={"community": actor.community.slug, "reward_id": found.pk})


def _as_typed(found: Reward) -> dict[str, object]:
    return {
        "title_zh": found.title_zh,
        "title_en": found.title_en,
        "about": found.about,
        "price_coins": found.price_coins,
        "low_stock": found.low_stock,
        "maker": found.made_by.member_number if found.made_by else "",
        "offered": found.withdrawn_at is None,
    }
