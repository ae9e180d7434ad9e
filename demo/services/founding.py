"""A community from nothing: its rule, staff, teams, residents, goods and what is done there every week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from accounts.models import User
from communities.access import actor_in
from communities.actors import Actor
from communities.choices import Role
from communities.models import Community, Resident, Street, Team, TeamMember
from communities.services import admitting, founding, households
from communities.services.admitting import ROWS_A_STATEMENT, Arrival
from communities.services.registration import Guardian, Person
from core.clock import local_date
from demo import invented
from demo.plan import LANDMARKS, CommunityPlan, TaskPlan
from tasks.models import Task
from tasks.recurrence import Every, Repetition, slots
from tasks.services.earning_rules import begin_rule
from tasks.services.publishing import TaskText, publish_task

STAFF = (
    (Role.WORKER, "周敏", "zhou"),
    (Role.MANAGER, "王海燕", "wang"),
    (Role.AUDITOR, "陈国正", "chen"),
)
STAFF_LOGINS = ("zhou", "wang", "chen", "li")
SECOND_MANAGER = "李建华"  # of the street: the second person for reversals everywhere
HOUSEHOLD_SIZE = 3
WEEKS_AHEAD = 4
HOURS = (time(8, 30), time(15, 0), time(19, 0), time(10, 30))
RULES_FROM = date(2025, 1, 1)
HELPS_AT_HOME = frozenset({"middle", "adult"})


@dataclass(slots=True)
class Place:
    """One community of the demonstration and the people in it."""

    plan: CommunityPlan
    community: Community
    worker: Actor
    manager: Actor
    auditor: Actor
    street_manager: Actor
    residents: list[Resident] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)

    @property
    def zone(self) -> ZoneInfo:
        """The community's time zone."""
        return ZoneInfo(self.community.time_zone)

    def at(self, day: date, moment: time) -> datetime:
        """A time of the clock on a day here."""
        return datetime.combine(day, moment, tzinfo=self.zone)

    def actor_of(self, resident: Resident) -> Actor:
        """The resident as the one who acts."""
        assert resident.user is not None
        return Actor(user=resident.user, community=self.community, resident=resident, roles=frozenset({Role.RESIDENT}))


def found(plan: CommunityPlan, *, size: int, opened: datetime, today: date) -> Place:
    """Open the community with ``size`` residents as of ``opened``; its weekly tasks run until weeks after today."""
    street = founding.found_street(slug=plan.street_slug, name_zh=plan.street.zh, name_en=plan.street.en)
    community = founding.found_community(
        slug=plan.slug,
        street=street,
        name_zh=plan.name.zh,
        name_en=plan.name.en,
        phone=f"400-000-{sum(map(ord, plan.slug)) % 9000 + 1000}",
        now=opened,
        texts={
            "address_zh": "社区服务中心一楼",
            "address_en": "Ground floor, community service centre",
            "opening_hours_zh": "周一至周六 8:30–17:30",
            "opening_hours_en": "Mon–Sat 8:30–17:30",
        },
        settings=plan.settings,
    )
    begin_rule(community=community, kind=plan.rule_kind, coins=plan.rule_coins, valid_from=RULES_FROM)
    place = _staffed(plan, community, street, opened)
    place.residents = _residents(place, size, opened, today)
    _teams(place, opened)
    place.tasks = _weekly_tasks(place, opened, today)
    return place


def _staffed(plan: CommunityPlan, community: Community, street: Street, opened: datetime) -> Place:
    actors = {role: _staff(community, role, name, login, opened) for role, name, login in STAFF}
    return Place(
        plan=plan,
        community=community,
        worker=actors[Role.WORKER],
        manager=actors[Role.MANAGER],
        auditor=actors[Role.AUDITOR],
        street_manager=_staff(community, Role.MANAGER, SECOND_MANAGER, "li", opened, street=street),
    )


def _staff(
    community: Community, role: Role, name: str, login: str, opened: datetime, *, street: Street | None = None
) -> Actor:
    number = STAFF_LOGINS.index(login) + 1
    prefix = phone_block(community.slug)
    user = User.objects.create_user(
        phone=f"+86190{prefix}99990{number}",
        email=f"{login}@{community.slug}.example",
        display_name=name,
        phone_verified_at=opened,
    )
    scope = {"street": street} if street else {"community": community}
    founding.install_role(user=user, role=role, now=opened, **scope)
    user.refresh_from_db()
    actor = actor_in(user=user, community=community)
    assert actor is not None
    return actor


def phone_block(slug: str) -> str:
    """Two digits that tell the communities' invented phone numbers apart."""
    return str(sum(ord(letter) * (at + 1) for at, letter in enumerate(slug)) % 90 + 10)


