"""A small world to walk in: two communities of the demonstration, where one resident has something in every state.

It is made once a worker, through the services, and committed: the walks only read, or roll back what they write.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Model
from django.test import Client
from django.urls import reverse

from accounts.models import User
from bookings.models import Lesson
from bookings.services import lessons, seats
from communities.actors import Actor
from communities.choices import MoveKind, Role
from communities.models import CommunitySettings, Team, TeamMember
from communities.selectors import household_of
from communities.services import expiring, households, moves, partners, write_offs
from communities.services import founding as founding_services
from core.clock import now as clock_now
from demo.plan import plans
from demo.services import founding, past, present
from demo.services.founding import Place
from ledger.models import JournalEntry
from ledger.services import seals
from notifications.models import InboxMessage
from notifications.services.sweep import run_due
from rewards.models import Redemption, Reward
from rewards.services import approving, desk, requesting, wishes
from tasks import check_in_codes
from tasks.choices import Category, SignUpState
from tasks.models import Shift, SignUp, Task
from tasks.recurrence import Slot
from tasks.rules.hours import Span
from tasks.services import claims, hours, publishing, reversing, verification
from tasks.services import help as help_services
from tests.factories.debts import make_debt
from tests.factories.people import make_actor, make_community
from tests.factories.rewards import make_reward
from tests.factories.tasks import make_shift, make_sign_up
from transfers.services import sending

RESIDENTS = 12
PAST_DAYS = 14
HERE, THERE = "jinshan", "laodongyifang"


@dataclass(slots=True)
class World:
    """One community, the people who walk in it, and the things that addresses name."""

    now: datetime
    place: Place
    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)
    elsewhere: World | None = None
    empty_slug: str = "yurong"
    clients: dict[tuple[str, str], Client] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The community that is walked."""
        return self.place.community.slug

    def client(self, role: str, language: str = "en") -> Client:
        """The signed-in browser of a role, the same each time; "visitor" is signed out."""
        key = (role, language)
        if key not in self.clients:
            client = self.clients[key] = Client(HTTP_HOST="localhost")
            client.cookies["django_language"] = language
            if role != "visitor":
                client.force_login(self.people[role])
                _prove_presence(client, self.people[role])
        return self.clients[key]


def _prove_presence(client: Client, user: User) -> None:
    """As signing in by a code does: for ten minutes the pages that ask who is there do not ask."""
    session = client.session
    session["account_authentication_methods"] = [{"method": "code", "at": clock_now().timestamp()}]
    session["account_authentication_methods_user"] = str(user.pk)
    session.save()


def make_world() -> World:
    """The community that is walked, and another that has everything as well."""
    now = clock_now()
    elsewhere = _inhabited(THERE, now)
    world = _inhabited(HERE, now)
    world.elsewhere = elsewhere
    world.people["outsider"] = elsewhere.people["resident"]
    _nothing_yet(world)
    _sweep(world)
    _sweep(elsewhere)
    return world


def _nothing_yet(world: World) -> None:
    """A third community on its first day: every list is empty."""
    community = make_community(world.empty_slug, name_zh="玉蓉社区")
    world.people["new resident"] = make_actor(community, "苏文").user
    world.people["new manager"] = make_actor(community, "韩露", Role.MANAGER, resident=False).user


def _inhabited(slug: str, now: datetime) -> World:
    world = World(now=now, place=_live(slug, now))
    _people(world)
    _things(world)
    _old_coins(world)
    _debts(world)
    return world


def _live(slug: str, now: datetime) -> Place:
    """So short a past that it is made quickly, and across the turn of a month so that there is a statement."""
    plan = next(one for one in plans() if one.slug == slug)
    opened = min(now.replace(day=1, hour=1, minute=0) - timedelta(days=2), now - timedelta(days=PAST_DAYS))
    place = founding.found(plan, size=RESIDENTS, opened=opened, today=now.date())
    story = past.live_through(place, opened=opened, now=now - timedelta(minutes=1))
    present.fill(story, now=now)
    return place


