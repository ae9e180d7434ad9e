"""Books and accounts: what is opened, which limits they have, who may not."""

import pytest

from ledger import errors
from ledger.choices import KEEPS_BALANCE, AccountKind
from ledger.models import Account
from ledger.services import books
from tests.ledger.conftest import NOW, World, build_world, refused


def test_a_book_opens_with_its_system_accounts(world: World) -> None:
    kinds = dict(
        Account.objects.filter(book=world.book).exclude(number__in=["LIN", "MEI", "M1"]).values_list("number", "kind")
    )
    assert kinds == {
        "fund": AccountKind.FUND,
        "issuance": AccountKind.ISSUANCE,
        "opening": AccountKind.OPENING,
        "redeemed": AccountKind.REDEEMED,
        "expired": AccountKind.EXPIRED,
        "settled": AccountKind.SETTLED,
    }
    for account in Account.objects.filter(book=world.book):
        assert account.keeps_balance == (account.kind in KEEPS_BALANCE)


def test_a_fund_is_locked_after_every_wallet(world: World) -> None:
    assert world.fund > Account.objects.exclude(kind=AccountKind.FUND).latest("pk").pk + 2**40


def test_an_unknown_time_zone_is_refused(db: None) -> None:
    with refused(errors.Malformed):
        books.open_book(name_zh="一", name_en="One", time_zone="Asia/Atlantis", unit="coin", now=NOW)


def test_a_number_is_taken_once_in_a_book(world: World) -> None:
    with refused(errors.NumberTaken):
        books.open_account(book_id=world.book.pk, kind=AccountKind.WALLET, number="LIN", now=NOW)
    assert build_world().lin != world.lin


@pytest.mark.parametrize("kind", [AccountKind.ISSUANCE, AccountKind.RECOVERY, AccountKind.REDEEMED])
def test_system_accounts_are_not_opened_by_hand(world: World, kind: AccountKind) -> None:
    with refused(errors.Malformed):
        books.open_account(book_id=world.book.pk, kind=kind, number="mine", now=NOW)


@pytest.mark.parametrize("number", ["", "x" * 51])
def test_a_number_has_one_to_fifty_letters(world: World, number: str) -> None:
    with refused(errors.Malformed):
        books.open_account(book_id=world.book.pk, kind=AccountKind.WALLET, number=number, now=NOW)


def test_an_unknown_book_is_refused(db: None) -> None:
    with refused(errors.UnknownAccount):
        books.open_account(book_id=2**40, kind=AccountKind.WALLET, number="W", now=NOW)


def test_a_fund_has_no_cap(world: World) -> None:
    with refused(errors.UnknownAccount):
        books.set_cap(account_id=world.fund, cap=5)


def test_a_cap_is_not_negative(world: World) -> None:
    with refused(errors.Malformed):
        books.set_cap(account_id=world.lin, cap=-1)
