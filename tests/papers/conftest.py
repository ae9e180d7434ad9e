"""Coins in a wallet, with sources that only these tests know."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from communities.actors import Actor
from core.sources import DESCRIBERS, SourceLine
from ledger.choices import AccountKind, EntryKind
from ledger.models import Account
from ledger.selectors import system_account_id
from ledger.services.posting import LineRequest, post_many

Earn = Callable[..., list[int]]


def describe(references: Iterable[str]) -> dict[str, SourceLine]:
    """``test:<n>``: 90 minutes of sweeping the day before, verified by 周敏, by 林秀英."""
    return {
        reference: SourceLine(
            title_zh="小蜜蜂卫生清扫",
            title_en="Bees clean the yard",
            service_date=date(2026, 11, 21),
            minutes=90,
            person="林秀英",
            url="/staff-side/",
            resident_url="/resident-side/",
            verified_by="周敏",
        )
        for reference in references
    }


@pytest.fixture(autouse=True)
def known_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DESCRIBERS, "test", describe)


@pytest.fixture
def earn() -> Earn:
    """``earn(account, 90, 60, at=…)``: issued amounts, one line each; a negative one is spent. Answers entry ids."""

    def made(account: Account, *amounts: int, at: datetime | None = None, prefix: str = "test") -> list[int]:
        when = at or datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
        issuance = system_account_id(account.book_id, AccountKind.ISSUANCE)
        redeemed = system_account_id(account.book_id, AccountKind.REDEEMED)
        requests = [
            LineRequest(
                book_id=account.book_id,
                reference=f"{prefix}:{account.number}:{when:%Y%m%d%H%M}:{number}",
                kind=EntryKind.HOURS if amount > 0 else EntryKind.REDEMPTION,
                debit_id=issuance if amount > 0 else account.pk,
                credit_id=account.pk if amount > 0 else redeemed,
                amount=abs(amount),
            )
            for number, amount in enumerate(amounts)
        ]
        return [posted.entry_id for posted in post_many(requests, now=when)]

    return made


def wallet_of(actor: Actor) -> Account:
    """The actor's own wallet, read afresh."""
    assert actor.resident is not None
    assert actor.resident.wallet_id is not None
    return Account.objects.get(pk=actor.resident.wallet_id)


OCTOBER = datetime(2026, 10, 15, 1, 0, tzinfo=UTC)
SEPTEMBER = OCTOBER - timedelta(days=30)