def _people(world: World) -> None:
    place = world.place
    residents = past.actors_with_phone(place)
    team = Team.objects.create(
        community=place.community, name_zh="榕树下", name_en="Under the banyan", does_zh="巡逻", does_en="patrol"
    )
    for actor in residents[:3]:
        TeamMember.objects.create(team=team, resident=actor.resident, joined_at=world.now)
    leader = residents[1].user
    founding_services.install_role(user=leader, role=Role.LEADER, now=world.now, team=team)
    operator = User.objects.create_user(phone=f"+86190999900{len(world.slug):02}", display_name="运维")
    founding_services.install_role(user=operator, role=Role.OPERATOR, now=world.now)
    newcomer = User.objects.create_user(phone=f"+86190999911{len(world.slug):02}", display_name="")
    for user in (operator, leader):
        user.refresh_from_db()
    world.people = {
        "resident": residents[0].user,
        "leader": leader,
        "worker": place.worker.user,
        "manager": place.manager.user,
        "second manager": place.street_manager.user,
        "auditor": place.auditor.user,
        "operator": operator,
        "newcomer": newcomer,
    }
    world.things["team"] = team


def _things(world: World) -> None:
    lin = past.actors_with_phone(world.place)[0]
    world.things["lin"] = lin
    if not world.place.plan.shares_wallets:
        households.open_household(actor=world.place.worker, resident_ids=[lin.resident.pk], now=world.now)
    _own_task(world, lin)
    _drafts(world, lin)
    _records(world, lin)
    _redemptions(world, lin)
    _booking(world, lin)
    _moves(world)
    _partners(world)


def _own_task(world: World, lin: Actor) -> None:
    """A team's task of just now, which lin has claimed."""
    now = world.now
    task = publishing.publish_task(
        actor=world.place.worker,
        text=publishing.TaskText(
            title_zh="夜间巡逻",
            title_en="Night patrol",
            landmark_zh="东门",
            landmark_en="East gate",
            category=Category.PATROL,
        ),
        dates=[Slot(now + timedelta(minutes=10), now + timedelta(minutes=70))],
        places=5,
        team_id=world.things["team"].pk,
        now=now,
    )
    shift = Shift.objects.get(task=task)
    claims.claim(actor=lin, shift_id=shift.pk, resident_id=lin.resident.pk, now=now)
    last_week = make_shift(_plain_task(world.place), starts_at=now - timedelta(days=6))
    make_sign_up(last_week, lin.resident, state=SignUpState.ATTENDED)
    sign_up = SignUp.objects.get(shift=shift, resident=lin.resident)
    asking = past.actors_with_phone(world.place)[3].resident
    make_sign_up(shift, asking, state=SignUpState.ASKED)
    world.things |= {"task": task, "shift": shift, "sign_up": sign_up, "past shift": last_week}


def _drafts(world: World, lin: Actor) -> None:
    now = world.now
    world.things["draft"] = publishing.save_draft(
        actor=world.place.worker,
        text=publishing.TaskText(title_zh="草稿", title_en="A draft", category=Category.OTHER),
        dates=[Slot(now + timedelta(days=3), now + timedelta(days=3, hours=1))],
        places=2,
        now=now,
    )
    world.things["call"] = help_services.ask(
        actor=lin, resident_id=lin.resident.pk, category=Category.HAIRCUT, details="想理个发", now=now
    )


def _plain_task(place: Place) -> Task:
    return next(one for one in place.tasks if not one.home_visit)


