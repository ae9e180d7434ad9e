"""Every form, found on the pages that offer it: filled in and taken, and then sent as nobody should.

Threats 8, 11, 12 and 16 in their short form. A new form is in all of these by being on a page.
"""

from __future__ import annotations

import inspect
import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from django.apps import apps
from django.db.models import Field, ForeignKey
from django.test import Client
from django.urls import resolve, reverse
from pytest_django.plugin import DjangoDbBlocker

from communities.actors import Actor
from demo.services import past
from tests.walks.digest import BESIDE, Rows, changed, digest
from tests.walks.forms import Taken, all_taken, as_elsewhere, browser_of, taken, undone
from tests.walks.keeping import Kept
from tests.walks.page_forms import UUID
from tests.walks.routes import Route, all_routes
from tests.walks.samples import sample
from tests.walks.test_reach import CLOSED, offered
from tests.walks.world import World

# Forms that leave no row: what they do instead, or why the world is not ready for them.
LEAVES_NOTHING = {
    "account_logout []": "ends the web session",
    "admin:logout []": "ends the web session",
    "accounts:change_email [address]": "sends a code",
    "accounts:change_phone [address]": "sends a code",
    "accounts:prove [next way]": "sends a code",
    "communities:join_step [address_form full_name]": "the next page asks on; all is kept in the web session",
    "communities:account [login]": "lin has an account",
    "communities:opening [file]": "asks for a file",
    "communities:confirm_move [form_key]": "its coins were spent meanwhile",
    "communities:write_off [form_key] confirm": "the fund has nothing yet",
    "communities:join_household [number]": "the only household is lin's",
    "bookings:staff_lesson [form_key]": "the lesson is not today",
    "admin:ledger_journalentry_reverse [reason]": "such an entry is reversed where it came from",
    "tasks:verify_bulk [form_key record section shown] only=-": "the Enter key approves nobody",
    "transfers:desk_new [amount member_number partner surname]": "leads to the page that shows it once more",
    "transfers:new [amount member_number partner surname]": "leads to the page that shows it once more",
    "rewards:desk [code]": "shows what the code stands for",
    "tasks:log_hours [end form_key item minutes note service_date start witness]": "shows it once more",
    "tasks:log_hours [end form_key item minutes note service_date start witness] change": "back to the form",
}
# Their own account or inbox, whoever sends it.
OWN = ("account_", "accounts:", "notifications:read_all")
ROOT = Path(__file__).resolve().parents[2]
COUNTRY = "https://elsewhere.example/"
Forms = dict[str, Taken]
Both = tuple[Forms, dict[str, list[Taken]]]


@pytest.fixture(autouse=True, scope="module")
def _just_then(world: World) -> Iterator[None]:
    """A minute after the world was made, however long other walks took: what can be undone still can."""
    with time_machine.travel(world.now + timedelta(minutes=1)):
        yield


@pytest.fixture(scope="module")
def forms(_just_then: None, world: World, django_db_blocker: DjangoDbBlocker) -> Iterator[Both]:
    """Every form that is taken, and those that leave nothing."""
    with django_db_blocker.unblock():
        yield all_taken(world)


@pytest.fixture(scope="module")
def done(forms: Both) -> Forms:
    """Every form that is taken."""
    return forms[0]


@pytest.fixture(scope="module")
def names(world: World, django_db_blocker: DjangoDbBlocker) -> dict[str, str]:
    """Every column of every model, with a value that would be noticed."""
    with django_db_blocker.unblock():
        return hidden_names()


def in_community(done: Forms) -> Forms:
    """Those that are not about the sender's own account."""
    return {key: one for key, one in done.items() if not key.startswith(OWN)}


def values(rows: Rows) -> set[str]:
    """The rows that came and went."""
    return {row for came, went in rows.values() for row in (*came, *went)}


def test_each_form_is_taken(forms: Both) -> None:
    done, idle = forms
    said = {key: dict(tries[0].answer.context["form"].errors) if _has_form(tries[0]) else tries[0].answer.status_code
            for key, tries in idle.items() if key not in LEAVES_NOTHING}  # fmt: skip
    assert said == {}, "give these a value in tests/walks/forms.py FILL"
    assert len(done) > 60
    assert {one.answer.status_code for one in done.values()} == {302}


