"""Coins between the books of two communities: two halves or none, and clearing that nets to zero."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils.translation import override

from ledger import errors, selectors
from ledger.choices import AccountKind, EntryKind, HoldStatus
from ledger.models import Account, Hold, JournalEntry
from ledger.services import books, posting, reversals, seals, statements
from ledger.services.transfers import Transferred, transfer
from tests.ledger.conftest import NOW, TODAY, ZHOU, World, build_world, open_wallet, refused


@dataclass(frozen=True)
class Partners:
    """Two books of one unit with their clearing accounts; ``lin`` lives in the first, ``an`` in the second."""

    here: World
    there: World
    ours: int
    theirs: int

    @property
    def lin(self) -> int:
        return self.here.lin

    @property
    def an(self) -> int:
        return self.there.lin

    def send(
        self,
        amount: int,
        reference: str = "transfer:1",
        *,
        now: datetime = NOW,
        hold: int | None = None,
        back: bool = False,
    ) -> Transferred:
        payer, payee = (self.an, self.lin) if back else (self.lin, self.an)
        return transfer(
            reference=reference, payer_id=payer, payee_id=payee, amount=amount, actor_id=ZHOU, now=now, hold_id=hold
        )

    def clearing(self) -> tuple[int, int]:
        """As readers see the two accounts."""
        return selectors.balance(self.ours).balance, selectors.balance(self.theirs).balance


def make_partners() -> Partners:
    here, there = build_world(), build_world()
    return Partners(here, there, *books.open_clearing(book_id=here.book.pk, partner_id=there.book.pk, now=NOW))


@pytest.fixture
def pair(db: None) -> Partners:
    return make_partners()


@contextmanager
def as_it_was() -> Iterator[None]:
    """Nothing is written meanwhile."""
    before = list(Account.objects.order_by("pk").values()), JournalEntry.objects.count(), list(Hold.objects.values())
    yield
    after = list(Account.objects.order_by("pk").values()), JournalEntry.objects.count(), list(Hold.objects.values())
    assert after == before


def test_both_books_tell_the_same_story(pair: Partners) -> None:
    pair.here.earn(pair.lin, 60)
    done = pair.send(40)
    sent, received = (JournalEntry.objects.get(pk=pk) for pk in (done.sent_id, done.received_id))
    assert (sent.book_id, sent.debit_id, sent.credit_id) == (pair.here.book.pk, pair.lin, pair.ours)
    assert (received.book_id, received.debit_id, received.credit_id) == (pair.there.book.pk, pair.theirs, pair.an)
    assert {(one.reference, one.amount, one.kind, one.line) for one in (sent, received)} == {
        ("transfer:1", 40, EntryKind.TRANSFER, 0)
    }
    assert pair.here.lines(pair.lin)[-1] == (EntryKind.TRANSFER, -40, 20)
    assert pair.there.lines(pair.an) == [(EntryKind.TRANSFER, 40, 40)]
    assert pair.clearing() == (40, -40)
    assert [selectors.outstanding(one.book.pk).difference for one in (pair.here, pair.there)] == [0, 0]
    assert [selectors.outstanding(one.book.pk).clearing for one in (pair.here, pair.there)] == [40, -40]


def test_a_transfer_back_is_the_way_back(pair: Partners) -> None:
    pair.here.earn(pair.lin, 60)
    pair.send(40)
    pair.send(40, "transfer:2", back=True)
    assert pair.clearing() == (0, 0)
    assert selectors.balance(pair.lin).balance == 60


def test_twice_is_once_also_when_the_coins_are_spent_meanwhile(pair: Partners) -> None:
    pair.here.earn(pair.lin, 40)
    first = pair.send(40)
    books.pause_spending(book_id=pair.here.book.pk, now=NOW)
    assert pair.send(40) == first
    assert JournalEntry.objects.filter(kind=EntryKind.TRANSFER).count() == 2


@pytest.mark.parametrize("other", ["amount", "payee", "back"])
def test_the_same_reference_for_something_else_is_refused(pair: Partners, other: str) -> None:
    pair.here.earn(pair.lin, 60)
    pair.send(20)
    payee = open_wallet(pair.there.book.pk).pk if other == "payee" else pair.an
    with refused(errors.OtherPayload), as_it_was():
        if other == "back":
            pair.send(20, back=True)
        else:
            transfer(
                reference="transfer:1",
                payer_id=pair.lin,
                payee_id=payee,
                amount=21 if other == "amount" else 20,
                actor_id=ZHOU,
                now=NOW,
            )


def test_a_reference_of_either_book_is_taken(pair: Partners) -> None:
    pair.here.earn(pair.lin, 60)
    pair.there.earn(pair.an, 5, "taken")
    with refused(errors.OtherPayload), as_it_was():
        pair.send(20, "taken")


def test_nobody_sends_more_than_is_available(pair: Partners) -> None:
    pair.here.earn(pair.lin, 60)
    pair.here.hold(pair.lin, 30)
    with refused(errors.TooLittle) as info:
        pair.send(40)
    assert (info.value.available, info.value.short) == (30, 10)
    assert pair.clearing() == (0, 0)


@pytest.mark.parametrize(("paused", "error"), [("here", errors.SpendingPaused), ("there", errors.PartnerPaused)])
def test_a_pause_in_either_book_stops_it(pair: Partners, paused: str, error: type[errors.DomainError]) -> None:
    pair.here.earn(pair.lin, 60)
    books.pause_spending(book_id=getattr(pair, paused).book.pk, now=NOW)
    with refused(error):
        pair.send(40)
    books.resume_spending(book_id=getattr(pair, paused).book.pk)
    pair.send(40)


def test_books_that_are_no_partners(world: World) -> None:
    world.earn(world.lin, 60)
    other = build_world()
    with refused(errors.NotPartners):
        transfer(reference="x", payer_id=world.lin, payee_id=other.lin, amount=5, actor_id=1, now=NOW)


def test_it_runs_between_wallets_of_two_books_alone(pair: Partners) -> None:
    pair.here.earn(pair.lin, 60)
    pairs = [(pair.lin, pair.here.mei), (pair.lin, pair.there.fund), (pair.here.fund, pair.an), (pair.lin, pair.theirs)]
    for payer, payee in pairs:
        with refused(errors.WrongAccounts):
            transfer(reference="x", payer_id=payer, payee_id=payee, amount=5, actor_id=1, now=NOW)
    for payee, amount, error in [(pair.lin, 5, errors.Malformed), (pair.an, 0, errors.Malformed),
                                 (2**40, 5, errors.UnknownAccount)]:  # fmt: skip
        with refused(error):
            transfer(reference="x", payer_id=pair.lin, payee_id=payee, amount=amount, actor_id=1, now=NOW)


def test_held_coins_are_sent_and_the_rest_is_free_again(pair: Partners) -> None:
    pair.here.earn(pair.lin, 60)
    hold = pair.here.hold(pair.lin, 50, payee=pair.ours, kind=EntryKind.TRANSFER)
    assert selectors.balance(pair.lin).available == 10
    done = pair.send(40, hold=hold)
    assert selectors.balance(pair.lin) == selectors.Balance(20, 0, 20)
    assert Hold.objects.get(pk=hold).status == HoldStatus.POSTED
    assert pair.send(40, hold=hold) == done
    with refused(errors.HoldEnded):
        pair.send(1, "transfer:2", hold=hold)


def test_a_hold_for_something_else_does_not_fit(pair: Partners) -> None:
    pair.here.earn(pair.lin, 60)
    with refused(errors.HoldEnded):
        pair.send(10, hold=pair.here.hold(pair.lin, 20))
    for payee in (None, pair.an, pair.here.mei):
        with refused(errors.DomainError):
            pair.here.hold(pair.lin, 20, payee=payee, kind=EntryKind.TRANSFER)


def test_each_half_is_booked_by_its_own_books_day(db: None) -> None:
    here = build_world()
    there = books.open_book(name_zh="远方", name_en="", time_zone="America/New_York", unit="coin", now=NOW)
    payee = open_wallet(there.pk)
    books.open_clearing(book_id=here.book.pk, partner_id=there.pk, now=NOW)
    here.earn(here.lin, 60)
    done = transfer(reference="x", payer_id=here.lin, payee_id=payee.pk, amount=5, actor_id=1, now=NOW)
    days = [JournalEntry.objects.get(pk=pk).booked_date for pk in (done.sent_id, done.received_id)]
    assert days == [TODAY, date(2026, 11, 21)]  # 20:00 of the day before in New York


def test_a_closed_month_raises_the_day_of_its_own_book_alone(pair: Partners) -> None:
    pair.here.earn(pair.lin, 60)
    december = datetime(2026, 12, 1, 1, tzinfo=UTC)
    statements.close_and_state(book_id=pair.there.book.pk, month=date(2026, 11, 1), now=december)
    done = pair.send(40)  # a clock that still says November
    days = [JournalEntry.objects.get(pk=pk).booked_date for pk in (done.sent_id, done.received_id)]
    assert days == [TODAY, date(2026, 12, 1)]


def test_what_comes_from_elsewhere_neither_repays_nor_meets_the_cap(pair: Partners) -> None:
    capped = open_wallet(pair.there.book.pk, cap=10).pk
    pair.here.earn(pair.lin, 60)
    transfer(reference="x", payer_id=pair.lin, payee_id=capped, amount=40, actor_id=1, now=NOW)
    assert selectors.balance(capped).balance == 40


def test_neither_book_reverses_its_half(pair: Partners) -> None:
    pair.here.earn(pair.lin, 60)
    pair.send(40)
    for world in (pair.here, pair.there):
        with refused(errors.TransferStands) as info:
            reversals.ask(book_id=world.book.pk, reference="transfer:1", reason="x", actor_id=ZHOU, now=NOW)
        with override("en"):
            assert "transfer back" in str(info.value)
    assert not JournalEntry.objects.filter(kind=EntryKind.REVERSAL).exists()


@pytest.mark.parametrize("way", ["one", "many", "many of both"])
def test_no_half_is_posted_by_another_way(pair: Partners, way: str) -> None:
    pair.here.earn(pair.lin, 60)
    out = pair.here.request(EntryKind.TRANSFER, pair.lin, pair.ours, 10, "half")
    into = pair.there.request(EntryKind.TRANSFER, pair.theirs, pair.an, 10, "half")
    for request in (out, into):
        with refused(errors.WrongAccounts), as_it_was():
            if way == "one":
                posting.post(request, now=NOW)
            else:
                posting.post_many([out, into] if way == "many of both" else [request], now=NOW)


def test_nor_by_another_kind(pair: Partners) -> None:
    pair.here.earn(pair.lin, 60)
    for kind in EntryKind:
        for debit, credit in ((pair.lin, pair.ours), (pair.ours, pair.lin), (pair.here.issuance, pair.ours)):
            with refused(errors.DomainError):
                pair.here.post(kind, debit, credit, 5)


def test_as_the_apps_role_from_sql_a_half_is_refused_too(pair: Partners) -> None:
    pair.here.earn(pair.lin, 60)
    one = "SELECT ledger_post_one({book}, 'h', 41::smallint, {debit}, {credit}, 5, now(), 1, 0::smallint, NULL)"
    many = (
        "SELECT ledger_post_many(ARRAY[ROW({book}, 'h', 41, {debit}, {credit}, 5, 1, 0, NULL)::ledger_request], now())"
    )
    insert = (
        "INSERT INTO ledger_journalentry (book_id, debit_id, credit_id, amount, posted_at, booked_date, line, kind, "
        "memo, reference, debit_seq, debit_after) "
        "VALUES ({book}, {debit}, {credit}, 5, now(), now(), 0, 41, 0, 'h', 2, 55)"
    )
    open_one = "INSERT INTO ledger_account (book_id, partner_id, kind) VALUES ({book}, {debit}, 10)"
    for sql, state in [(one, "LG008"), (many, "LG008"), (insert, "42501"), (open_one, "42501")]:
        with pytest.raises(Exception) as caught, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql.format(book=pair.here.book.pk, debit=pair.lin, credit=pair.ours))
        assert caught.value.__cause__.sqlstate == state, sql  # type: ignore[union-attr]


def test_a_pair_is_opened_once_from_either_side(pair: Partners) -> None:
    again = books.open_clearing(book_id=pair.there.book.pk, partner_id=pair.here.book.pk, now=NOW)
    assert again == (pair.theirs, pair.ours)
    kinds = Account.objects.filter(partner__isnull=False)
    assert {(one.book_id, one.partner_id, one.kind) for one in kinds} == {
        (pair.here.book.pk, pair.there.book.pk, AccountKind.CLEARING),
        (pair.there.book.pk, pair.here.book.pk, AccountKind.CLEARING),
    }


def test_another_unit_is_refused_and_both_are_named(world: World) -> None:
    other = books.open_book(name_zh="新城", name_en="", time_zone="Asia/Shanghai", unit="积分", now=NOW)
    with refused(errors.DifferentUnits) as info:
        books.open_clearing(book_id=world.book.pk, partner_id=other.pk, now=NOW)
    assert info.value.units == ("coin", "积分")
    assert "coin" in str(info.value)
    assert "积分" in str(info.value)
    assert not Account.objects.filter(kind=AccountKind.CLEARING).exists()


def test_no_book_clears_with_itself_or_with_an_unknown_one(world: World) -> None:
    for partner, error in ((world.book.pk, errors.Malformed), (2**40, errors.UnknownAccount)):
        with refused(error):
            books.open_clearing(book_id=world.book.pk, partner_id=partner, now=NOW)
    with refused(errors.Malformed):
        books.open_account(book_id=world.book.pk, kind=AccountKind.CLEARING, number="C", now=NOW)


def test_a_pair_opened_after_a_checkpoint_starts_from_it(world: World) -> None:
    world.earn(world.lin, 60)
    seals.checkpoint(now=NOW)
    other = build_world()
    ours, theirs = books.open_clearing(book_id=world.book.pk, partner_id=other.book.pk, now=NOW)
    transfer(reference="x", payer_id=world.lin, payee_id=other.lin, amount=5, actor_id=1, now=NOW)
    for _number in range(2):
        assert [selectors.balance(one).balance for one in (ours, theirs)] == [5, -5]
        seals.checkpoint(now=NOW)


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("UPDATE ledger_account SET partner_id = NULL WHERE id = {ours}", "ledger_account_clearing"),
        ("UPDATE ledger_account SET partner_id = book_id WHERE id = {ours}", "ledger_account_clearing"),
        ("UPDATE ledger_account SET partner_id = {there} WHERE id = {lin}", "ledger_account_clearing"),
        ("INSERT INTO ledger_account (book_id, partner_id, kind, number, keeps_balance, balance, held, seq, opened_at) "
         "VALUES ({here}, {there}, 10, 'second', false, 0, 0, 0, now())", "ledger_account_partner"),
    ],
)  # fmt: skip
@pytest.mark.django_db(transaction=True)
def test_even_the_owner_keeps_one_clearing_account_a_partner(sql: str, constraint: str) -> None:
    pair = make_partners()
    names = {"ours": pair.ours, "lin": pair.lin, "here": pair.here.book.pk, "there": pair.there.book.pk}
    with pytest.raises(IntegrityError) as caught, connections["owner"].cursor() as cursor:
        cursor.execute(sql.format(**names))
    assert caught.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]
