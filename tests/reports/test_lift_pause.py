"""``manage.py lift_pause``: two managers, sound books."""

from datetime import datetime

import pytest
from django.core.management import CommandError, call_command

from communities.actors import Actor
from communities.choices import Role
from core.invariants import Check, Finding
from ledger.models import Book
from ledger.services.books import pause_spending
from reports.management.commands import lift_pause
from tests.factories.people import make_actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def paused(wang: Actor, now: datetime) -> Book:
    """The book of 金山, paused."""
    pause_spending(book_id=wang.community.book_id, now=now)
    return Book.objects.get(pk=wang.community.book_id)


def lift(*people: Actor) -> None:
    call_command("lift_pause", people[0].community.slug, *(one.user.phone or one.user.email for one in people))


def still_paused(book: Book) -> bool:
    return Book.objects.get(pk=book.pk).spending_paused_at is not None


def test_two_managers_lift_it(paused: Book, wang: Actor) -> None:
    second = make_actor(wang.community, "李建华", Role.MANAGER, resident=False)
    lift(wang, second)
    assert not still_paused(paused)


def test_one_manager_is_not_two(paused: Book, wang: Actor, zhou: Actor) -> None:
    for second in (wang, zhou):
        with pytest.raises(CommandError):
            lift(wang, second)
    assert still_paused(paused)


def test_not_while_the_books_are_broken(paused: Book, wang: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = [Check(1, "debits equal credits", lambda: [Finding("book 1", "differ")])]
    monkeypatch.setattr(lift_pause, "all_checks", lambda: broken)
    second = make_actor(wang.community, "李建华", Role.MANAGER, resident=False)
    with pytest.raises(CommandError, match="debits equal credits"):
        lift(wang, second)
    assert still_paused(paused)