def _records(world: World, lin: Actor) -> None:
    """One record of lin in each state, at hours in which the demonstration sleeps."""
    now, task, manager = world.now, _plain_task(world.place), world.place.manager
    made = {}
    for number, state in enumerate(("submitted", "returned", "refused", "verified", "asked")):
        ends = world.place.at(now.date() - timedelta(days=2), time(1 + number))
        said = hours.Said(Span(ends - timedelta(minutes=40), ends), witness="组长")
        made[state] = hours.log_hours(actor=lin, resident_id=lin.resident.pk, said=said, task_id=task.pk, now=now)
    verification.return_record(actor=manager, record_id=made["returned"].pk, reason="请写清楚在哪一层", now=now)
    verification.refuse_record(actor=manager, record_id=made["refused"].pk, reason="当天没有这项服务", now=now)
    for state in ("verified", "asked"):
        verification.verify(actor=manager, record_id=made[state].pk, now=now)
    reversing.ask_reversal(actor=world.place.worker, record_id=made["asked"].pk, reason="登记错了", now=now)
    world.things |= {f"record {state}": record for state, record in made.items()}


def _redemptions(world: World, lin: Actor) -> None:
    """Requested, ready and collected ones."""
    place, now = world.place, world.now
    _give(world, lin)
    reward = Reward.objects.filter(community=place.community).order_by("price_coins").first()
    terms = {"reward_id": reward.pk, "resident_id": lin.resident.pk, "quantity": 1}
    made = [requesting.request_redemption(actor=lin, now=now, **terms) for _number in range(3)]
    ready = approving.approve(actor=place.manager, redemption_id=made[1].pk, now=now)
    taken = approving.approve(actor=place.manager, redemption_id=made[2].pk, now=now)
    desk.hand_over(actor=place.worker, typed=taken.code, now=now)
    collected = Redemption.objects.get(pk=taken.pk)
    soap = make_reward(place.worker, on_hand=0, title_zh="香皂", title_en="Soap", price=2)
    wishes.wish(actor=lin, reward_id=soap.pk, now=now)
    world.things |= {"reward": reward, "sold out": soap, "requested": made[0], "ready": ready, "collected": collected}


def _give(world: World, lin: Actor) -> None:
    """Enough coins to spend, earned by service on three days, at hours in which the demonstration sleeps."""
    place, now = world.place, world.now
    for number in range(3):
        ends = place.at(now.date() - timedelta(days=5 + number), time(5))
        said = hours.Said(Span(ends - timedelta(minutes=240), ends))
        record = hours.log_hours(
            actor=place.worker,
            resident_id=lin.resident.pk,
            said=said,
            task_id=_plain_task(place).pk,
            now=now,
        )
        verification.verify(actor=place.manager, record_id=record.pk, now=now)


def _moves(world: World) -> None:
    """After a death: an heir's coins, moved by two of the staff."""
    place, now = world.place, world.now
    giver, heir = past.actors_with_phone(place)[3:5]
    source, target = giver.resident, heir.resident
    if place.plan.shares_wallets:
        source, target = (household_of(one.resident, now.date()).household for one in (giver, heir))
    else:
        households.open_household(actor=place.worker, resident_ids=[source.pk, target.pk], now=now)
    _give(world, giver)
    terms = moves.Terms(MoveKind.DEATH, source.wallet_id, target.wallet_id, 10, "继承")
    world.things["move"] = moves.ask(actor=place.worker, terms=terms, now=now)
    moves.confirm(actor=place.manager, move_id=world.things["move"].pk, now=now)
    world.things["open move"] = moves.ask(actor=place.worker, terms=terms, now=now)


def _booking(world: World, lin: Actor) -> None:
    """A seat in what the demonstration offers, and a lesson that costs coins."""
    begins = world.place.at(world.now.date() + timedelta(days=4), time(14))
    plan = lessons.CoursePlan(
        title_zh="剪纸班", title_en="Paper cutting", place_zh="活动室", place_en="Hall", places=9, price_coins=5
    )
    span = lessons.Span(begins, begins + timedelta(minutes=90))
    lessons.plan_course(actor=world.place.worker, plan=plan, spans=[span], now=world.now)
    soon = world.now + timedelta(days=2)
    ahead = Lesson.objects.filter(course__community=world.place.community, starts_at__gt=soon)
    lesson = ahead.exclude(bookings__resident=lin.resident).order_by("starts_at").first()
    booking = seats.book(actor=lin, lesson_id=lesson.pk, resident_id=lin.resident.pk, now=world.now)
    world.things |= {"lesson": lesson, "booking": booking}