# Forms that only a state brings which the world is not in; the tests that bring it.
ELSEWHERE = {
    "accounts:address_code": "tests/accounts/test_change_address.py",
    "accounts:remove_phone": "tests/accounts/test_change_address.py",
    "bookings:confirm_refunds": "tests/bookings/test_cancel_lesson.py",
    "communities:opening_confirm": "tests/communities/test_opening_page.py",
    "communities:one_household": "tests/communities/test_households.py",
    "communities:join_check": "tests/communities/test_join.py",
    "communities:verify_residence": "tests/communities/test_pages.py",
    "reports:restore": "tests/backups/test_restore.py",
    "rewards:tell_me": "tests/journeys/test_live_pages.py",
    "rewards:confirm_reversal": "tests/rewards/test_pages.py",
}


def takes_posts(route: Route, world: World) -> bool:
    """Whether the view reads a form: it is for POST alone, or speaks of it."""
    view = inspect.unwrap(resolve(reverse(route.name, kwargs=sample(route, world))).func)
    return "POST" in inspect.getsource(view)


def test_every_address_that_takes_a_form_was_sent_one(forms: Both, world: World) -> None:
    done, idle = forms
    sent = {one.form.route for one in done.values()} | {tries[0].form.route for tries in idle.values()}
    left = {one.name for one in offered() if not one.of_admin and takes_posts(one, world)} - sent
    assert left - set(ELSEWHERE) == set(), "bring the page that offers the form: more_pages() in tests/walks/forms.py"
    assert [path for path in ELSEWHERE.values() if not (ROOT / path).is_file()] == []


def _has_form(one: Taken) -> bool:
    return bool(one.answer.context) and hasattr(one.answer.context.get("form"), "errors")


# Threat 12


def hidden_names() -> dict[str, str]:
    """Every column of every model, with a value that would be noticed."""
    found: dict[str, str] = {"now": "2020-01-01", "actor": "1", "quantity_reserved": "7"}
    for model in apps.get_models():
        for one in model._meta.concrete_fields:
            for name in (one.name, one.attname):
                found.setdefault(name, _noticed(one))
    return found


def _noticed(one: Field[Any, Any]) -> str:
    if isinstance(one, ForeignKey):
        newest = one.related_model._base_manager.order_by("-pk").first()
        return str(newest.pk) if newest else "1"
    kind = one.get_internal_type()
    if one.choices:
        return str(list(one.flatchoices)[-1][0])
    return {"BooleanField": "on", "DateTimeField": "2020-01-01T00:00", "DateField": "2020-01-01"}.get(
        kind, "7" if "Integer" in kind else "hidden"
    )


def plain(rows: Rows, noise: set[tuple[str, str]]) -> dict[str, Counter[str]]:
    """What came, without the columns that differ from one sending to the next."""
    found: dict[str, Counter[str]] = {}
    for table, (came, _went) in rows.items():
        found[table] = Counter()
        for row, times in came.items():
            columns = {name: value for name, value in json.loads(row).items() if (table, name) not in noise}
            found[table][json.dumps(columns, sort_keys=True)] += times
    return found


def noise_of(one: Rows, other: Rows) -> set[tuple[str, str]]:
    """Columns of which no value of one sending came again in the next: keys, codes, instants."""
    found = set()
    for table in one:
        first, second = ([json.loads(row) for row in rows[table][0].elements()] for rows in (one, other))
        for name in first[0] if first else ():
            if Counter(str(row[name]) for row in first) != Counter(str(row[name]) for row in second):
                found.add((table, name))
    return found


def test_hidden_names_change_nothing(done: Forms, world: World, names: dict[str, str]) -> None:
    assert len(names) > 200
    wrong = {}
    for key, one in done.items():
        again = taken(one.form, world, one.data)
        more = taken(one.form, world, {name: [value] for name, value in names.items()} | _shown(one) | one.data)
        noise = noise_of(one.rows, again.rows)
        if plain(more.rows, noise) != plain(one.rows, noise):
            wrong[key] = (more.answer.status_code, plain(more.rows, noise), plain(one.rows, noise))
    assert wrong == {}


