"""The catalogue, goods, and asking for them: review, then confirm."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from communities.access import member_page, resident_page
from communities.actors import Actor
from core import clock
from core.parts import render_page
from rewards import selectors
from rewards.forms import CatalogueFilter, QuantityForm, RequestForm
from rewards.models import Reward
from rewards.selectors import Purse
from rewards.services import requesting
from rewards.views.loading import redemption_url, reward_or_404, run_once


@member_page
@require_safe
def catalogue(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What coins buy: goods by price, then the next classes. Sold-out goods keep their place."""
    now = clock.now()
    purse = selectors.purse_of(actor.resident, actor.community, now)
    form = CatalogueFilter(request.GET)
    form.is_valid()
    kind, affordable = form.cleaned_data.get("kind", ""), bool(form.cleaned_data.get("affordable"))
    asked: dict[str, Any] = {"community": actor.community, "available": purse.available, "affordable": affordable}
    goods = selectors.goods_lines(resident=actor.resident, **asked) if kind != "lessons" else []
    lessons = selectors.seat_lines(now=now, **asked) if kind != "goods" else []
    context = {
        "purse": purse,
        "form": form,
        "goods": goods,
        "lessons": lessons,
        "total": len(goods) + len(lessons),
        "is_filtered": bool(kind or affordable),
    }
    return render_page(request, "rewards/catalogue.html", context, part="results")


@member_page
@require_safe
def reward(request: HttpRequest, actor: Actor, reward_id: UUID) -> HttpResponse:
    """One kind of goods, and how many."""
    found = reward_or_404(actor, reward_id)
    purse = selectors.purse_of(actor.resident, actor.community, clock.now())
    context = {
        "reward": found,
        "purse": purse,
        "form": QuantityForm(),
        "short": max(0, found.price_coins - purse.available),
        "wished": found.is_sold_out and selectors.waits_for(actor.resident, found),
    }
    return render(request, "rewards/reward.html", context)


@resident_page
@require_http_methods(["GET", "HEAD", "POST"])
def request_reward(request: HttpRequest, actor: Actor, reward_id: UUID) -> HttpResponse:
    """The review with its sums; sending it reserves the goods and holds the coins."""
    found = reward_or_404(actor, reward_id)
    purse = selectors.purse_of(actor.resident, actor.community, clock.now())
    if request.method == "POST":
        form = RequestForm(request.POST)
        if form.is_valid() and (url := _request(form, actor, found)):
            return redirect(url)
        quantity = form.cleaned_data.get("quantity") or 1
        shown = request.POST.copy()
        shown["price_seen"] = str(found.price_coins)
        form.data = shown
    else:
        asked = QuantityForm(request.GET or {"quantity": 1})
        if not asked.is_valid():
            context = {"reward": found, "purse": purse, "form": asked, "short": 0}
            return render(request, "rewards/reward.html", context)
        quantity = asked.cleaned_data["quantity"]
        form = RequestForm(initial={"quantity": quantity, "price_seen": found.price_coins})
    return render(request, "rewards/request.html", _review(actor, found, purse, quantity) | {"form": form})


def _request(form: RequestForm, actor: Actor, found: Reward) -> str | None:
    assert actor.resident is not None
    resident_id = actor.resident.pk

    def run() -> str:
        made = requesting.request_redemption(
            actor=actor,
            reward_id=found.pk,
            resident_id=resident_id,
            quantity=form.cleaned_data["quantity"],
            price_seen=form.cleaned_data["price_seen"],
            now=clock.now(),
        )
        return redemption_url(actor, made)

    return run_once(form, actor, "request-redemption", run)


def _review(actor: Actor, found: Reward, purse: Purse, quantity: int) -> dict[str, Any]:
    amount = found.price_coins * quantity
    settings = actor.community.settings
    return {
        "reward": found,
        "purse": purse,
        "quantity": quantity,
        "amount": amount,
        "after": purse.available - amount,
        "available": purse.available,
        "short": max(0, amount - purse.available),
        "too_few": found.free < quantity,
        "undo_minutes": settings.undo_minutes,
        "automatic": 0 < amount <= min(settings.automatic_approval_up_to, settings.two_person_limit_coins),
    }
