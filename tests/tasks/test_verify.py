"""Staff approve hours: coins arrive once, under the caps, in the right wallet; one, many, in bulk."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from communities.actors import Actor
from communities.choices import Role
from communities.models import Community
from communities.services import households
from ledger.choices import EntryKind
from ledger.models import JournalEntry
from ledger.selectors import balance
from ledger.services import holds
from notifications.models import OutboxMessage
from tasks.choices.hours import HourState, HourStep
from tasks.errors_hours import (
    AlreadyDecided,
    ApprovedByYou,
    LookAtItAlone,
    NeedsTwo,
    NoAppeal,
    NoRule,
    NotOpen,
    ReasonMissing,
    RefusedByYou,
)
from tasks.models import HourRecord
from tasks.services import hours, verification
from tasks.services.hours import Said
from tests.factories.hours import YESTERDAY, make_hours, make_paid_task, plant_hours, span
from tests.factories.people import make_actor
from tests.factories.tasks import make_rule, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules(jinshan: Community) -> object:
    make_rule(jinshan)
    with translation.override("en"):
        yield


def _coins(actor: Actor) -> int:
    assert actor.resident is not None
    assert actor.resident.wallet_id is not None
    return balance(actor.resident.wallet_id).balance


def test_an_hour_becomes_sixty_coins_by_one_entry(lin: Actor, zhou: Actor, now: datetime) -> None:
    record = verification.verify(actor=zhou, record_id=make_hours(lin, now=now).pk, now=now)
    entry = JournalEntry.objects.get(reference=f"hour-record:{record.pk}:verify")
    assert (record.state, record.coins_earned, record.paid_minutes, _coins(lin)) == (HourState.VERIFIED, 60, 60, 60)
    assert (entry.amount, entry.kind, entry.credit_id) == (60, EntryKind.HOURS, record.wallet_id)
    assert (record.decided_by, record.decided_at, record.rule.coins) == (zhou.user, now, 1)


def test_the_resident_is_told_the_coins_and_the_balance(lin: Actor, zhou: Actor, now: datetime) -> None:
    record = verification.verify(actor=zhou, record_id=make_hours(lin, now=now).pk, now=now)
    said = OutboxMessage.objects.get(kind="hours-credited", subject=f"hour-record:{record.pk}")
    assert (said.recipient, said.payload["coins"], said.payload["balance"]) == (lin.user, 60, 60)


def test_the_rule_of_the_day_of_service_pays(lin: Actor, zhou: Actor, now: datetime) -> None:
    make_rule(lin.community, coins=2, valid_from=date(2026, 11, 21))
    before = make_hours(lin, now=now, starts_at=YESTERDAY - timedelta(days=1))
    after = make_hours(lin, now=now)
    result = verification.verify_many(actor=zhou, record_ids=[before.pk, after.pk], now=now)
    assert (result.coins, _coins(lin)) == (60 + 120, 180)


def test_before_the_first_rule_nothing_is_credited(lin: Actor, zhou: Actor, now: datetime) -> None:
    record = make_hours(lin, now=now)
    lin.community.earning_rules.update(valid_from=date(2026, 11, 22))
    with pytest.raises(NoRule):
        verification.verify(actor=zhou, record_id=record.pk, now=now)


def test_per_attendance_and_per_task_pay_a_fixed_amount(lin: Actor, zhou: Actor, now: datetime) -> None:
    make_rule(lin.community, kind="per_attendance", coins=10, valid_from=date(2026, 11, 1))
    errand = make_task(lin.community, earning="per_task", coins_per_task=35)
    came = make_hours(lin, now=now, minutes=200)
    ran = make_hours(lin, now=now, task=errand, starts_at=YESTERDAY + timedelta(hours=5), minutes=10)
    verification.verify_many(actor=zhou, record_ids=[came.pk, ran.pk], now=now)
    assert (_reloaded(came).coins_earned, _reloaded(ran).coins_earned, _coins(lin)) == (10, 35, 45)
    assert _reloaded(ran).rule is None


def test_the_day_cap_cuts_what_earns_and_not_what_is_certified(lin: Actor, zhou: Actor, now: datetime) -> None:
    morning = make_hours(lin, now=now, minutes=300, starts_at=YESTERDAY - timedelta(hours=5))
    evening = make_hours(lin, now=now, minutes=300, starts_at=YESTERDAY + timedelta(hours=2))
    third = make_hours(lin, now=now, minutes=60, starts_at=YESTERDAY + timedelta(hours=8))
    verification.verify_many(actor=zhou, record_ids=[morning.pk, evening.pk, third.pk], now=now)
    found = [_reloaded(record) for record in (morning, evening, third)]
    assert [(one.minutes, one.paid_minutes, one.coins_earned) for one in found] == [
        (300, 300, 300), (300, 180, 180), (60, 0, 0),
    ]  # fmt: skip
    assert JournalEntry.objects.filter(kind=EntryKind.HOURS).count() == 2
    assert _coins(lin) == 480


def test_the_month_is_that_of_service(lin: Actor, zhou: Actor, now: datetime) -> None:
    lin.community.settings.earning_cap_month_minutes = 100
    lin.community.settings.save()
    october = make_hours(lin, now=now, minutes=90, starts_at=datetime(2026, 10, 31, 12, 0, tzinfo=UTC))
    november = [
        make_hours(lin, now=now, minutes=90, starts_at=datetime(2026, 10, 31, 16, 30, tzinfo=UTC)),  # 1 November there
        make_hours(lin, now=now, minutes=90, starts_at=datetime(2026, 11, 5, 2, 0, tzinfo=UTC)),
    ]
    verification.verify_many(actor=zhou, record_ids=[one.pk for one in (october, *november)], now=now)
    assert [_reloaded(one).coins_earned for one in (october, *november)] == [90, 90, 10]


def test_a_requester_pays_the_agreed_price_and_nothing_is_issued(
    lin: Actor, mei: Actor, zhou: Actor, now: datetime
) -> None:
    record = make_hours(lin, now=now, task=make_paid_task(mei, zhou, now=now), minutes=25)
    verification.verify(actor=zhou, record_id=record.pk, now=now)
    record.refresh_from_db()
    assert (record.coins_earned, record.paid_minutes, _coins(lin), _coins(mei)) == (40, 0, 40, 20)
    assert JournalEntry.objects.get(reference=record.reference).kind == EntryKind.REQUESTER_PAYMENT


def test_the_household_of_the_day_of_service_is_paid_after_a_member_left(xincheng: Community, now: datetime) -> None:
    make_rule(xincheng, kind="per_attendance", coins=10)
    worker = make_actor(xincheng, "高新", Role.WORKER, resident=False)
    anna = make_actor(xincheng, "安然")
    assert anna.resident is not None
    member = anna.resident.memberships.get()
    record = make_hours(anna, now=now)
    households.leave(actor=worker, household_id=member.household_id, resident_id=anna.resident.pk, now=now)
    verification.verify(actor=worker, record_id=record.pk, now=now)
    record.refresh_from_db()
    assert (record.household_id, record.wallet_id) == (member.household_id, member.household.wallet_id)
    assert balance(member.household.wallet_id).balance == 10


def test_above_the_limit_two_people_approve(lin: Actor, zhou: Actor, wang: Actor, now: datetime) -> None:
    record = make_hours(lin, now=now, task=make_task(lin.community, earning="per_task", coins_per_task=1201))
    first = verification.verify(actor=zhou, record_id=record.pk, now=now)
    assert (first.state, first.first_approved_by, _coins(lin)) == (HourState.SUBMITTED, zhou.user, 0)
    with pytest.raises(ApprovedByYou):
        verification.verify(actor=zhou, record_id=record.pk, now=now)
    second = verification.verify(actor=wang, record_id=record.pk, now=now)
    assert (second.state, _coins(lin)) == (HourState.VERIFIED, 1201)
    assert [event.step for event in record.events.all()] == [HourStep.APPROVED_FIRST]


def test_above_the_limit_nothing_goes_in_bulk(lin: Actor, zhou: Actor, now: datetime) -> None:
    record = make_hours(lin, now=now, task=make_task(lin.community, earning="per_task", coins_per_task=1201))
    result = verification.verify_many(actor=zhou, record_ids=[record.pk], now=now)
    assert result.refused == [(record.pk, str(NeedsTwo.message))]


def test_many_at_once_and_the_others_are_named(lin: Actor, mei: Actor, zhou: Actor, now: datetime) -> None:
    good = [make_hours(who, now=now) for who in (lin, mei)]
    flagged = hours.log_hours(
        actor=lin, resident_id=lin.resident.pk, task_id=make_task(lin.community).pk, now=now,
        said=Said(span(starts_at=YESTERDAY + timedelta(hours=3))),
    )  # fmt: skip
    gone = make_hours(mei, now=now, starts_at=YESTERDAY + timedelta(hours=3))
    hours.withdraw_record(actor=mei, record_id=gone.pk, now=now)
    wanted = [*(one.pk for one in good), flagged.pk, gone.pk, good[0].pk]
    result = verification.verify_many(actor=zhou, record_ids=wanted, now=now)
    assert sorted(result.verified) == sorted(one.pk for one in good)
    assert dict(result.refused) == {flagged.pk: str(LookAtItAlone.message), gone.pk: str(AlreadyDecided.message)}
    assert (result.coins, _coins(lin), _coins(mei)) == (120, 60, 60)


def test_one_broken_row_does_not_stop_the_others(lin: Actor, mei: Actor, zhou: Actor, now: datetime) -> None:
    task = make_paid_task(mei, zhou, now=now)
    broken, good = make_hours(lin, now=now, task=task), make_hours(mei, now=now)
    holds.release(hold_ids=[task.funding_hold_id], now=now)
    result = verification.verify_many(actor=zhou, record_ids=[broken.pk, good.pk], now=now)
    assert result.verified == [good.pk]
    assert [key for key, _why in result.refused] == [broken.pk]
    assert _reloaded(broken).state == HourState.SUBMITTED


def test_in_bulk_all_or_none(lin: Actor, mei: Actor, zhou: Actor, now: datetime) -> None:
    records = [
        plant_hours(who.resident, starts_at=YESTERDAY - timedelta(days=day)) for who in (lin, mei) for day in range(30)
    ]
    assert verification.verify_bulk(actor=zhou, record_ids=[one.pk for one in records], now=now) == 60 * 60
    assert (_coins(lin), _coins(mei)) == (1800, 1800)
    assert not OutboxMessage.objects.exists()
    one_more = plant_hours(lin.resident, starts_at=YESTERDAY + timedelta(hours=4))
    with pytest.raises(AlreadyDecided):
        verification.verify_bulk(actor=zhou, record_ids=[one_more.pk, records[0].pk], now=now)
    assert _reloaded(one_more).state == HourState.SUBMITTED


def test_return_fix_approve(lin: Actor, zhou: Actor, now: datetime) -> None:
    record = make_hours(lin, now=now)
    verification.return_record(actor=zhou, record_id=record.pk, reason="请写见证人", now=now)
    said = OutboxMessage.objects.get(kind="hours-returned")
    assert (said.recipient, said.payload["reason"]) == (lin.user, "请写见证人")
    with pytest.raises(AlreadyDecided):
        verification.verify(actor=zhou, record_id=record.pk, now=now)
    fixed = hours.fix(actor=lin, record_id=record.pk, said=Said(span(45), witness="梅晓东"), now=now)
    assert (fixed.state, fixed.minutes, fixed.decided_by, fixed.reason) == (HourState.SUBMITTED, 45, None, "")
    verification.verify(actor=zhou, record_id=record.pk, now=now)
    assert _coins(lin) == 45
    assert [event.step for event in record.events.all()] == [HourStep.RETURNED, HourStep.FIXED]


def test_refuse_appeal_to_another_person_once(lin: Actor, zhou: Actor, wang: Actor, now: datetime) -> None:
    record = make_hours(lin, now=now)
    verification.refuse_record(actor=zhou, record_id=record.pk, reason="当天没有这项活动", now=now)
    hours.appeal(actor=lin, record_id=record.pk, reason="照片在群里", now=now)
    for decide in (verification.verify, _refuse):
        with pytest.raises(RefusedByYou):
            decide(actor=zhou, record_id=record.pk, now=now)
    _refuse(actor=wang, record_id=record.pk, now=now)
    with pytest.raises(NoAppeal):
        hours.appeal(actor=lin, record_id=record.pk, reason="再看一次", now=now)


def test_an_appeal_can_succeed(lin: Actor, zhou: Actor, wang: Actor, now: datetime) -> None:
    record = make_hours(lin, now=now)
    _refuse(actor=zhou, record_id=record.pk, now=now)
    hours.appeal(actor=lin, record_id=record.pk, reason="照片在群里", now=now)
    verification.verify(actor=wang, record_id=record.pk, now=now)
    assert _coins(lin) == 60


def _refuse(*, actor: Actor, record_id: object, now: datetime) -> HourRecord:
    return verification.refuse_record(actor=actor, record_id=record_id, reason="不清楚", now=now)  # type: ignore[arg-type]


@pytest.mark.parametrize("decide", [verification.return_record, verification.refuse_record])
def test_a_no_needs_a_reason(decide: Callable[..., object], lin: Actor, zhou: Actor, now: datetime) -> None:
    with pytest.raises(ReasonMissing):
        decide(actor=zhou, record_id=make_hours(lin, now=now).pk, reason="  ", now=now)


def test_withdraw_until_decided(lin: Actor, zhou: Actor, now: datetime) -> None:
    first, second = make_hours(lin, now=now), make_hours(lin, now=now, starts_at=YESTERDAY + timedelta(hours=3))
    assert hours.withdraw_record(actor=lin, record_id=first.pk, now=now).state == HourState.WITHDRAWN
    verification.verify(actor=zhou, record_id=second.pk, now=now)
    for record in (first, second):
        with pytest.raises(NotOpen):
            hours.withdraw_record(actor=lin, record_id=record.pk, now=now)


def test_another_communitys_record_is_unknown(lin: Actor, outsider: Actor, now: datetime) -> None:
    stranger = make_actor(outsider.community, "丁强", Role.WORKER, resident=False)
    record = make_hours(lin, now=now)
    with pytest.raises(HourRecord.DoesNotExist):
        verification.verify(actor=stranger, record_id=record.pk, now=now)
    assert verification.verify_many(actor=stranger, record_ids=[record.pk], now=now).verified == []


def test_twice_is_once(lin: Actor, zhou: Actor, wang: Actor, now: datetime) -> None:
    record = make_hours(lin, now=now)
    verification.verify(actor=zhou, record_id=record.pk, now=now)
    for actor in (zhou, wang):
        with pytest.raises(AlreadyDecided):
            verification.verify(actor=actor, record_id=record.pk, now=now)
    assert _coins(lin) == 60


@pytest.mark.django_db(transaction=True)
def test_twenty_verifiers_make_one_entry(
    lin: Actor, zhou: Actor, wang: Actor, now: datetime, together: Callable[..., list[object]]
) -> None:
    record = make_hours(lin, now=now)
    staff = (zhou, wang)

    def approve(at: int) -> object:
        if at % 4 == 3:
            return verification.verify_many(actor=staff[at % 2], record_ids=[record.pk], now=now).verified
        return verification.verify(actor=staff[at % 2], record_id=record.pk, now=now)

    results = together(20, approve)
    won = [result for result in results if isinstance(result, HourRecord) or result == [record.pk]]
    assert len(won) == 1
    assert all(isinstance(one, AlreadyDecided) or one in ([], *won) for one in results), results
    assert JournalEntry.objects.filter(reference=record.reference).count() == 1
    assert _coins(lin) == 60


@pytest.mark.django_db(transaction=True)
def test_verify_or_withdraw_never_both(
    lin: Actor, zhou: Actor, now: datetime, together: Callable[..., list[object]]
) -> None:
    for hour in range(6):
        record = make_hours(lin, now=now, starts_at=YESTERDAY - timedelta(days=hour))

        def act(at: int, record: HourRecord = record) -> object:
            if at % 2:
                return hours.withdraw_record(actor=lin, record_id=record.pk, now=now)
            return verification.verify(actor=zhou, record_id=record.pk, now=now)

        results = together(4, act)
        assert sum(isinstance(one, HourRecord) for one in results) == 1, results
        state = _reloaded(record).state
        entries = JournalEntry.objects.filter(reference=record.reference).count()
        assert (state, entries) in ((HourState.VERIFIED, 1), (HourState.WITHDRAWN, 0))


@pytest.mark.django_db(transaction=True)
def test_the_caps_hold_when_two_verify_one_resident(
    lin: Actor, zhou: Actor, wang: Actor, now: datetime, together: Callable[..., list[object]]
) -> None:
    lin.community.settings.earning_cap_month_minutes = 600
    lin.community.settings.save()
    last = datetime(2026, 10, 31, 1, 0, tzinfo=UTC)
    records = [make_hours(lin, now=now, minutes=100, starts_at=last - timedelta(days=day)) for day in range(12)]
    staff = (zhou, wang)
    together(12, lambda at: verification.verify(actor=staff[at % 2], record_id=records[at].pk, now=now))
    found = [_reloaded(record) for record in records]
    assert {one.state for one in found} == {HourState.VERIFIED}
    assert (sum(one.paid_minutes or 0 for one in found), _coins(lin)) == (600, 600)


def _reloaded(record: HourRecord) -> HourRecord:
    return HourRecord.objects.get(pk=record.pk)