def _old_coins(world: World) -> None:
    """Coins expire, and those of the coming day are announced."""
    community = world.place.community
    CommunitySettings.objects.filter(pk=community.pk).update(expiry_months=1)
    community.settings.refresh_from_db()
    expiring.announce(community=community, day=expiring.next_day(world.now.date()), now=world.now)


def _partners(world: World) -> None:
    """A community with which coins are exchanged, and one that asks for it."""
    place, now = world.place, world.now
    unit = place.community.book.unit
    near = make_community(f"near-{world.slug}", name_zh="海虹社区", coin_zh=unit)
    asking = make_community(f"asking-{world.slug}", name_zh="坡博社区", coin_zh=unit)
    there = make_actor(near, "郑红", Role.MANAGER, resident=False)
    asked = partners.ask(actor=place.manager, partner_id=near.pk, now=now)
    partners.accept(actor=there, partnership_id=asked.pk, now=now)
    elsewhere = make_actor(asking, "孙晴", Role.MANAGER, resident=False)
    waiting = partners.ask(actor=elsewhere, partner_id=place.community.pk, now=now)
    world.things |= {"near": near, "partnership": asked, "partnership asked": waiting}
    _transfers(world, make_actor(near, "安秀兰"))


def _transfers(world: World, payee: Actor) -> None:
    """One that lin sent, one that waits for a second person, and what came back."""
    lin, place = world.things["lin"], world.place
    limit = place.community.settings.two_person_limit_coins
    place.community.settings.two_person_limit_coins = 8
    place.community.settings.save(update_fields=["two_person_limit_coins"])
    parties = {"resident_id": lin.resident.pk, "payee_id": payee.resident.pk, "now": world.now}
    sent = sending.send(actor=lin, amount=7, **parties)
    waiting = sending.send(actor=place.worker, amount=9, **parties)
    place.community.settings.two_person_limit_coins = limit
    place.community.settings.save(update_fields=["two_person_limit_coins"])
    back = {"resident_id": payee.resident.pk, "payee_id": lin.resident.pk, "now": world.now}
    sending.send(actor=payee, amount=2, **back)
    world.things |= {"transfer": sent, "transfer waiting": waiting, "payee": payee}


def _debts(world: World) -> None:
    """Two passbooks that owe; a write-off waits for one of them."""
    people = past.actors_with_phone(world.place)[2:4]
    world.things["debtor"] = people[1].resident
    wallets = [make_debt(one.resident, 20 + number, now=world.now) for number, one in enumerate(people)]
    world.things["write-off"] = write_offs.ask(
        actor=world.place.worker, wallet_id=wallets[0], coins=None, reason="长者困难", now=world.now
    )


def _sweep(world: World) -> None:
    """Notices delivered, the book sealed, and a resident's record opened by the manager (which is logged)."""
    run_due(now=world.now + timedelta(seconds=1))
    seals.seal_book(book_id=world.place.community.book_id, now=world.now)
    seals.checkpoint(now=world.now)
    lin = world.things["lin"]
    world.client("manager").get(reverse("communities:resident", args=[world.slug, lin.resident.pk]))
    world.things["notice"] = InboxMessage.objects.filter(user=lin.user).first()
    credits = JournalEntry.objects.filter(credit_id=lin.resident.wallet_id)
    world.things["entry"] = credits.order_by("-pk").first()


def token_for(world: World) -> str:
    """A check-in code that is good now."""
    shift = world.things["shift"]
    return check_in_codes.make_token(shift_id=shift.pk, secret=shift.check_in_secret, now=clock_now())


def first(model: type[Model], **which: Any) -> Any:
    """Some row."""
    return model._default_manager.filter(**which).order_by("pk").first()
