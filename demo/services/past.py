"""Months of a community's life: sheets entered and verified every week, goods and classes, a statement every month."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID

from bookings.models import Lesson
from bookings.services import lessons as lesson_services
from bookings.services import seats
from bookings.services.attendance import take_attendance
from bookings.services.payments import post_due_seats
from communities.actors import Actor
from communities.models import Resident
from communities.selectors import wallet_ids_on
from core.errors import DomainError
from demo.plan import LANDMARKS
from demo.services.founding import WEEKS_AHEAD, Place, attendees
from ledger.selectors import balances
from notifications.models import InboxMessage
from notifications.services.delivery import deliver_due
from notifications.services.reading import mark_all_read
from papers.services.statements import make_statements
from rewards.models import Reward
from rewards.services import counter, desk, requesting, stock
from rewards.services.approving import approve
from tasks.models import HourRecord, Shift
from tasks.services import reversing, sheets, verification

RECORDS_A_WEEK = 12
PENDING_DAYS = 3  # the newest sheets wait for a verifier
BUYERS_A_WEEK = 2
SEATS_A_LESSON = 3
UNREAD_FOR = timedelta(days=7)
COURSE_WEEKS = 9  # courses began so many weeks ago


@dataclass(slots=True)
class Story:
    """What goes on while the months pass."""

    place: Place
    goods: list[Reward] = field(default_factory=list)
    lessons: list[Lesson] = field(default_factory=list)
    turn: int = 0
    dice: random.Random = field(default_factory=lambda: random.Random("story"))  # noqa: S311  (invention)
    unverified: list[UUID] = field(default_factory=list)
    sessions: dict[UUID, datetime] = field(default_factory=dict)


def live_through(place: Place, *, opened: datetime, now: datetime) -> Story:
    """Let the time from the opening until now pass, day by day."""
    story = Story(place=place)
    _open_shop(story, opened)
    _open_courses(story, opened, now)
    shifts = _shifts_by_day(place)
    for day in _days(opened, now, place):
        evening = place.at(day, time(21, 30))
        if day.day == 1:
            _turn_month(story, day)
        for shift in shifts.get(day, ()):
            if shift.ends_at < now - timedelta(hours=2):
                _enter_sheet(story, shift)
        if evening < now:
            _evening(story, day, evening, now)
    _reverse_one(story, now)
    _read_notices(now - UNREAD_FOR)
    return story


def _days(opened: datetime, now: datetime, place: Place) -> Iterator[date]:
    day, last = opened.astimezone(place.zone).date(), now.astimezone(place.zone).date()
    while day <= last:
        yield day
        day += timedelta(days=1)


def _shifts_by_day(place: Place) -> dict[date, list[Shift]]:
    found: dict[date, list[Shift]] = {}
    for shift in Shift.objects.filter(community=place.community).select_related("task").order_by("starts_at"):
        found.setdefault(shift.starts_at.astimezone(place.zone).date(), []).append(shift)
    return found


def _evening(story: Story, day: date, evening: datetime, now: datetime) -> None:
    if day.weekday() == 4 and evening < now - timedelta(days=PENDING_DAYS):
        _verify_week(story, evening)
    if day.weekday() == 5:
        _spend(story, evening)
    _run_lessons(story, day, evening)


def _enter_sheet(story: Story, shift: Shift) -> None:
    place = story.place
    wanted = max(1, min(shift.places, -(-RECORDS_A_WEEK // max(len(place.tasks), 1))))
    people = attendees(place, shift.task, shift.starts_at.date(), story.turn, wanted)
    story.turn += 1
    came = {one.pk: None if story.dice.random() < 0.8 else max(shift.minutes - 10, 1) for one in people}
    entered = shift.ends_at + timedelta(hours=1)
    result = sheets.enter_sheet(actor=place.worker, shift_id=shift.pk, came=came, now=entered)
    story.unverified += [record.pk for record in result.entered]


def _verify_week(story: Story, evening: datetime) -> None:
    if story.unverified:
        verification.verify_bulk(actor=story.place.manager, record_ids=story.unverified, now=evening)
        story.unverified = []
    deliver_due(now=evening)


def _open_shop(story: Story, opened: datetime) -> None:
    place = story.place
    for plan in place.plan.goods:
        goods = stock.Goods(
            title_zh=plan.title.zh,
            title_en=plan.title.en,
            price_coins=plan.coins,
            low_stock=5,
            made_by=place.residents[3] if plan.by_resident else None,
        )
        reward = stock.add_goods(actor=place.worker, goods=goods, now=opened)
        stock.receive(actor=place.worker, reward_id=reward.pk, quantity=plan.stock, now=opened)
        story.goods.append(reward)


def _open_courses(story: Story, opened: datetime, now: datetime) -> None:
    place = story.place
    first = max(opened, now - timedelta(weeks=COURSE_WEEKS)).astimezone(place.zone).date()
    weeks = (now.date() - first).days // 7 + WEEKS_AHEAD
    for number, plan in enumerate(place.plan.courses):
        spans = []
        for week in range(weeks):
            begins = place.at(first + timedelta(days=7 * week + 2 + number), time(9, 30))
            spans.append(lesson_services.Span(begins, begins + timedelta(minutes=plan.minutes)))
        landmark = LANDMARKS[number % len(LANDMARKS)]
        course = lesson_services.plan_course(
            actor=place.worker,
            plan=lesson_services.CoursePlan(
                title_zh=plan.title.zh,
                title_en=plan.title.en,
                place_zh=landmark[0],
                place_en=landmark[1],
                places=12,
                price_coins=plan.coins,
            ),
            spans=spans,
            now=opened,
        )
        story.lessons += list(Lesson.objects.filter(course=course).select_related("course").order_by("starts_at"))


def _run_lessons(story: Story, day: date, evening: datetime) -> None:
    """Seats are booked four days ahead, and ticked on the evening of the lesson."""
    place = story.place
    for lesson in story.lessons:
        held_on = lesson.starts_at.astimezone(place.zone).date()
        if held_on == day + timedelta(days=4) and lesson.starts_at < evening + timedelta(days=14):
            for resident in _buyers(story, lesson.price_coins, SEATS_A_LESSON, evening):
                _try(lambda who=resident, it=lesson: seats.book(
                    actor=place.actor_of(who), lesson_id=it.pk, resident_id=who.pk, now=evening))  # fmt: skip
        if held_on == day:
            post_due_seats(evening)
            came = set(lesson.bookings.values_list("pk", flat=True))
            take_attendance(actor=place.worker, lesson_id=lesson.pk, present=came, now=evening)


def _spend(story: Story, evening: datetime) -> None:
    """On Saturdays some fetch goods: by code at the desk, or over the counter without a phone."""
    if not story.goods:
        return
    reward = story.dice.choice(story.goods)
    for resident in _buyers(story, reward.price_coins, BUYERS_A_WEEK, evening, with_phone=False):
        _try(lambda who=resident: _fetch(story, who, reward, evening))


def _fetch(story: Story, resident: Resident, reward: Reward, evening: datetime) -> None:
    place = story.place
    terms = {"reward_id": reward.pk, "resident_id": resident.pk, "quantity": 1}
    if resident.user is None:
        counter.redeem_at_counter(actor=place.worker, now=evening, **terms)  # type: ignore[arg-type]
        return
    actor = place.actor_of(resident)
    redemption = requesting.request_redemption(actor=actor, now=evening - timedelta(hours=6), **terms)  # type: ignore[arg-type]
    redemption = approve(actor=place.manager, redemption_id=redemption.pk, now=evening - timedelta(hours=5))
    desk.hand_over(actor=place.worker, typed=redemption.code, now=evening)


def _buyers(story: Story, price: int, wanted: int, at: datetime, *, with_phone: bool = True) -> list[Resident]:
    """Adults who can pay, in a turning order."""
    place = story.place
    day = at.astimezone(place.zone).date()
    wallets = wallet_ids_on(place.residents, day)
    free = {wallet: found.available for wallet, found in balances(wallets.values()).items()}
    people = [
        one
        for one in story.dice.sample(place.residents, k=len(place.residents))
        if free.get(wallets.get(one.pk, 0), 0) >= price and not one.is_minor_on(day) and (one.user or not with_phone)
    ]
    return people[:wanted]


def _turn_month(story: Story, day: date) -> None:
    """Just after midnight on the first: the month before is verified to the end, closed and stated."""
    place = story.place
    midnight = place.at(day, time(0, 10))
    if midnight <= place.community.book.opened_at:
        return
    _verify_week(story, midnight)
    month = (day - timedelta(days=1)).replace(day=1)
    make_statements(community=place.community, month=month, now=midnight, tell=False)


def _read_notices(until: datetime) -> None:
    """People have read what was said to them by then."""
    unread = InboxMessage.objects.filter(read_at__isnull=True, created_at__lte=until)
    for user_id in unread.values_list("user_id", flat=True).distinct():
        mark_all_read(user_id=user_id, now=until)


def _reverse_one(story: Story, now: datetime) -> None:
    """One mistake, reversed in the open: asked by the worker, confirmed by the street's manager."""
    place = story.place
    record = HourRecord.objects.for_community(place.community).credited().order_by("-service_date").first()
    if record is None:
        return
    reversing.ask_reversal(
        actor=place.worker, record_id=record.pk, reason="登记错了人，重新录入", now=now - timedelta(days=1)
    )
    reversing.reverse_record(actor=place.street_manager, record_id=record.pk, now=now - timedelta(hours=20))


def _try(work) -> None:  # type: ignore[no-untyped-def]  # any refusal is a customer who leaves without
    try:
        work()
    except DomainError:
        return


def actors_with_phone(place: Place) -> list[Actor]:
    """Adult residents who can sign in."""
    today = date.today()  # noqa: DTZ011  (an age, to the year)
    return [place.actor_of(one) for one in place.residents if one.user and not one.is_minor_on(today)]
