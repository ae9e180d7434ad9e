"""Opening balances from the paper passbooks: a list is brought over in chunks, each all or none, each row once.

The ledger's reference is the row's key (``opening:<member number>``), so a run that was broken off is simply run again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.db.models import Sum
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from communities import policies
from communities.actors import Actor
from communities.models import BalanceImport, Resident
from communities.models.imports import FILE_NAME_LENGTH
from communities.opening_rows import Opening, Problem, RowRefused, same_name
from communities.selectors import household_ids_of, wallet_ids_on
from core.clock import local_date
from core.errors import DomainError, NotAllowed
from core.transactions import atomic_with_retry
from core.wording import number_text
from ledger.choices import AccountKind, EntryKind
from ledger.errors import OtherPayload
from ledger.models import Account, JournalEntry
from ledger.selectors import system_account_id
from ledger.services.posting import LineRequest, post_many

CHUNK = 1_000


class UnknownMember(RowRefused):
    code = "unknown_member"
    message = _("Nobody here has this member number. Register them first.")


class HasLeft(RowRefused):
    code = "has_left"
    message = _("This member has left the community.")


class NameDiffers(RowRefused):
    code = "name_differs"
    message = _("The name is not the one of this member number. Please compare it with the register.")


class NoWallet(RowRefused):
    code = "no_wallet"
    message = _("This member has no wallet. Let them join a household first.")


class OwnBalance(RowRefused):
    code = "own_balance"
    message = _("Nobody brings coins over for themselves or their own household. Another manager does it.")


class BroughtBefore(RowRefused):
    """The same row key with another amount: what the ledger calls OtherPayload."""

    code = OtherPayload.code

    def __init__(self, coins: int) -> None:
        said = _(
            "{coins} coins were brought over for this member before, and stay as they are. "
            "Please compare the two lists."
        )
        super().__init__(format_lazy(said, coins=coins))


class NeedsSecondManager(DomainError):
    """Above the limit, counted over all that a manager brought over alone: small lists add up."""

    code = "opening_needs_second"

    def __init__(self, limit: int) -> None:
        said = _(
            "One manager alone brings at most {limit} coins over, all lists together. For more, let the operator "
            "run import_balances with the names of two managers: --manager and --second-manager."
        )
        super().__init__(format_lazy(said, limit=number_text(limit)))


class SameManager(DomainError):
    """The second manager is the first."""

    code = "opening_same_manager"
    message = _("The second manager is another person than the first. Name a colleague.")


class AboveCap(DomainError):
    """Not refused: opening balances are not capped."""

    code = "above_cap"

    def __init__(self, cap: int) -> None:
        said = _("The wallet is then above its limit of {cap} coins. That is allowed, but please look at the number.")
        super().__init__(format_lazy(said, cap=cap))


@dataclass(slots=True)
class Outcome:
    """What became of some rows, or would. ``known``: brought over before; ``empty``: rows of 0 coins."""

    rows: int = 0
    posted: int = 0
    coins: int = 0
    known: int = 0
    empty: int = 0
    refused: int = 0
    problems: list[Problem] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Count another chunk's rows in; its problems stay with it."""
        for name in ("rows", "posted", "coins", "known", "empty", "refused"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def refuse(self, row: Opening | Problem, error: DomainError) -> None:
        """Count a refused row."""
        self.refused += 1
        self.problems.append(row if isinstance(row, Problem) else _problem(row, error))


def bring_over(
    *,
    actor: Actor,
    rows: Iterable[Opening | Problem],
    now: datetime,
    dry_run: bool = False,
    second: Actor | None = None,
) -> Iterator[Outcome]:
    """Post the openings of a list, a chunk at a time; answers what became of each chunk. A dry run writes nothing.

    Raises NotAllowed for everybody but managers; what is wrong with a row stands in the chunk's ``problems``.
    """
    answering = [actor] if second is None else [actor, second]
    if not all(policies.can_bring_over(one) for one in answering):
        raise NotAllowed
    today = local_date(now, actor.community.time_zone)
    own = frozenset().union(*(household_ids_of(one.user_id, actor.community, today) for one in answering))
    run = _Run(actor, own, now, dry_run)
    return _chunks(run, iter(rows))


@dataclass(frozen=True, slots=True)
class _Run:
    """What holds for every row. ``own``: the households of who answers for it."""

    actor: Actor
    own: frozenset[UUID]
    now: datetime
    dry_run: bool


def _chunks(run: _Run, rows: Iterator[Opening | Problem]) -> Iterator[Outcome]:
    while chunk := list(islice(rows, CHUNK)):
        try:
            yield _bring(run, chunk)
        except DomainError:  # somebody else brought one of them over just now: row by row, to name it
            for row in chunk:
                yield _bring_one(run, row)


def _bring_one(run: _Run, row: Opening | Problem) -> Outcome:
    try:
        return _bring(run, [row])
    except DomainError as error:
        outcome = Outcome(rows=1)
        outcome.refuse(row, error)
        return outcome


@atomic_with_retry
def _bring(run: _Run, chunk: list[Opening | Problem]) -> Outcome:
    outcome = Outcome(rows=len(chunk))
    known = _Known.about([row for row in chunk if isinstance(row, Opening)], run)
    requests = []
    for row in chunk:
        if isinstance(row, Problem):
            outcome.refuse(row, row.error)
            continue
        try:
            request = _request(run.actor, row, known)
        except RowRefused as error:
            outcome.refuse(row, error)
            continue
        if request is None:
            outcome.known += row.coins > 0
            outcome.empty += row.coins == 0
            continue
        requests.append(request)
        if warning := known.warning(row, request.credit_id):
            outcome.problems.append(warning)
    if not run.dry_run:
        post_many(requests, now=run.now)
    outcome.posted, outcome.coins = len(requests), sum(one.amount for one in requests)
    return outcome


def _request(actor: Actor, row: Opening, known: _Known) -> LineRequest | None:
    """What is to be posted for a row, None where nothing is."""
    resident = known.residents.get(row.member_number)
    if resident is None:
        raise UnknownMember
    if not same_name(row.name, resident.full_name):
        raise NameDiffers
    if resident.left_at is not None:
        raise HasLeft
    if resident.pk in known.own:
        raise OwnBalance
    before = known.amounts.get(reference_of(row.member_number))
    if before is not None:
        if before != row.coins:
            raise BroughtBefore(before)
        return None
    wallet = known.wallets.get(resident.pk)
    if wallet is None:
        raise NoWallet
    if row.coins == 0:
        return None
    return LineRequest(
        book_id=actor.community.book_id,
        reference=reference_of(row.member_number),
        kind=EntryKind.OPENING_BALANCE,
        debit_id=system_account_id(actor.community.book_id, AccountKind.OPENING),
        credit_id=wallet,
        amount=row.coins,
        actor_id=actor.user_id,
    )


@dataclass(slots=True)
class _Known:
    """What a chunk is held against, in a few queries: people, wallets, what was brought over before."""

    residents: dict[str, Resident]
    wallets: dict[UUID, int]
    amounts: dict[str, int]
    own: frozenset[UUID]
    accounts: dict[int, tuple[int, int | None]]

    @classmethod
    def about(cls, rows: list[Opening], run: _Run) -> _Known:
        actor = run.actor
        numbers = [row.member_number for row in rows]
        found = Resident.objects.for_community(actor.community).filter(member_number__in=numbers)
        residents = {one.member_number: one for one in found}
        today = local_date(run.now, actor.community.time_zone)
        wallets = wallet_ids_on(residents.values(), today)
        before = JournalEntry.objects.filter(
            book_id=actor.community.book_id, reference__in=[reference_of(number) for number in numbers], line=0
        )
        accounts = Account.objects.filter(pk__in=set(wallets.values())).values_list("pk", "balance", "cap")
        return cls(
            residents=residents,
            wallets=wallets,
            amounts=dict(before.values_list("reference", "amount")),
            own=run.own,
            accounts={pk: (balance, cap) for pk, balance, cap in accounts},
        )

    def warning(self, row: Opening, account_id: int) -> Problem | None:
        """A wallet that is then above its cap. Rows of one household add up."""
        balance, cap = self.accounts[account_id]
        self.accounts[account_id] = (balance + row.coins, cap)
        if cap is None or balance + row.coins <= cap:
            return None
        return _problem(row, AboveCap(cap), is_warning=True)


def reference_of(member_number: str) -> str:
    """The row's key in the ledger."""
    return f"opening:{member_number}"


def _problem(row: Opening, error: DomainError, *, is_warning: bool = False) -> Problem:
    return Problem(row.row, (row.member_number, row.name, str(row.coins)), error, is_warning)


def check_two(*, actor: Actor, second: Actor | None, coins: int) -> None:
    """Raise NeedsSecondManager where one manager alone would have brought more coins over than the limit."""
    if second is not None:
        if second.user_id == actor.user_id:
            raise SameManager
        return
    limit = actor.community.settings.two_person_limit_coins
    alone = BalanceImport.objects.filter(community=actor.community, manager=actor.user, second_manager=None)
    before: int = alone.aggregate(sum=Sum("coins"))["sum"] or 0
    if coins and before + coins > limit:
        raise NeedsSecondManager(limit)


def begin_run(
    *, actor: Actor, file_name: str, file_hash: str, now: datetime, second: Actor | None = None
) -> BalanceImport:
    """Write down that somebody begins to bring a file over."""
    return BalanceImport.objects.create(
        community=actor.community,
        manager=actor.user,
        second_manager=second.user if second else None,
        file_name=file_name[-FILE_NAME_LENGTH:],
        file_hash=file_hash,
        started_at=now,
    )


def note_run(*, run: BalanceImport, total: Outcome, finished_at: datetime | None = None) -> None:
    """Write down how far it came."""
    run.rows, run.posted, run.refused, run.coins = total.rows, total.posted, total.refused, total.coins
    run.finished_at = finished_at
    run.save()
