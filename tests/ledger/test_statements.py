"""The month's turn: each line in exactly one statement, opening + in − out = closing, a second call writes nothing."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Sum

from core.clock import local_date
from ledger import errors, selectors
from ledger.choices import EntryKind
from ledger.models import Account, JournalEntry, MonthlyStatement
from ledger.services import books, posting, statements
from ledger.services.posting import LineRequest
from tests.ledger.conftest import NOW, World, open_wallet, refused

NOVEMBER, DECEMBER, JANUARY = date(2026, 11, 1), date(2026, 12, 1), date(2027, 1, 1)


def close(world: World, month: date) -> int:
    """Close a month ten days after it ended."""
    after = datetime(month.year, month.month, 1, tzinfo=UTC) + timedelta(days=41)
    return statements.close_and_state(book_id=world.book.pk, month=month, now=after)


def stated(account: int, month: date) -> tuple[int, int, int, int, int]:
    s = MonthlyStatement.objects.get(account_id=account, month=month)
    return s.opening, s.credited, s.debited, s.closing, s.lines


def test_says_what_came_and_went(world: World) -> None:
    world.earn(world.lin, 60)
    world.spend(world.lin, 20)
    assert close(world, NOVEMBER) == 4  # lin, mei, wu and the fund
    assert stated(world.lin, NOVEMBER) == (0, 60, 20, 40, 2)
    assert stated(world.mei, NOVEMBER) == (0, 0, 0, 0, 0)


def test_a_second_call_writes_nothing(world: World) -> None:
    close(world, NOVEMBER)
    assert close(world, NOVEMBER) == 0


def test_the_closing_is_the_next_opening(world: World) -> None:
    world.earn(world.lin, 60)
    world.earn(world.lin, 5, now=NOW + timedelta(days=10))
    close(world, NOVEMBER)
    close(world, DECEMBER)
    assert stated(world.lin, NOVEMBER)[3] == stated(world.lin, DECEMBER)[0] == 60
    assert stated(world.lin, DECEMBER) == (60, 5, 0, 65, 1)


def test_a_month_that_was_never_stated_is_carried_over(world: World) -> None:
    world.earn(world.lin, 60)
    world.earn(world.lin, 5, now=NOW + timedelta(days=50))
    close(world, JANUARY)
    assert stated(world.lin, JANUARY) == (60, 5, 0, 65, 1)
    close(world, DECEMBER)
    assert stated(world.lin, DECEMBER) == (60, 0, 0, 60, 0)


@pytest.mark.parametrize("now", [NOW, datetime(2026, 11, 30, 15, 59, tzinfo=UTC)])
def test_a_month_not_over_where_the_community_lives_is_refused(world: World, now: datetime) -> None:
    with refused(errors.MonthOpen):
        statements.close_and_state(book_id=world.book.pk, month=NOVEMBER, now=now)


def test_over_at_midnight_where_the_community_lives(world: World) -> None:
    midnight = datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    assert statements.close_and_state(book_id=world.book.pk, month=NOVEMBER, now=midnight) == 4


def test_a_month_begins_on_its_first_day(world: World) -> None:
    with refused(errors.MonthOpen):
        close(world, date(2026, 11, 2))


def test_a_late_posting_is_booked_after_the_closed_month(world: World) -> None:
    close(world, NOVEMBER)
    world.earn(world.lin, 60, "late")
    posting.post_many([world.request(EntryKind.HOURS, world.issuance, world.mei, 5, "late-too")], now=NOW)
    assert [world.entries(name)[0].booked_date for name in ("late", "late-too")] == [DECEMBER, DECEMBER]
    assert world.entries("late")[0].posted_at == NOW


def test_what_was_opened_later_is_not_in_an_earlier_month(world: World) -> None:
    new = books.open_account(book_id=world.book.pk, kind=1, number="NEW", now=NOW + timedelta(days=30))
    close(world, NOVEMBER)
    close(world, DECEMBER)
    assert list(MonthlyStatement.objects.filter(account=new).values_list("month", flat=True)) == [DECEMBER]


def test_the_last_line_is_numbered(world: World) -> None:
    for _ in range(3):
        world.earn(world.lin, 1)
    close(world, NOVEMBER)
    close(world, DECEMBER)
    assert list(MonthlyStatement.objects.filter(account=world.lin).values_list("last_seq", flat=True)) == [3, 3]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Urumqi", "America/New_York", "Pacific/Auckland"])
def test_every_instant_falls_in_exactly_one_statement(db: None, zone: str) -> None:
    """1,250 random instants in each of four zones, around month edges and clock changes."""
    chance = random.Random(zone)
    start = datetime(2026, 9, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    book = books.open_book(name_zh="书", name_en="Book", time_zone=zone, unit="coin", now=start)
    issuance = selectors.system_account_id(book.pk, 4)
    wallets = [open_wallet(book.pk).pk for _ in range(5)]
    instants = sorted(start + timedelta(seconds=chance.randrange(91 * 86_400)) for _ in range(1_200))
    edges = [datetime(2026, month, 1, tzinfo=ZoneInfo(zone)).astimezone(UTC) for month in (10, 11)]
    instants += [edge + timedelta(microseconds=shift) for edge in edges for shift in range(-12, 13)]
    for at, instant in enumerate(sorted(instants)):
        wallet = chance.choice(wallets)
        posting.post(LineRequest(book.pk, f"r{at}", EntryKind.HOURS, issuance, wallet, 1), now=instant)
    months = [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]
    for month in months:
        statements.close_and_state(book_id=book.pk, month=month, now=start + timedelta(days=100))
    for month in months:
        expected = sum(local_date(instant, zone).replace(day=1) == month for instant in instants)
        sums = MonthlyStatement.objects.filter(book=book, month=month).aggregate(Sum("lines"), Sum("credited"))
        assert sums == {"lines__sum": expected, "credited__sum": expected}
    assert JournalEntry.objects.filter(book=book).count() == len(instants) == 1_250
    for account in Account.objects.filter(pk__in=wallets):
        assert MonthlyStatement.objects.get(account=account, month=months[-1]).closing == account.balance