def _residents(place: Place, size: int, opened: datetime, today: date) -> list[Resident]:
    people = list(invented.people(size, key=place.plan.slug, today=today))
    homes = _homes(place, size, opened)
    accounts = _accounts([one for one in people if one.phone], opened)
    arrivals = [
        _arrival(one, accounts.get(one.phone), homes.get(at // HOUSEHOLD_SIZE)) for at, one in enumerate(people)
    ]
    residents = admitting.register_many(actor=place.worker, arrivals=arrivals, consented=True, now=opened)
    able = [who for who, one in zip(residents, people, strict=True) if one.phone and one.generation in HELPS_AT_HOME]
    admitting.clear_many_for_home_visits(actor=place.manager, residents=able, now=opened)
    for resident in able:
        resident.home_visits_cleared_at = opened
    return residents


def _homes(place: Place, size: int, opened: datetime) -> dict[int, UUID]:
    """Households of three, where they hold the wallets."""
    if not place.plan.shares_wallets:
        return {}
    return {at: households.new_household(place.community, opened).pk for at in range(-(-size // HOUSEHOLD_SIZE))}


def _accounts(people: Sequence[invented.Person], opened: datetime) -> dict[str, User]:
    """Phone → who signs in with it."""
    users = [User(phone=one.phone, phone_verified_at=opened, display_name=one.name) for one in people]
    for user in users:
        user.set_unusable_password()
    User.objects.bulk_create(users, batch_size=ROWS_A_STATEMENT)
    return {str(user.phone): user for user in users}


def _arrival(person: invented.Person, user: User | None, household_id: UUID | None) -> Arrival:
    minor = person.generation == "young"
    return Arrival(
        Person(
            full_name=person.name,
            birth_date=person.birth_date,
            building=f"{person.building}号楼",
            door=person.door,
            phone=person.phone or None,
        ),
        user=user,
        guardian=Guardian(name=f"{person.name[0]}女士", phone="+8619000000000") if minor else None,
        household_id=household_id,
    )


def _teams(place: Place, opened: datetime) -> None:
    first = local_date(opened, place.community.time_zone)
    adults = [one for one in place.residents if one.user and not one.is_minor_on(first)]
    for number, (name, does) in enumerate(place.plan.teams):
        team = Team.objects.create(
            community=place.community, name_zh=name.zh, name_en=name.en, does_zh=does.zh, does_en=does.en
        )
        members = adults[number * 5 : number * 5 + 5]
        for member in members:
            TeamMember.objects.create(team=team, resident=member, joined_at=opened)
        if members and members[0].user:
            founding.install_role(user=members[0].user, role=Role.LEADER, now=opened, team=team)


def _weekly_tasks(place: Place, opened: datetime, today: date) -> list[Task]:
    first = local_date(opened, place.community.time_zone)
    weeks = (today - first).days // 7 + WEEKS_AHEAD
    teams = {team.name_zh: team for team in Team.objects.filter(community=place.community)}
    made = []
    for number, task in enumerate(it for it in place.plan.tasks if not it.urgent):
        rhythm = Repetition(
            first=first + timedelta(days=1 + number * 2 % 7),
            at=HOURS[number % len(HOURS)],
            minutes=task.minutes,
            zone=place.community.time_zone,
            every=Every.WEEK,
            times=min(weeks, 52),
        )
        team = teams.get(task.team)
        made.append(
            publish_task(
                actor=place.worker,
                text=text_of(task, number),
                dates=slots(rhythm),
                places=task.places,
                team_id=team.pk if team else None,
                now=opened,
            )
        )
    return made


def text_of(task: TaskPlan, number: int) -> TaskText:
    """A planned task in the words that stand on its page."""
    landmark = LANDMARKS[number % len(LANDMARKS)]
    return TaskText(
        title_zh=task.title.zh,
        title_en=task.title.en,
        category=task.category,
        landmark_zh=landmark[0],
        landmark_en=landmark[1],
        home_visit=task.home_visit,
        urgent=task.urgent,
        suits_elders=task.minutes <= 120 and not task.home_visit,
    )


def attendees(place: Place, task: Task, day: date, turn: int, wanted: int) -> Sequence[Resident]:
    """Who comes to a shift, in turn: for homes only those cleared, and not at two places at once."""
    able = [
        one
        for one in place.residents
        if one.residence_verified_at and (one.home_visits_cleared_at or not task.home_visit)
    ]
    start = turn * wanted % max(len(able), 1)
    return (able + able)[start : start + min(wanted, len(able))]
