"""Coins from a wallet of one book to a wallet of another: a line in each, through the two clearing accounts."""

from dataclasses import dataclass
from datetime import datetime

from ledger import calls

TRANSFER = (
    "SELECT sent_id, received_id FROM ledger_post_transfer("
    "%s::bigint, %s::bigint, %s, %s::bigint, %s, %s::bigint, %s::bigint)"
)


@dataclass(frozen=True, slots=True)
class Transferred:
    """The two entries: in the payer's book, and in the payee's."""

    sent_id: int
    received_id: int


def transfer(
    *,
    reference: str,
    payer_id: int,
    payee_id: int,
    amount: int,
    actor_id: int | None,
    now: datetime,
    hold_id: int | None = None,
) -> Transferred:
    """Post both halves or none, or answer what they became the first time. ``hold_id``: set aside for it, of the payer.

    Raises ``TooLittle``, ``NotPartners``, ``SpendingPaused`` (the payer's book), ``PartnerPaused`` (the payee's),
    ``WrongAccounts`` where the two are not wallets of two books, and what every posting may.
    """
    values = (payer_id, payee_id, reference, amount, now, actor_id, hold_id)
    return Transferred(*calls.rows(TRANSFER, values)[0])
