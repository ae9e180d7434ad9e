"""The kinds of the ledger. Their numbers are stored, so they are never used for anything else again.

The tens of an ``EntryKind`` are its family, which the SQL functions go by: 10–19 issue new coins (the wallet cap
applies), 10–29 are earned (a recovery is repaid first), 20–49 spend (refused while a book's spending is paused), 90–99
the ledger makes itself and nobody may ask for.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """The two sides of an entry. A credit raises a stored balance, a debit lowers it."""

    DEBIT = "debit", _("Debit")
    CREDIT = "credit", _("Credit")


class AccountKind(models.IntegerChoices):
    """What an account is for. Wallet, fund, merchant and recovery keep a running balance; the rest is insert-only."""

    WALLET = 1, _("Wallet")
    FUND = 2, _("Community fund")
    MERCHANT = 3, _("Merchant")
    ISSUANCE = 4, _("Issuance")
    OPENING = 5, _("Opening balances")
    RECOVERY = 6, _("Recovery")
    REDEEMED = 7, _("Redeemed")
    EXPIRED = 8, _("Expired coins")
    SETTLED = 9, _("Settled with merchants")
    CLEARING = 10, _("Clearing")

    @property
    def keeps_balance(self) -> bool:
        """Whether each entry carries this side's running number and balance."""
        return self in KEEPS_BALANCE

    @property
    def debit_normal(self) -> bool:
        """Whether reports show debits − credits, so that the figure is usually positive."""
        return self in DEBIT_NORMAL


KEEPS_BALANCE = frozenset({AccountKind.WALLET, AccountKind.FUND, AccountKind.MERCHANT, AccountKind.RECOVERY})
DEBIT_NORMAL = frozenset({AccountKind.ISSUANCE, AccountKind.OPENING, AccountKind.RECOVERY})
HAS_FLOOR = frozenset({AccountKind.WALLET, AccountKind.FUND, AccountKind.MERCHANT})
SYSTEM_KINDS = (
    AccountKind.FUND,
    AccountKind.ISSUANCE,
    AccountKind.OPENING,
    AccountKind.REDEEMED,
    AccountKind.EXPIRED,
    AccountKind.SETTLED,
)


class EntryKind(models.IntegerChoices):
    """What an entry says. In brackets: the account debited → the account credited."""

    HOURS = 10, _("Hours verified")  # issuance → wallet
    REQUESTER_PAYMENT = 20, _("Paid by the neighbour who asked")  # wallet → wallet
    REDEMPTION = 30, _("Redeemed")  # wallet → redeemed
    SEAT = 31, _("Class or place")  # wallet → redeemed
    VOUCHER = 32, _("Voucher used")  # wallet → merchant
    GIFT = 40, _("Gift")  # wallet or fund → wallet or fund
    TRANSFER = 41, _("Transfer between communities")  # wallet → clearing and, in the other book, clearing → wallet
    OPENING_BALANCE = 50, _("Opening balance")  # opening → wallet, fund or merchant
    HOUSEHOLD_MOVE = 51, _("Moved between household wallets")  # wallet → wallet or fund
    EXPIRY = 60, _("Coins expired")  # wallet or fund → expired
    WRITE_OFF = 61, _("Recovery written off")  # fund → recovery
    SETTLEMENT = 62, _("Settled with the merchant")  # merchant → settled
    OVERFLOW = 90, _("Over the wallet cap, to the fund")  # issuance → fund
    RECOVERY_REPAID = 91, _("Recovery repaid")  # wallet → recovery
    RECOVERY_ADVANCE = 92, _("Recovery advanced")  # recovery → wallet
    REVERSAL = 93, _("Reversal")  # the mirror of what is reversed


class HoldStatus(models.IntegerChoices):
    """A hold ends once."""

    ACTIVE = 0, _("Held")
    POSTED = 1, _("Paid out")
    RELEASED = 2, _("Released")
    EXPIRED = 3, _("Lapsed")


class ReversalStatus(models.IntegerChoices):
    """A request waits until a second person confirms or declines it."""

    ASKED = 0, _("Waiting for a second person")
    CONFIRMED = 1, _("Reversed")
    DECLINED = 2, _("Declined")


class LinePart(models.IntegerChoices):
    """Which part of its position in the request a line is: line = 8 × position + part."""

    MAIN = 0
    OVERFLOW = 1
    REPAID = 2
    ADVANCE = 3
