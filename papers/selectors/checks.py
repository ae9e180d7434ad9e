"""Whether a printed page is ours, and what it said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from communities.models import Community
from ledger import selectors as ledger
from ledger.models import Account
from papers import codes


@dataclass(frozen=True, slots=True)
class Proof:
    """What a genuine code stands for: no names, only what the paper itself shows."""

    account_number: str
    month: date
    balance: int


def proof_of(*, community: Community, text: str) -> Proof | None:
    """What the code of a paper proves; None when this community never printed it."""
    claim = codes.read(text)
    if claim is None:
        return None
    account = Account.objects.filter(book_id=community.book_id, number__iexact=claim.account_number).first()
    if account is None:
        return None
    balance = _balance_after(account.pk, claim)
    if balance is None or not codes.is_ours(claim, book_id=account.book_id, balance=balance):
        return None
    return Proof(account.number, claim.month, balance)


def _balance_after(account_id: int, claim: codes.Claim) -> int | None:
    """The balance that the paper must have shown; None when there is no such line."""
    if not claim.last_seq:
        return ledger.opening_balance(account_id, claim.month)
    lines = ledger.page(account_id, before_seq=claim.last_seq + 1, rows=1)
    return lines[0].after if lines and lines[0].seq == claim.last_seq else None