def _shown(one: Taken) -> dict[str, list[str]]:
    """Boxes of the form itself that were left empty: they are no hidden names."""
    return {control.name: [""] for control in one.form.controls if control.name not in one.data}


# Threat 11


def test_who_does_not_belong_changes_nothing(done: Forms, world: World) -> None:
    world.people["foreign manager"] = world.elsewhere.people["manager"]
    wrong = {}
    for key, one in in_community(done).items():
        for role in ("outsider", "foreign manager", "visitor", "auditor"):
            sent = taken(one.form, world, one.data, role=role)
            if sent.answer.status_code not in (302, 403, 404) or sent.rows:
                wrong[key, role] = (sent.answer.status_code, list(sent.rows))
    assert wrong == {}


def test_a_neighbour_changes_nothing_of_mine(done: Forms, world: World) -> None:
    """Whatever lin's forms do, sent by a neighbour they touch no row that names lin or lin's account."""
    lin: Actor = world.things["lin"]
    mine = (str(lin.resident.pk), f'"number": "{lin.resident.wallet.number}"', f'"user_id": {lin.user.pk},')
    world.people.setdefault("neighbour", _neighbour_of(world).user)
    wrong = {}
    for key, one in in_community(done).items():
        sent = taken(one.form, world, one.data, role="neighbour")
        touched = [row for row in values(sent.rows) if any(word in row for word in mine)]
        if touched or sent.answer.status_code >= 500:
            wrong[key] = (sent.answer.status_code, touched)
    assert wrong == {}


def _neighbour_of(world: World) -> Actor:
    known = {user.pk for user in world.people.values()}
    return next(actor for actor in past.actors_with_phone(world.place) if actor.user.pk not in known)


def test_another_communitys_objects_are_no_choice(done: Forms, world: World) -> None:
    """Each value of a form that names an object, replaced by one that the other community's same form offers."""
    tried, wrong = 0, {}
    for key, one in in_community(done).items():
        for name, foreign in _foreign_values(one, world):
            tried += 1
            sent = taken(one.form, world, one.data | {name: [foreign]})
            number = UUID.search(foreign).group()
            if sent.answer.status_code >= 500 or any(number in row for row in values(sent.rows)):
                wrong[key, name] = (sent.answer.status_code, list(sent.rows))
    assert wrong == {}
    assert tried >= 3


def _foreign_values(one: Taken, world: World) -> Iterator[tuple[str, str]]:
    here = {option for control in one.form.controls for option in (control.value, *control.options)}
    other = as_elsewhere(one.form, world) if any(UUID.search(value) for value in here) else None
    for control in other.controls if other else ():
        found = [value for value in (control.value, *control.options) if UUID.search(value) and value not in here]
        if found and not UUID.search(control.name):
            yield control.name, found[0]


PERSONS = ("person", "maker", "requester", "member_number", "walk_ins")


def test_another_communitys_people_are_nobody(done: Forms, world: World) -> None:
    stranger = world.elsewhere.things["lin"].resident
    tried, wrong = 0, {}
    for key, one in done.items():
        for name in sorted(set(PERSONS) & {control.name for control in one.form.controls}):
            for typed in (str(stranger.phone), stranger.full_name):
                tried += 1
                sent = taken(one.form, world, one.data | {name: [typed]})
                told = sent.answer.content.decode().replace(typed, "")
                if any(str(stranger.pk) in row for row in values(sent.rows)) or stranger.full_name in told:
                    wrong[key, name] = (sent.answer.status_code, list(sent.rows))
    assert wrong == {}
    assert tried > 10


