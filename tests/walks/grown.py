"""The world with fifty rows in each list. Made inside a transaction of the caller's, who rolls it back."""

from __future__ import annotations

from datetime import timedelta

from bookings.models import Lesson
from bookings.services import lessons, seats
from communities.actors import Actor
from communities.choices import Role
from communities.models import Resident, Team, TeamMember
from communities.services import founding, households, partners
from core.ids import new_id
from ledger.services.books import open_clearing
from notifications.models import InboxMessage
from rewards.models import Wish
from tasks.choices import SignUpState
from tests.factories.hours import plant_hours
from tests.factories.people import make_actor, make_community
from tests.factories.rewards import give_coins, make_reward, request_one, set_settings
from tests.factories.tasks import make_attendance, make_help_request, make_shift, make_sign_up, make_task
from tests.factories.transfers import send_coins
from tests.walks.world import World

ROWS = 49


def grow(world: World) -> None:
    """Forty-nine more of everything that a page lists."""
    lin: Actor = world.things["lin"]
    people = [make_actor(world.place.community, f"居民{number}") for number in range(ROWS)]
    _teams(world, people)
    _shifts(world, lin, people)
    _hours(world, lin, people)
    _goods(world, lin, people)
    _lessons(world, lin, people)
    _notices(world)
    _partners(world)
    _transfers(world, lin)


def _teams(world: World, people: list[Actor]) -> None:
    place = world.place
    for actor in people:
        TeamMember.objects.create(team=world.things["team"], resident=actor.resident, joined_at=world.now)
        Team.objects.create(community=place.community, name_zh=f"{actor.resident.full_name}队", does_zh="巡逻")
        founding.install_role(user=actor.user, role=Role.WORKER, now=world.now, community=place.community)
    home = Resident.objects.get(pk=world.things["lin"].resident.pk).memberships.get(ends_date=None).household
    for actor in people[:5]:
        households.join(actor=place.worker, household_id=home.pk, resident_id=actor.resident.pk, now=world.now)
    for actor in people[5:]:
        households.open_household(actor=place.worker, resident_ids=[actor.resident.pk], now=world.now)


def _shifts(world: World, lin: Actor, people: list[Actor]) -> None:
    """Dates ahead and behind, with many on one; requests for help."""
    community, now, team = world.place.community, world.now, world.things["team"]
    full = make_shift(world.things["task"], starts_at=now + timedelta(minutes=20), places=100)
    for at, actor in enumerate(people):
        make_attendance(make_sign_up(full, actor.resident, claimed_by=lin.user), checked_in_at=now)
        ahead = make_shift(make_task(community, team=team), starts_at=now + timedelta(days=at % 20 + 1))
        make_sign_up(ahead, lin.resident, state=SignUpState.WAITLISTED)
        behind = make_shift(make_task(community), starts_at=now - timedelta(days=at % 6 + 1))
        make_sign_up(behind, lin.resident, state=SignUpState.ATTENDED)
        make_shift(world.things["task"], starts_at=now + timedelta(days=at + 1))
        make_help_request(lin.resident, details="煤气")


def _hours(world: World, lin: Actor, people: list[Actor]) -> None:
    for at, actor in enumerate(people):
        plant_hours(actor.resident, starts_at=world.now - timedelta(hours=at + 3), task=world.things["task"])
        plant_hours(lin.resident, starts_at=world.now - timedelta(days=60, hours=2 * at), task=world.things["task"])


def _goods(world: World, lin: Actor, people: list[Actor]) -> None:
    """Lines in the passbook, goods on the shelf, requests."""
    for at, actor in enumerate(people):
        give_coins(lin.resident, 10, now=world.now)
        give_coins(actor.resident, 100, now=world.now)
        reward = make_reward(world.place.worker, price=5, title_zh=f"肥皂{at}", now=world.now)
        request_one(actor, reward, now=world.now)
        soap = make_reward(world.place.worker, on_hand=0, title_zh=f"香皂{at}", now=world.now)
        Wish.objects.create(reward=soap, resident=lin.resident, wished_at=world.now)
        Wish.objects.create(reward=world.things["sold out"], resident=actor.resident, wished_at=world.now)
        request_one(lin, reward, now=world.now)


def _lessons(world: World, lin: Actor, people: list[Actor]) -> None:
    begins = [world.now + timedelta(days=1, hours=2 * at) for at in range(ROWS)]
    plan = lessons.CoursePlan(
        title_zh="太极班", title_en="Tai chi", place_zh="广场", place_en="Square", places=60, price_coins=1
    )
    spans = [lessons.Span(at, at + timedelta(minutes=60)) for at in begins]
    course = lessons.plan_course(actor=world.place.worker, plan=plan, spans=spans, now=world.now)
    made = list(Lesson.objects.filter(course=course).order_by("starts_at"))
    for lesson in made[:10]:
        _seat(world, lesson, lin)
    for actor in people[:8]:
        _seat(world, world.things["lesson"], actor)


def _seat(world: World, lesson: Lesson, actor: Actor) -> None:
    if lesson.price_coins:
        give_coins(actor.resident, lesson.price_coins, now=world.now)
    seats.book(actor=actor, lesson_id=lesson.pk, resident_id=actor.resident.pk, now=world.now)


def _notices(world: World) -> None:
    one = InboxMessage.objects.get(pk=world.things["notice"].pk)
    rows = []
    for _number in range(ROWS):
        values = {field.attname: getattr(one, field.attname) for field in one._meta.concrete_fields}
        rows.append(InboxMessage(**(values | {"id": new_id(), "outbox_id": None})))
    InboxMessage.objects.bulk_create(rows)


def _partners(world: World) -> None:
    """Communities that were asked, that answered, and that could be asked."""
    place = world.place
    for at in range(ROWS):
        other = make_community(f"other-{at}", coin_zh=place.community.book.unit if at % 3 else "积点")
        if at % 3 == 1:
            partners.ask(actor=place.manager, partner_id=other.pk, now=world.now)
        if at % 3 == 2:
            open_clearing(book_id=place.community.book_id, partner_id=other.book_id, now=world.now)


def _transfers(world: World, lin: Actor) -> None:
    """Sent and received, and as many that wait for a second person."""
    payee, settings = world.things["payee"], world.place.community.settings
    limit = settings.two_person_limit_coins
    give_coins(lin.resident, 5 * ROWS, now=world.now)
    for _number in range(ROWS):
        send_coins(lin, payee, 2, now=world.now)
        send_coins(payee, lin, 1, now=world.now)
    set_settings(world.place.community, two_person_limit_coins=1)
    for _number in range(ROWS):
        send_coins(lin, payee, 2, by=world.place.worker, now=world.now)
    set_settings(world.place.community, two_person_limit_coins=limit)
