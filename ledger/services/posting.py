"""The one way into the journal: one request, or up to 100,000 all or none, with the same contract.

Who calls twice with the same reference gets the first answer again; with other figures, ``OtherPayload``. Requests of
one call that share a reference are a group, kept whole for ever.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ledger import calls
from ledger.choices import EntryKind

LIMIT = 100_000

ONE = (
    "SELECT entry_id, to_credit, overflow, repaid FROM ledger_post_one("
    "%s::bigint, %s, %s::smallint, %s::bigint, %s::bigint, %s::bigint, %s, %s::bigint, %s::smallint, %s::bigint)"
)
MANY = "SELECT entry_id, to_credit, overflow, repaid FROM ledger_post_many(%s::ledger_request[], %s)"


@dataclass(frozen=True, slots=True)
class LineRequest:
    """One debit, one credit, ``amount`` in coins. The posting of a hold names it and, if it had none yet, the payee."""

    book_id: int
    reference: str
    kind: EntryKind
    debit_id: int
    credit_id: int
    amount: int
    actor_id: int | None = None
    memo: int = 0
    hold_id: int | None = None


class Posted(NamedTuple):
    """What became of it, in coins: ``to_credit`` + ``overflow`` = the amount asked.

    ``overflow`` went to the fund, over the wallet's cap; ``repaid`` is what of ``to_credit`` repaid a recovery.
    """

    entry_id: int
    to_credit: int
    overflow: int
    repaid: int


def post(request: LineRequest, *, now: datetime) -> Posted:
    """Post one request, or answer what it became the first time. Raises the refusals of ``ledger.errors``."""
    r = request
    values = (
        r.book_id, r.reference, int(r.kind), r.debit_id, r.credit_id, r.amount, now, r.actor_id, r.memo, r.hold_id
    )  # fmt: skip
    return Posted(*calls.rows(ONE, values)[0])


def post_many(requests: Sequence[LineRequest], *, now: datetime) -> list[Posted]:
    """Post 1 to 100,000 requests, all or none; answers in their order. Raises the refusals of ``ledger.errors``."""
    if not requests:
        return []
    return list(map(Posted._make, calls.rows(MANY, ("{" + ",".join(map(_literal, requests)) + "}", now))))


def _literal(r: LineRequest) -> str:
    """A request as text inside an array literal: one joined string is three times as fast as nine lists."""
    return (
        f'"({r.book_id},{_quoted(r.reference)},{int(r.kind)},{r.debit_id},{r.credit_id},{r.amount},'
        f'{"" if r.actor_id is None else r.actor_id},{r.memo},{"" if r.hold_id is None else r.hold_id})"'
    )


def _quoted(text: str) -> str:
    """Quoted for the row, then each quote and backslash once more for the array around it."""
    row = '"' + text.replace("\\", "\\\\").replace('"', '""') + '"'
    return row.replace("\\", "\\\\").replace('"', '\\"')
