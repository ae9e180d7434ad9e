"""The ledger's refusals: one class a SQLSTATE, in words for the person at the counter."""

import json
import re

import psycopg
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.constraints import register
from core.errors import DomainError


class LedgerIsFinal(DomainError):
    """LG000: someone tried to change or delete what was written."""

    code = "ledger_final"
    message = _("What stands in the ledger is never changed. Ask for a reversal instead.")


class TooLittle(DomainError):
    """LG001: balance less holds would fall below the floor. ``available`` and ``short`` in coins, None when unknown."""

    code = "too_little"
    message = _("There are not enough coins available.")

    def __init__(self, available: int | None = None, short: int | None = None, *, field: str | None = None) -> None:
        self.available = available
        self.short = short
        if available is None:
            super().__init__(field=field)
            return
        sentence = _("{available} available, {short} short. Choose something smaller, or come back with more coins.")
        super().__init__(format_lazy(sentence, available=available, short=short), field=field)


class OtherPayload(DomainError):
    """LG002: the reference was used for another amount, kind or pair of accounts."""

    code = "other_payload"
    message = _("This was recorded before with other figures. Open the record to see what was booked.")


class HoldEnded(DomainError):
    """LG003: the hold was paid out, released or lapsed, or does not fit the posting."""

    code = "hold_ended"
    message = _("The coins held for this were already paid out or released. Open the record to see where it stands.")


class UnknownAccount(DomainError):
    """LG004: no such account, book or request here."""

    code = "unknown_account"
    message = _("This account does not belong to this community.")


class NotReversible(DomainError):
    """LG005: unknown, reversed already, or itself a reversal."""

    code = "not_reversible"
    message = _("This cannot be reversed: it was reversed before, is being reversed, or is itself a reversal.")


class GroupSplit(DomainError):
    """LG006: a group of lines was posted before with another number of lines."""

    code = "group_split"
    message = _("Part of this was recorded before. Open the record to see what was booked.")


class Malformed(DomainError):
    """LG007: an amount below 1 or above a million million, an empty reference, an unknown time zone, too many lines."""

    code = "malformed"
    message = _("The amount must be a whole number of coins, at least 1.")


class WrongAccounts(DomainError):
    """LG008: this kind of entry does not run between these kinds of accounts."""

    code = "wrong_accounts"
    message = _("Coins cannot be moved between these two accounts in this way.")


class SpendingPaused(DomainError):
    """LG009: a check of the ledger failed, and spending waits until two managers lift the pause."""

    code = "spending_paused"
    message = _(
        "Spending is paused in this community while the accounts are checked. "
        "Your coins are safe; please ask the office."
    )


class MonthOpen(DomainError):
    """LG010: the month is not over in the book's time zone, or not closed."""

    code = "month_open"
    message = _("This month is not over yet. Statements are made from the first day of the next month.")


class MoreThanOwed(DomainError):
    """LG011: a recovery cannot be repaid or written off beyond what is owed."""

    code = "more_than_owed"
    message = _("That is more than is still owed.")


class SecondPersonNeeded(DomainError):
    """LG012: whoever asked for a reversal does not decide on it."""

    code = "second_person"
    message = _("A second person must decide: whoever asked for the reversal cannot confirm it.")


class DifferentUnits(DomainError):
    """LG013: two books that count in different things, such as time coins and points; ``units`` names both."""

    code = "different_units"
    message = _("The two communities do not count in the same unit, so coins cannot move between them.")

    def __init__(self, *units: str, field: str | None = None) -> None:
        self.units = units
        sentence = _(
            "The two communities count in different units ({one} and {other}). Coins cannot move between them."
        )
        super().__init__(format_lazy(sentence, one=units[0], other=units[1]) if len(units) == 2 else "", field=field)


class NotPartners(DomainError):
    """LG014: two books without clearing accounts for each other."""

    code = "not_partners"
    message = _("The two communities are not partners, so coins cannot move between them. Please ask the office.")


class PartnerPaused(DomainError):
    """LG015: the payee's book is being checked. The payer keeps the coins until that is over."""

    code = "partner_paused"
    message = _(
        "The other community is checking its accounts and takes no transfers meanwhile. "
        "No coins have moved; please try again in a few days."
    )


class TransferStands(DomainError):
    """LG016: one book's half of a transfer is never mirrored alone."""

    code = "transfer_stands"
    message = _(
        "A transfer is in the books of two communities, so it is not reversed in one. "
        "Ask the other community for a transfer back."
    )


class NumberTaken(DomainError):
    """Another account of the book has this number."""

    code = "number_taken"
    message = _("This account number is taken in this community.")


BY_STATE: dict[str, type[DomainError]] = {
    "LG000": LedgerIsFinal,
    "LG001": TooLittle,
    "LG002": OtherPayload,
    "LG003": HoldEnded,
    "LG004": UnknownAccount,
    "LG005": NotReversible,
    "LG006": GroupSplit,
    "LG007": Malformed,
    "LG008": WrongAccounts,
    "LG009": SpendingPaused,
    "LG010": MonthOpen,
    "LG011": MoreThanOwed,
    "LG012": SecondPersonNeeded,
    "LG013": DifferentUnits,
    "LG014": NotPartners,
    "LG015": PartnerPaused,
    "LG016": TransferStands,
    "22003": Malformed,  # a number too large for its column
}
BY_CONSTRAINT: dict[str, type[DomainError]] = {
    "ledger_account_number": NumberTaken,
    "ledger_account_floor": TooLittle,
    "ledger_account_cap": Malformed,
    "ledger_reversal_two_people": SecondPersonNeeded,
    "ledger_reversal_once": NotReversible,
    "ledger_hold_reference": OtherPayload,
    "ledger_entry_reference": OtherPayload,
}

_FIGURES = re.compile(r"available=(-?\d+) short=(-?\d+)")


def refusal(error: psycopg.Error) -> DomainError | None:
    """The refusal that a database error stands for, with its figures; None when it is a defect or worth another try."""
    make = BY_STATE.get(error.sqlstate or "") or BY_CONSTRAINT.get(error.diag.constraint_name or "")
    if make is TooLittle:
        figures = _FIGURES.search(error.diag.message_detail or "")
        return TooLittle(int(figures[1]), int(figures[2])) if figures else TooLittle()
    if make is DifferentUnits:
        return DifferentUnits(*json.loads(error.diag.message_detail or "[]"))
    return make() if make else None


def register_refusals() -> None:
    """For errors that meet no service, such as an UPDATE in a shell."""
    own = {state: make for state, make in BY_STATE.items() if state.startswith("LG")}
    register(constraints=dict(BY_CONSTRAINT), states=dict(own))
