"""What a visitor finds open today: urgent tasks, sign-ups, hours to verify, requests to approve, calls to return."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from communities.actors import Actor
from core.errors import DomainError
from demo.plan import TaskPlan, Words
from demo.services.founding import Place, text_of
from demo.services.past import Story, actors_with_phone
from rewards.models import Redemption
from rewards.services import requesting
from rewards.services.approving import approve
from tasks.choices import Category
from tasks.models import Shift
from tasks.recurrence import Slot
from tasks.rules.hours import Span
from tasks.services import claims, hours, publishing
from tasks.services import help as help_requests

QUARTER = timedelta(minutes=15)
LATELY_DAYS = 10
EARLIEST, LATEST = time(7), time(21)
CALLS = (
    (Category.HAIRCUT, "行动不便，想请人上门理发"),
    (Category.REPAIRS, "厨房的灯不亮了"),
)


def fill(story: Story, *, now: datetime) -> None:
    """Open something of each kind as of now."""
    place = story.place
    _urgent(place, now)
    _sign_ups(place, now)
    _own_hours(place, now)
    _requests(story, now)
    _calls(place, now)


def _urgent(place: Place, now: datetime) -> None:
    """The steamed buns for the elder who phoned, in ninety minutes."""
    begins = _waking(_quarter(now + timedelta(minutes=90)), place)
    elder = next((one for one in place.residents if one.user is None), place.residents[0])
    planned = [task for task in place.plan.tasks if task.urgent]
    for task in planned or [_fallback()]:
        text = text_of(task, 3)
        publishing.publish_urgent(
            actor=place.worker,
            title=task.title.zh,
            slot=Slot(begins, begins + timedelta(minutes=task.minutes)),
            landmark=text.landmark_zh,
            resident_id=elder.pk,
            text=publishing.TaskText(
                title_en=task.title.en,
                landmark_en=text.landmark_en,
                category=task.category,
                home_visit=True,
                private_note=task.private_note,
            ),
            now=now,
        )


def _waking(moment: datetime, place: Place) -> datetime:
    """Nobody is sent for steamed buns at night: from nine in the evening on, nine the next morning."""
    local = moment.astimezone(place.zone)
    if EARLIEST <= local.time() <= LATEST:
        return moment
    day = local.date() + timedelta(days=1) if local.time() > LATEST else local.date()
    return place.at(day, time(9))


def _fallback() -> TaskPlan:
    return TaskPlan(Words("代买馒头并送达", "Buy steamed buns and bring them to a neighbour"), 30, 1, Category.SHOPPING)


def _quarter(moment: datetime) -> datetime:
    """The next full quarter of an hour."""
    past = timedelta(minutes=moment.minute % 15, seconds=moment.second, microseconds=moment.microsecond)
    return moment - past + QUARTER


def _sign_ups(place: Place, now: datetime) -> None:
    shifts = Shift.objects.filter(community=place.community, starts_at__gt=now).open(now).order_by("starts_at")[:6]
    people = actors_with_phone(place)
    for number, shift in enumerate(shifts):
        for actor in people[number * 2 : number * 2 + 3]:
            if actor.resident:
                _try_claim(actor, shift, now)


def _try_claim(actor: Actor, shift: Shift, now: datetime) -> None:
    try:
        claims.claim(actor=actor, shift_id=shift.pk, resident_id=actor.resident.pk, now=now - timedelta(minutes=5))  # type: ignore[union-attr]
    except DomainError:
        return


def _own_hours(place: Place, now: datetime) -> None:
    """Hours that residents logged themselves, for dates of the last days, and nobody has verified yet."""
    people = actors_with_phone(place)[10:18]
    lately = Shift.objects.filter(
        community=place.community,
        task__home_visit=False,
        ends_at__lt=now - timedelta(hours=2),
        ends_at__gt=now - timedelta(days=LATELY_DAYS),
    ).order_by("-starts_at")[: len(people)]
    shifts = list(lately)
    for number, actor in enumerate(people):
        if not shifts or actor.resident is None:
            return
        shift = shifts[number % len(shifts)]
        said = hours.Said(Span(shift.starts_at, shift.ends_at), witness="", note="")
        try:
            hours.log_hours(
                actor=actor,
                resident_id=actor.resident.pk,
                said=said,
                task_id=shift.task_id,
                now=now - timedelta(hours=1),
            )
        except DomainError:
            continue


def _requests(story: Story, now: datetime) -> None:
    """Two requests to approve and two ready at the desk."""
    place = story.place
    if not story.goods:
        return
    cheapest = min(story.goods, key=lambda one: one.price_coins)
    made: list[Redemption] = []
    for actor in actors_with_phone(place):
        if len(made) == 4 or actor.resident is None:
            break
        try:
            made.append(
                requesting.request_redemption(
                    actor=actor,
                    reward_id=cheapest.pk,
                    resident_id=actor.resident.pk,
                    quantity=1,
                    now=now - timedelta(hours=2),
                )
            )
        except DomainError:
            continue
    for redemption in made[1::2]:
        approve(actor=place.manager, redemption_id=redemption.pk, now=now - timedelta(hours=1))


def _calls(place: Place, now: datetime) -> None:
    people = [one for one in place.residents if one.user is None][:2]
    for resident, (category, details) in zip(people, CALLS, strict=False):
        help_requests.ask(
            actor=place.worker,
            resident_id=resident.pk,
            category=category,
            details=details,
            call_me=True,
            now=now - timedelta(minutes=40),
        )
