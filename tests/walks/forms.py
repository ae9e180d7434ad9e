"""Every form of the product, as the pages offer it, filled in as a person would.

A form is known by the address it is sent to, the names of its fields and the button that sends it, so a new one is
walked without being named here. One that the plain filling does not satisfy needs a value in ``FILL``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from bookings.models import Booking
from communities.models import Resident, TeamMember
from core.clock import local_date
from tests.walks.digest import Rows, difference, rows
from tests.walks.page_forms import Control, PageForm, forms_on
from tests.walks.samples import ADMIN_MODELS, sample
from tests.walks.test_reach import offered
from tests.walks.world import World

# Between them they are offered every form; who may send which, `test_roles` walks.
ROLES = ("resident", "leader", "manager", "second manager", "newcomer", "visitor")
NO_FORMS = ("_pdf", "_csv", "ical", "calendar", "_print", "_file")
# The admin's lists: `test_the_admin_changes_nothing` sends to all of them.
DJANGOS = tuple(f"admin:{name}_change" for name in ADMIN_MODELS)

Fill = str | list[str] | Callable[[World], str]


def _lin(world: World) -> str:
    return str(world.things["lin"].resident.member_number)


def _yesterday(world: World) -> str:
    return str(local_date(world.now, world.place.community.time_zone) - timedelta(days=1))


def _neighbour(world: World) -> str:
    """Somebody else who lives here and has nothing to do with lin."""
    living = Resident.objects.filter(community=world.place.community).order_by("-member_number")
    return str(living.first().member_number)


def _without_a_seat(world: World) -> str:
    """Somebody who has not booked the lesson."""
    booked = Booking.objects.filter(lesson=world.things["lesson"]).values("resident")
    found = Resident.objects.filter(community=world.place.community).exclude(pk__in=booked).order_by("pk").first()
    return str(found.member_number)


def _not_in_the_team(world: World) -> str:
    members = TeamMember.objects.filter(team=world.things["team"]).values("resident")
    found = Resident.objects.filter(community=world.place.community).exclude(pk__in=members).order_by("pk").first()
    return str(found.member_number)


PHONE = "13900000077"
# By address and field first, then by the field's name: what a person would write where the page suggests nothing.
FILL: dict[str, Fill] = {
    "login": PHONE,
    "communities:roles.login": lambda world: str(world.people["newcomer"].phone),
    "communities:roles.street_wide": "",
    "rewards:counter.reward": lambda world: str(world.things["reward"].pk),
    "rewards:desk.code": lambda world: str(world.things["ready"].code),
    "tasks:claim_for.person": _neighbour,
    "accounts:change_phone.address": PHONE,
    "contact_phone": PHONE,
    "phone_number": PHONE,
    "guardian_phone": "",
    "guardian_name": "",
    "birth_date": "1957-03-08",
    "ends_time": "11:00",
    "end": "11:00",
    "minutes": "",
    "tasks:edit_date.minutes": "60",
    "tasks:publish.minutes": "60",
    "tasks:publish_urgent.minutes": "60",
    "tasks:call.minutes": "60",
    "tasks:staff_task.minutes": "60",
    "tasks:log_hours.service_date": _yesterday,
    "tasks:log_hours.start": "03:00",  # when the demonstration sleeps
    "tasks:log_hours.end": "03:30",
    "tasks:log_hours.item": lambda world: f"t:{world.things['record verified'].task_id}",
    "walk_ins": "",
    "tasks:hours_fix.minutes": "40",
    "tasks:hours_fix.end": "",
    "coins_per_task": "",
    "tasks:publish.price_coins": "",
    "tasks:call.price_coins": "",
    "tasks:call.settle": "",
    "home_visit": "",
    "team": "",
    "communities:roles.team": lambda world: str(world.things["team"].pk),
    "requester": "",
    "maker": "",
    "companions": "0",
    "person": _lin,
    "member_number": _not_in_the_team,
    "to_number": "",  # to the fund
    "transfers:new.member_number": lambda world: str(world.things["payee"].resident.member_number),
    "transfers:desk_new.member_number": lambda world: str(world.things["payee"].resident.member_number),
    "surname": lambda world: str(world.things["payee"].resident.surname),
    "code_valid_days": "20",
    "word": lambda world: str(world.things["shift"].word_code),
}


def _guess(control: Control, world: World) -> str:
    tomorrow = local_date(world.now, world.place.community.time_zone) + timedelta(days=1)
    made = {
        "date": f"{tomorrow}",
        "datetime-local": f"{tomorrow}T10:00",
        "time": "10:00",
        "number": "1",
        "tel": PHONE,
        "email": "somebody@example.org",
    }
    numbers = "1" if control.mode == "numeric" else "试一试"
    return made.get(control.kind, numbers)


def filled(form: PageForm, world: World) -> dict[str, list[str]]:
    """What is sent: what the page shows, and where it shows nothing what a person would write."""
    sent: dict[str, list[str]] = {}
    for control in form.controls:
        shown = control.value.strip()
        said = FILL.get(f"{form.route}.{control.name}", FILL.get(control.name))
        if control.kind == "hidden":
            sent.setdefault(control.name, []).append(shown)
        elif said is not None:
            sent[control.name] = [said(world) if callable(said) else str(said)]
        elif control.kind in ("checkbox", "radio", "select"):
            if control.name not in sent:
                sent[control.name] = [shown or next((one for one in control.options if one), "")]
        else:
            sent[control.name] = [shown or _guess(control, world)]
    if form.button[0]:
        sent[form.button[0]] = [form.button[1]]
    sent.pop("csrfmiddlewaretoken", None)
    return {name: values for name, values in sent.items() if values != [""] or name not in TICKS}


TICKS = ("home_visit", "street_wide")  # a box that is not ticked is not sent


def send(
    form: PageForm, world: World, *, role: str | None = None, data: dict[str, list[str]] | None = None
) -> HttpResponse:
    """Send it as its role, or as another."""
    client = browser_of(role or form.role, world)
    return client.post(form.action, filled(form, world) if data is None else data)


def more_pages(world: World) -> list[str]:
    """Pages that offer other forms of another object, or once somebody is chosen."""
    slug, things = world.slug, world.things
    lin = things["lin"].resident
    return [
        reverse("tasks:staff_task", args=[slug, things["draft"].pk]),
        reverse("tasks:hour_record", args=[slug, things["record submitted"].pk]),
        reverse("transfers:transfer", args=[slug, things["transfer waiting"].pk]),
        reverse("rewards:counter", args=[slug], query={"resident": lin.pk}),
        reverse("bookings:book_for", args=[slug, things["lesson"].pk], query={"q": _without_a_seat(world)}),
    ]


def browser_of(role: str, world: World) -> Client:
    """The role's browser, to be thrown away: a form may sign it out."""
    client = Client(HTTP_HOST="localhost")
    for name, morsel in world.client(role).cookies.items():
        client.cookies[name] = morsel.value
    return client