@pytest.mark.parametrize("route", [one for one in all_routes() if one.of_admin], ids=str)
def test_the_admin_changes_nothing(route: Route, world: World, names: dict[str, str]) -> None:
    """Whatever is sent to its pages. Reversals alone are asked for and answered there, by forms that are walked."""
    if route.name.endswith(("_reverse", "_confirm", "_decline")):
        return
    value = "1" if route.name in CLOSED or route.name.endswith("_add") else None
    kwargs = dict.fromkeys(route.parts, value) if value else sample(route, world)
    data = {name: [text] for name, text in names.items()}
    data |= {"action": ["delete_selected"], "_selected_action": [str(kwargs.get("object_id", "1"))], "post": ["yes"]}
    for role in ("auditor", "manager", "operator"):
        world.client(role)
        with undone():
            before = digest(BESIDE)
            assert browser_of(role, world).post(reverse(route.name, kwargs=kwargs), data).status_code < 500
            assert changed(before, digest(BESIDE)) == []


# Threat 16


def test_without_its_token_no_form_is_taken(forms: Both, world: World) -> None:
    done, idle = forms
    wrong = {}
    for key, one in {**done, **{key: tries[0] for key, tries in idle.items()}}.items():
        careful = Client(HTTP_HOST="localhost", enforce_csrf_checks=True)
        careful.cookies = browser_of(one.form.role, world).cookies
        with undone():
            if (status := careful.post(one.form.action, one.data).status_code) != 403:
                wrong[key] = status
    assert wrong == {}


@pytest.mark.parametrize("there", [COUNTRY, "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)"])
def test_no_form_leads_to_a_stranger(forms: Both, world: World, there: str) -> None:
    done, idle = forms
    wrong = {}
    for key, one in {**done, **{key: tries[0] for key, tries in idle.items()}}.items():
        asked = {"next": [there], "redirect_to": [there], "url": [there]}
        named = any(control.name == "next" for control in one.form.controls)
        if not named and there != COUNTRY:
            continue
        with undone():
            client = browser_of(one.form.role, world)
            answer = client.post(f"{one.form.action.split('?')[0]}?next={there}", one.data | asked)
        leads = urlsplit(answer.headers.get("Location", ""))
        if leads.netloc not in ("", "localhost") or leads.scheme not in ("", "http") or leads.path.startswith("/\\"):
            wrong[key] = answer.headers["Location"]
    assert wrong == {}


# Threat 8

VALUE = ("ledger_", "rewards_", "bookings_", "tasks_")


def moves_value(one: Taken) -> bool:
    """Whether coins, goods, seats, places or hours are another's, or another state's, after it."""
    return any(table.startswith(VALUE) for table in one.rows)


def counts(rows: Rows) -> dict[str, tuple[int, int]]:
    """Rows that came and went, a table."""
    return {table: (sum(came.values()), sum(went.values())) for table, (came, went) in rows.items()}


def test_each_form_that_moves_value_sent_twenty_times_at_once(
    done: Forms, world: World, together: Callable[..., list[Any]]
) -> None:
    """Twenty times where coins are concerned, five times elsewhere; then the world is put back."""
    moving = {key: one for key, one in done.items() if moves_value(one)}
    assert len(moving) > 40
    wrong = {}
    with Kept() as kept:
        for key, one in moving.items():
            browsers = [browser_of(one.form.role, world) for _ in range(times(one))]
            answers = together(
                len(browsers), lambda at, one=one, browsers=browsers: browsers[at].post(one.form.action, one.data)
            )
            effect = counts(kept.restore())
            if broken := odd(one, answers) or (effect != counts(one.rows) and [effect]):
                wrong[key] = (broken, counts(one.rows))
    assert wrong == {}


def times(one: Taken) -> int:
    """How often at once."""
    return 20 if any(table.startswith("ledger_") for table in one.rows) else 5


def odd(one: Taken, answers: list[Any]) -> list[Any]:
    """Answers that broke; of a form with a one-time key, also such that do not lead where the first one led."""
    broken = [answer for answer in answers if isinstance(answer, Exception) or answer.status_code >= 500]
    if broken or not one.form.is_keyed:
        return broken
    led = {answer.headers.get("Location", str(answer.status_code)) for answer in answers}
    return sorted(led) if len(led) > 1 else []
