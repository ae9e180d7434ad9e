"""A row of the verifiers' queue, and what becomes of it: the outcome takes the row's place, the counts follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from communities.actors import Actor
from core import clock
from core.clock import local_date
from core.coins import CoinWord
from core.parts import render_part
from tasks.choices.hours import Flag, HourState
from tasks.models import HourRecord
from tasks.policies.hours import bar_to_verify
from tasks.selectors import hours as read
from tasks.selectors.coins import coin_word
from tasks.services import crediting
from tasks.services.verification import MANY_AT_MOST
from tasks.views.hour_parts import look_of

NOTES = frozenset({Flag.STAFF_ENTERED})  # said, but no reason to look alone


@dataclass(frozen=True, slots=True)
class Row:
    """A record in the queue: what it would earn (None: unknown), what is odd, and why this person may not decide."""

    record: HourRecord
    coins: int | None
    flags: list[str]
    notes: list[str]
    bar: str = ""


def rows_of(records: Sequence[HourRecord], actor: Actor, now: datetime) -> list[Row]:
    """The records as the queue shows them to this person."""
    kin = read.kin_of(actor, records, local_date(now, actor.community.time_zone))
    credits, _refused = crediting.price(records, actor=actor)
    coins = {credit.record.pk: credit.earned.coins for credit in credits}
    rows = []
    for record in records:
        bar = bar_to_verify(actor, record, kin=record.pk in kin)
        rows.append(
            Row(
                record,
                coins.get(record.pk),
                [str(Flag(flag).label) for flag in record.flags if flag not in NOTES],
                [str(Flag(flag).label) for flag in record.flags if flag in NOTES],
                str(bar.message) if bar else "",
            )
        )
    return rows


def grouped(rows: Sequence[Row]) -> dict[str, Any]:
    """What this person may decide: the flagged, the clean, and what the clean ones come to."""
    clean = [row for row in rows if not row.bar and row.record.is_clean]
    return {
        "flagged": [row for row in rows if not row.bar and not row.record.is_clean],
        "clean": clean,
        "sum_coins": sum(row.coins or 0 for row in clean),
        "sum_minutes": sum(row.record.minutes for row in clean),
    }


def outcome(request: HttpRequest, actor: Actor, record_id: UUID, *, why: str) -> HttpResponse:
    """In the row's place what became of it (``why`` not), and beside it the counts of the rows still on the page."""
    records = HourRecord.objects.for_community(actor.community)
    record = get_object_or_404(records.select_related("resident"), pk=record_id)
    shown = [key for text in request.POST.getlist("shown")[:MANY_AT_MOST] if (key := uuid_or_none(text)) != record_id]
    left = read.to_verify(actor.community).filter(pk__in=[key for key in shown if key])
    context = {
        "outcome": {"label": _("Not approved"), "tint": "urgent", "icon": "warning"} if why else look_of(record.state),
        "who": "" if record.state == HourState.VERIFIED and not why else record.resident.full_name,
        "sentence": why or approved(actor, record),
        "sections": request.POST.getlist("section"),
        "total": read.count_to_verify(actor.community),
        **grouped(rows_of(list(left), actor, clock.now())),
    }
    return HttpResponse(render_part(request, "tasks/verify.html", context, part="outcome"))


def approved(actor: Actor, record: HourRecord) -> str:
    """What an approval came to: coins, or the first of two; nothing where a refused one was sent once more."""
    if record.state != HourState.VERIFIED and record.first_approved_by_id is None:
        return _("Nothing was changed. Open the record to see why.")
    if record.state != HourState.VERIFIED:
        return _("Your approval is noted. So many coins need a second person, who approves it too.")
    coins = word_of(actor).amount(record.coins_earned or 0, signed=True)
    return _("Approved: %(coins)s for %(name)s.") % {"coins": coins, "name": record.resident.full_name}


def word_of(actor: Actor) -> CoinWord:
    """The community's coin of today."""
    return coin_word(actor.community, local_date(clock.now(), actor.community.time_zone))


def said_by(form: BaseForm) -> str:
    """A refused form's sentences."""
    return " ".join(str(text) for texts in form.errors.values() for text in texts)


def uuid_or_none(text: str) -> UUID | None:
    """The key that was sent, None for anything else."""
    try:
        return UUID(text)
    except ValueError:
        return None