def harvest(world: World) -> dict[str, list[PageForm]]:
    """Every form by its key, once for each role that is offered it."""
    found: dict[str, list[PageForm]] = {}
    for route in offered():
        if route.name.endswith(NO_FORMS):
            continue
        _note(found, reverse(route.name, kwargs=sample(route, world)), world)
    for url in more_pages(world):
        _note(found, url, world)
    return found


def _note(found: dict[str, list[PageForm]], url: str, world: World) -> None:
    for role in ROLES:
        for form in _in(world.client(role).get(url), role, url):
            known = found.setdefault(form.key, [])
            if all(one.role != role for one in known):
                known.append(form)


def as_elsewhere(form: PageForm, world: World) -> PageForm | None:
    """The same form on the other community's page of the same kind."""
    assert world.elsewhere is not None
    page = resolve(urlsplit(form.page).path)
    route = next(one for one in offered() if one.name == page.view_name)
    url = reverse(route.name, kwargs=sample(route, world.elsewhere))
    found = _in(world.elsewhere.client(form.role).get(url), form.role, url)
    return next((one for one in found if one.key == form.key), None)


def _in(answer: HttpResponse, role: str, url: str) -> list[PageForm]:
    if answer.status_code not in (200, 422) or not answer.headers["Content-Type"].startswith("text/html"):
        return []
    forms = forms_on(answer.content.decode(), role=role, url=url)
    return [one for one in forms if _is_ours(one.action) and not one.route.startswith(DJANGOS)]


def _is_ours(action: str) -> bool:
    try:
        resolve(urlsplit(action).path)
    except Resolver404:
        return False
    return True


@contextmanager
def undone() -> Iterator[None]:
    """A transaction of the test's own, rolled back; to the services it is as if it were not there."""
    block = transaction.atomic()
    block._from_testcase = True
    with block:
        yield
        transaction.set_rollback(True)


@dataclass(slots=True)
class Taken:
    """A form that was taken: what was sent, the answer, and what the tables then said more and less."""

    form: PageForm
    data: dict[str, list[str]]
    answer: HttpResponse
    rows: Rows


def taken(form: PageForm, world: World, data: dict[str, list[str]] | None = None, role: str | None = None) -> Taken:
    """Send it and look what it changed; all is rolled back."""
    sent = filled(form, world) if data is None else data
    world.client(role or form.role)  # signed in before the transaction
    with undone():
        before = rows()
        answer = send(form, world, data=sent, role=role)
        return Taken(form, sent, answer, difference(before, rows()))


def all_taken(world: World) -> tuple[dict[str, Taken], dict[str, list[Taken]]]:
    """Each form as the first role sends it whose sending changes something; and those that nobody's does.

    A page that answers a form with another one (look at it once more) is followed.
    """
    waiting = list(harvest(world).items())
    done: dict[str, Taken] = {}
    idle: dict[str, list[Taken]] = {}
    while waiting:
        key, forms = waiting.pop(0)
        tries = []
        for form in forms:
            tries.append(taken(form, world))
            if tries[-1].rows:
                done[key] = tries[-1]
                break
        else:
            idle[key] = tries
            more = _next(tries[0].answer, forms[0], world)
            known = {*done, *idle, *(name for name, _forms in waiting)}
            waiting += [(one.key, [one]) for one in more if one.key not in known]
    return done, idle


def _next(answer: HttpResponse, form: PageForm, world: World) -> list[PageForm]:
    """The forms of the page that answered, or that the answer led to under the same app's addresses."""
    if answer.status_code != 302:
        return [one for one in _in(answer, form.role, form.action) if one.route == form.route]
    led = urljoin(form.action, answer.headers["Location"])
    if not _is_ours(led) or form.route.startswith(("account", "admin")):
        return []
    return [one for one in _in(browser_of(form.role, world).get(led), form.role, led) if one.route != form.route]
