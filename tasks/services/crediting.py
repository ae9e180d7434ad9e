"""Certified hours become coins, exactly once: priced under the resident's lock, written on the record, posted.

Callers hold the locks, in the stated order: the residents' rows, then the records; the ledger takes its accounts last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from communities.actors import Actor
from communities.models import Resident
from core.errors import DomainError
from ledger.choices import AccountKind, EntryKind
from ledger.selectors import system_account_id
from ledger.services.posting import LineRequest, post_many
from tasks.choices.hours import HourState
from tasks.errors_hours import AlreadyDecided, NeedsTwo, NoPassbook, NoRule
from tasks.models import HourRecord
from tasks.policies.hours import is_entered_by_resident
from tasks.rules.earning import Earned, earn
from tasks.selectors import earnings
from tasks.selectors.earnings import Payee, Worth

Refusal = tuple[HourRecord, DomainError]

WRITE = f"""
UPDATE tasks_hourrecord AS record
   SET state = '{HourState.VERIFIED}', decided_by_id = %s, decided_at = %s, reason = '', rule_id = priced.rule,
       paid_minutes = priced.paid, coins_earned = priced.coins, wallet_id = priced.wallet,
       household_id = priced.household
  FROM unnest(%s::uuid[], %s::bigint[], %s::int[], %s::int[], %s::bigint[], %s::uuid[])
       AS priced (id, rule, paid, coins, wallet, household)
 WHERE record.id = priced.id AND record.state = '{HourState.SUBMITTED}'
"""  # noqa: S608  (constants of this app)


@dataclass(frozen=True, slots=True)
class Credit:
    """A record and what it earns whom."""

    record: HourRecord
    worth: Worth
    earned: Earned
    payee: Payee


def lock(actor: Actor, record_ids: Iterable[UUID]) -> list[HourRecord]:
    """The records of the actor's community among these, locked after their residents, in the order of service."""
    records = HourRecord.objects.for_community(actor.community).filter(pk__in=list(record_ids))
    people = Resident.objects.filter(pk__in=records.values("resident")).order_by("pk")
    list(people.select_for_update(no_key=True).values_list("pk", flat=True))
    locked = records.select_related("resident").order_by("pk").select_for_update(of=("self",))
    # Thousands of records share a task: fetched once for all of them.
    locked = locked.prefetch_related("task__funding_hold")
    return sorted(locked, key=lambda record: (record.service_date, record.starts_at, record.pk))


def price(records: Sequence[HourRecord], *, actor: Actor) -> tuple[list[Credit], list[Refusal]]:
    """What each record earns, in the order given, under the caps; and what cannot be credited, with the reason."""
    settings = actor.community.settings
    caps, rules = earnings.caps_of(settings), earnings.rules_of(actor.community)
    used = earnings.used_minutes({one.resident_id for one in records}, [one.service_date for one in records])
    payees = earnings.payees(records)
    credits: list[Credit] = []
    refused: list[Refusal] = []
    for record in records:
        day, resident_id = record.service_date, record.resident_id
        worth, payee = earnings.worth_of(record.task, rules, day), payees.get(record.pk)
        if worth is None or payee is None:
            refused.append((record, NoRule() if worth is None else NoPassbook()))
            continue
        earned = earn(rate=worth.rate, minutes=record.minutes, caps=caps, used=used.of(resident_id, day))
        if earned.coins > settings.two_person_limit_coins and not has_two(record):
            refused.append((record, NeedsTwo()))
            continue
        used.add(resident_id, day, earned.paid_minutes)
        credits.append(Credit(record, worth, earned, payee))
    return credits, refused


def has_two(record: HourRecord) -> bool:
    """Whether a second approval now would be by a second person: one approved before, or staff entered it."""
    return record.first_approved_by_id is not None or not is_entered_by_resident(record)


def book(credits: Sequence[Credit], *, actor: Actor, now: datetime) -> None:
    """Write the credits on their records and post the coins: one UPDATE, one call of the ledger."""
    if not credits:
        return
    _write(credits, actor=actor, now=now)
    lines = [line for credit in credits if (line := _line(credit, actor=actor)) is not None]
    if lines:
        post_many(lines, now=now)


def _write(credits: Sequence[Credit], *, actor: Actor, now: datetime) -> None:
    columns: list[list[Any]] = [
        [credit.record.pk for credit in credits],
        [credit.worth.rule_id for credit in credits],
        [credit.earned.paid_minutes for credit in credits],
        [credit.earned.coins for credit in credits],
        [credit.payee.wallet_id for credit in credits],
        [credit.payee.household_id for credit in credits],
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [actor.user_id, now, *columns])
        if cursor.rowcount != len(credits):
            raise AlreadyDecided


def _line(credit: Credit, *, actor: Actor) -> LineRequest | None:
    """The ledger's line: issued by the community, or the requester's hold paid to the helper. 0 coins make none."""
    record, book_id = credit.record, actor.community.book_id
    if not credit.earned.coins:
        return None
    hold = record.task.funding_hold if record.task.is_requester_funded else None
    issuance = system_account_id(book_id, AccountKind.ISSUANCE)
    return LineRequest(
        book_id=book_id,
        reference=record.reference,
        kind=EntryKind.HOURS if hold is None else EntryKind.REQUESTER_PAYMENT,
        debit_id=issuance if hold is None else hold.debit_id,
        credit_id=credit.payee.wallet_id,
        amount=credit.earned.coins,
        actor_id=actor.user_id,
        hold_id=None if hold is None else hold.pk,
    )
