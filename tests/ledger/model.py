"""What the ledger should do, in plain Python: one thing after the other, no SQL, nothing shared with the product.

``Model`` answers each call as the services should, or raises ``Refused`` with the name of the refusal. What it
remembers stands in ``model_rows``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from tests.ledger.model_rows import (
    ADVANCE,
    EARNED,
    FITS,
    ISSUED,
    MIRROR,
    OVERFLOW,
    REPAID,
    SPENDING,
    TRANSFER,
    Aside,
    Ask,
    Entry,
    Holder,
    Name,
    Plea,
    Refused,
    Transfer,
)

Result = tuple[int, int, int]  # to the credit account, to the fund, repaid


@dataclass
class Model:
    """All books; each has its time zone."""

    zones: dict[int, str]
    holders: dict[Name, Holder] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    answers: dict[tuple[int, str], list[tuple[Ask | None, Result]]] = field(default_factory=dict)
    holds: dict[str, Aside] = field(default_factory=dict)
    pleas: list[Plea] = field(default_factory=list)
    closed: dict[int, date] = field(default_factory=dict)
    paused: set[int] = field(default_factory=set)
    stated: dict[tuple[Name, date], tuple[int, int, int, int, int]] = field(default_factory=dict)
    clearing: dict[int, Name] = field(default_factory=dict)
    transfers: dict[str, "Transfer"] = field(default_factory=dict)

    # Posting

    def post(self, asked: Sequence[Ask], now: datetime) -> list[Result]:
        """All or none; what was asked before is answered as then."""
        if any(ask.amount < 1 or ask.debit == ask.credit for ask in asked):
            raise Refused("Malformed")
        self._refuse_other(asked)
        fresh = [ask for ask in asked if ask.key not in self.answers]
        self._refuse(fresh)
        made = self._post_each(fresh, now)
        for ask, result in zip(fresh, made, strict=True):
            self.answers.setdefault(ask.key, []).append((ask, result))
        taken: dict[tuple[int, str], int] = {}
        answers = []
        for ask in asked:
            answers.append(self.answers[ask.key][taken.setdefault(ask.key, 0)][1])
            taken[ask.key] += 1
        return answers

    def _refuse_other(self, asked: Sequence[Ask]) -> None:
        """A group is known whole and alike, or not at all."""
        groups = groupby(sorted(asked, key=lambda ask: ask.key), key=lambda ask: ask.key)
        known = [(self.answers[key], list(group)) for key, group in groups if key in self.answers]
        if any(len(answers) != len(group) for answers, group in known):
            raise Refused("GroupSplit")
        if any([ask for ask, _ in answers] != group for answers, group in known):
            raise Refused("OtherPayload")

    def _refuse(self, fresh: list[Ask]) -> None:
        """What no order of the lines could mend, the first kind of refusal first."""
        if any(name[0] != ask.book or name not in self.holders for ask in fresh for name in (ask.debit, ask.credit)):
            raise Refused("UnknownAccount")
        if not all(self._fits(ask.kind, ask.debit, ask.credit) for ask in fresh):
            raise Refused("WrongAccounts")
        if any(ask.kind in SPENDING and ask.book in self.paused for ask in fresh):
            raise Refused("SpendingPaused")
        named = [ask.hold for ask in fresh if ask.hold]
        if len(named) != len(set(named)) or not all(self._hold_fits(ask) for ask in fresh if ask.hold):
            raise Refused("HoldEnded")

    def _fits(self, kind: int, debit: Name, credit: Name | None) -> bool:
        debits, credits_ = FITS.get(kind, (set(), set()))
        return self.holders[debit].kind in debits and (credit is None or self.holders[credit].kind in credits_)

    def _may_hold(self, kind: int, debit: Name, credit: Name | None) -> bool:
        if kind == TRANSFER:
            return (
                self.holders[debit].kind == "wallet" and credit is not None and self.holders[credit].kind == "clearing"
            )
        return kind in SPENDING and self._fits(kind, debit, credit)

    def _hold_fits(self, ask: Ask) -> bool:
        hold = self.holds[ask.hold or ""]
        return (
            hold.status == "active"
            and (hold.book, hold.kind, hold.debit) == (ask.book, ask.kind, ask.debit)
            and hold.credit in (None, ask.credit)
            and ask.amount <= hold.amount
        )

    def _post_each(self, fresh: list[Ask], now: datetime) -> list[Result]:
        """One by one, on copies, so that a refusal leaves everything as it was."""
        before = {name: replace(holder) for name, holder in self.holders.items()}
        length, statuses = len(self.entries), {name: hold.status for name, hold in self.holds.items()}
        position: dict[tuple[int, str], int] = {}
        short: Refused | None = None
        results = []
        for ask in fresh:
            at = position.setdefault(ask.key, 0)
            position[ask.key] += 1
            try:
                results.append(self._post_one(ask, 8 * at, now))
            except Refused as refused:
                short = refused
                break
        over = any(holder.kind == "recovery" and holder.balance > 0 for holder in self.holders.values())
        if short or over:
            self.holders = before
            del self.entries[length:]
            for name, status in statuses.items():
                self.holds[name].status = status
            raise short or Refused("MoreThanOwed")
        return results

    def _post_one(self, ask: Ask, line: int, now: datetime) -> Result:
        payer, taker = self.holders[ask.debit], self.holders[ask.credit]
        fund_name = (ask.book, "fund")
        debt_name = (ask.book, f"{ask.credit[1]}:recovery")
        if ask.hold:
            self.holds[ask.hold].status = "posted"
            payer.held -= self.holds[ask.hold].amount
        if payer.floor is not None and ask.amount > payer.available:
            raise Refused("TooLittle", payer.available, ask.amount - payer.available)
        debt = self.holders.get(debt_name)
        repaid = min(ask.amount, -debt.balance) if debt and ask.kind in EARNED else 0
        over = 0
        if ask.kind in ISSUED and taker.cap is not None:
            room = max(0, taker.cap - taker.balance)
            over = max(0, ask.amount - repaid - room)
        main = ask.amount - over
        parts: list[tuple[int, int, Name, Name, int]] = []
        if main:
            parts.append((0, ask.kind, ask.debit, ask.credit, main))
        if over:
            parts.append((1 if main else 0, OVERFLOW if main else ask.kind, ask.debit, fund_name, over))
        if repaid:
            parts.append((2, REPAID, ask.credit, debt_name, repaid))
        booked = self._booked(ask.book, {name for part in parts for name in part[2:4]}, now)
        for part, kind, debit, credit, amount in parts:
            self._write(ask.key, line + part, kind, debit, credit, amount, booked)
        self._settle()
        return main, over, repaid

    def today(self, book: int, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.zones[book])).date()

    def _settle(self) -> None:
        for holder in self.holders.values():
            holder.settle()

    def _booked(self, book: int, touched: Iterable[Name], now: datetime) -> date:
        """Never before a last line, never in a closed month."""
        lasts = [self.holders[name].last for name in touched if self.holders[name].kept]
        return max([self.today(book, now), self.first_open(book), *(last for last in lasts if last)])

    def first_open(self, book: int) -> date:
        return self.closed[book] + timedelta(days=1) if book in self.closed else date.min

    def _write(
        self, key: tuple[int, str], line: int, kind: int, debit: Name, credit: Name, amount: int, booked: date
    ) -> None:
        ran = [self._run(debit, -amount, booked), self._run(credit, amount, booked)]
        self.entries.append(Entry(*key, line, kind, debit, credit, amount, booked, *ran))

    def _run(self, name: Name, delta: int, booked: date) -> tuple[int, int] | None:
        holder = self.holders[name]
        holder.balance += delta
        holder.debits += max(0, -delta)
        holder.credits += max(0, delta)
        if not holder.kept:
            return None
        holder.seq += 1
        holder.last = booked
        return holder.seq, holder.balance

    # Holds

    def hold(self, reference: str, hold: Aside) -> None:
        if hold.amount < 1 or hold.debit == hold.credit:
            raise Refused("Malformed")
        known = self.holds.get(reference)
        if known:
            if replace(known, status="active") != hold:
                raise Refused("OtherPayload")
            return
        payer = self.holders[hold.debit]
        names = [hold.debit, *([hold.credit] if hold.credit else [])]
        if any(name[0] != hold.book for name in names) or not payer.kept:
            raise Refused("UnknownAccount")
        if not self._may_hold(hold.kind, hold.debit, hold.credit):
            raise Refused("WrongAccounts")
        if hold.book in self.paused:
            raise Refused("SpendingPaused")
        if hold.amount > payer.available:
            raise Refused("TooLittle", payer.available, hold.amount - payer.available)
        payer.held += hold.amount
        self.holds[reference] = hold

    def end(self, references: Sequence[str], status: str) -> int:
        """Release all, or expire what is still active; how many ended now."""
        holds = [self.holds[reference] for reference in set(references)]
        if status == "released" and any(hold.status not in ("active", "released") for hold in holds):
            raise Refused("HoldEnded")
        ended = [hold for hold in holds if hold.status == "active"]
        for hold in ended:
            hold.status = status
            self.holders[hold.debit].held -= hold.amount
        self._settle()
        return len(ended)

    # Transfers

    def transfer(self, asked: Transfer, now: datetime) -> None:
        if asked.amount < 1 or asked.payer == asked.payee:
            raise Refused("Malformed")
        keys = [(book, asked.reference) for book in (asked.payer[0], asked.payee[0])]
        if any(key in self.answers for key in keys):
            if self.transfers.get(asked.reference) != asked:
                raise Refused("OtherPayload")
            return
        self._refuse_transfer(asked)
        for at in sorted((0, 1), key=lambda at: keys[at][0]):
            book = keys[at][0]
            sides = (asked.payer, self.clearing[book]) if at == 0 else (self.clearing[book], asked.payee)
            self._write(keys[at], 0, TRANSFER, *sides, asked.amount, self._booked(book, sides, now))
            self.answers[keys[at]] = [(None, (0, 0, 0))]
        self.transfers[asked.reference] = asked
        self._settle()

    def _refuse_transfer(self, asked: Transfer) -> None:
        here, there = asked.payer[0], asked.payee[0]
        payer = self.holders[asked.payer]
        if here == there or {payer.kind, self.holders[asked.payee].kind} != {"wallet"}:
            raise Refused("WrongAccounts")
        if here in self.paused:
            raise Refused("SpendingPaused")
        if there in self.paused:
            raise Refused("PartnerPaused")
        ask = Ask(here, asked.reference, TRANSFER, asked.payer, self.clearing[here], asked.amount, asked.hold)
        if asked.hold and not self._hold_fits(ask):
            raise Refused("HoldEnded")
        free = self.holds[asked.hold].amount if asked.hold else 0
        if asked.amount > payer.available + free:
            raise Refused("TooLittle", payer.available + free, asked.amount - payer.available - free)
        if asked.hold:
            self.holds[asked.hold].status = "posted"
            payer.held -= free

    # Reversals

    def ask_reversal(self, book: int, reference: str, asker: int) -> Plea:
        for plea in self.pleas:
            if (plea.book, plea.reference) == (book, reference) and plea.status != "declined":
                if (plea.status, plea.asker) == ("asked", asker):
                    return plea
                raise Refused("NotReversible")
        if (book, reference) in self.answers and reference in self.transfers:
            raise Refused("TransferStands")
        if not self._reversible(book, reference):
            raise Refused("NotReversible")
        plea = Plea(book, reference, asker)
        if plea.key in self.answers:
            raise Refused("OtherPayload")
        self.pleas.append(plea)
        return plea

    def _reversible(self, book: int, reference: str) -> bool:
        known = self.answers.get((book, reference))
        reversed_ = any(
            (plea.book, plea.reference, plea.status) == (book, reference, "confirmed") for plea in self.pleas
        )
        return known is not None and known[0][0] is not None and not reversed_

    def confirm(self, plea: Plea, actor: int, now: datetime) -> int:
        """How many lines were written, now or when it was confirmed first."""
        if plea.status == "confirmed":
            return len([entry for entry in self.entries if (entry.book, entry.reference) == plea.key])
        if plea.status == "declined":
            raise Refused("NotReversible")
        if plea.asker == actor:
            raise Refused("SecondPersonNeeded")
        if plea.key in self.answers:
            raise Refused("OtherPayload")
        return self._mirror(plea, now)

    def _mirror(self, plea: Plea, now: datetime) -> int:
        lines = [entry for entry in self.entries if (entry.book, entry.reference) == (plea.book, plea.reference)]
        lines.sort(key=lambda entry: -entry.line)
        touched = {name for entry in lines for name in (entry.debit, entry.credit)}
        debts = {(book, f"{name}:recovery") for book, name in touched} & self.holders.keys()
        booked = self._booked(plea.book, touched | debts, now)
        before = len(self.entries)
        for position, entry in enumerate(lines):
            self._lend(plea, entry, 8 * position + 3, booked, now)
            self._write(plea.key, 8 * position, MIRROR, entry.credit, entry.debit, entry.amount, booked)
        plea.status = "confirmed"
        self._settle()
        self.answers[plea.key] = [(None, (0, 0, 0))] * len(lines)
        return len(self.entries) - before

    def _lend(self, plea: Plea, entry: Entry, line: int, booked: date, now: datetime) -> None:
        """What the account has too little, from its recovery."""
        holder = self.holders[entry.credit]
        if holder.floor is None or holder.available >= entry.amount:
            return
        debt = (plea.book, f"{entry.credit[1]}:recovery")
        self.holders.setdefault(debt, Holder("recovery", opened=self.today(plea.book, now)))
        short = entry.amount - holder.available
        self._write(plea.key, line, ADVANCE, debt, entry.credit, short, booked)

    def decline(self, plea: Plea, actor: int) -> None:
        if plea.status == "confirmed":
            raise Refused("NotReversible")
        if plea.asker == actor:
            raise Refused("SecondPersonNeeded")
        plea.status = "declined"

    # Limits and months

    def set_credit_line(self, names: Sequence[Name], line: int) -> int:
        """How many stand below it for now."""
        if line < 0:
            raise Refused("Malformed")
        holders = [self.holders[name] for name in set(names)]
        if any(holder.kind != "wallet" for holder in holders):
            raise Refused("UnknownAccount")
        for holder in holders:
            holder.floor, holder.target = min(-line, holder.balance - holder.held), -line
            holder.settle()
        return len([holder for holder in holders if holder.target is not None])

    def set_cap(self, name: Name, cap: int | None) -> None:
        if cap is not None and cap < 0:
            raise Refused("Malformed")
        if self.holders[name].kind != "wallet":
            raise Refused("UnknownAccount")
        self.holders[name].cap = cap

    def close_and_state(self, book: int, month: date, now: datetime) -> int:
        """A statement for each account that was there by then and has none; how many are new."""
        following = (month + timedelta(days=31)).replace(day=1)
        if self.today(book, now) < following:
            raise Refused("MonthOpen")
        self.closed[book] = max(self.closed.get(book, date.min), following - timedelta(days=1))
        new = 0
        for name, holder in self.holders.items():
            if name[0] == book and holder.kept and (name, month) not in self.stated:
                stated = self._statement(name, month, following)
                if stated[-1] or holder.opened < following:
                    self.stated[name, month] = stated
                    new += 1
        return new

    def _statement(self, name: Name, month: date, following: date) -> tuple[int, int, int, int, int]:
        """Opening, credited, debited, closing, the number of the last line."""
        opening = credited = debited = last = 0
        for entry in self.entries:
            for side, ran, sign in ((entry.debit, entry.debit_ran, -1), (entry.credit, entry.credit_ran, 1)):
                if side == name and entry.booked < following:
                    assert ran
                    last = max(last, ran[0])
                    if entry.booked < month:
                        opening += sign * entry.amount
                    elif sign > 0:
                        credited += entry.amount
                    else:
                        debited += entry.amount
        return opening, credited, debited, opening + credited - debited, last
