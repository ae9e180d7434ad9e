"""What rewards refuses, in words for the person who asked."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.errors import DomainError, NotAllowed
from core.wording import when_text


class SoldOut(DomainError):
    """Fewer are free than were asked for."""

    code = "sold_out"
    message = _("The last of these has just been taken. Nothing was held. Please choose something else.")
    field = "quantity"

    @classmethod
    def left(cls, count: int) -> SoldOut:
        """The refusal that says how many are left."""
        if not count:
            return cls()
        return cls(
            ngettext_lazy(
                "Only %(count)s is left. Ask for fewer, or choose something else.",
                "Only %(count)s are left. Ask for fewer, or choose something else.",
                count,
            )
            % {"count": count}
        )


class BackAlready(DomainError):
    """There is nothing to wait for."""

    code = "back_already"
    message = _("It is back already. You can redeem it now.")


class Withdrawn(DomainError):
    """The goods are no longer offered."""

    code = "withdrawn"
    message = _("This is no longer offered. Please choose something else.")


class PriceChanged(DomainError):
    """The goods cost something else than what the resident has seen."""

    code = "price_changed"
    message = _("The price has just changed, and nothing was held. Look at the new sum, then confirm once more.")


class TooYoung(DomainError):
    """The community lets people redeem from a certain age on."""

    code = "too_young"

    def __init__(self, age: int = 0) -> None:
        super().__init__(
            _("Here coins can be redeemed from the age of %(age)s on. A parent or guardian can ask at the desk.")
            % {"age": age}
        )


class NoWallet(DomainError):
    """The resident has no wallet to pay from."""

    code = "no_wallet"
    message = _("There is no wallet to pay from yet. Please ask the staff to open one.")


class MayNotSpend(NotAllowed):
    """The household named others who spend, or the resident is a minor of a household wallet."""

    code = "may_not_spend"
    message = _("Your household has named who spends its coins. Please ask one of them, or the staff.")


class Ended(DomainError):
    """Somebody was first: the redemption is past this step."""

    code = "ended"
    message = _("This redemption has moved on in the meantime. Its page shows where it stands now.")


class TryAgain(DomainError):
    """Two people drew the same code in the same moment."""

    code = "try_again"
    message = _("Somebody was at the same place in the same moment. Nothing was changed; please press once more.")


class TooLateToUndo(DomainError):
    """The minutes of undo are over."""

    code = "too_late_to_undo"
    message = _("The time to undo is over. You can still cancel until it is collected; all coins come back.")


class AlreadyCollected(DomainError):
    """What was handed over is not cancelled."""

    code = "already_collected"
    message = _("This was already collected, so it cannot be cancelled. If something is wrong, please call us.")


class OwnRedemption(NotAllowed):
    """Nobody decides for themselves or their household."""

    code = "own_redemption"
    message = _("Nobody approves or hands over for themselves or their own household. Please ask a colleague.")


class EnteredBySame(NotAllowed):
    """Who asked on behalf of a resident does not approve it too."""

    code = "entered_by_same"
    message = _("You entered this request, so a colleague approves it.")


class NeedsSecond(NotAllowed):
    """The second approval comes from another person than the first."""

    code = "needs_second"
    message = _("You gave the first approval. Above the limit a second person gives the other one.")


class AboveCounterLimit(DomainError):
    """Over the counter one person decides alone, so the amount is limited."""

    code = "above_counter_limit"

    def __init__(self, limit: int = 0) -> None:
        super().__init__(
            _("Above %(limit)s coins two people approve. Enter it as a request, and let two colleagues approve it.")
            % {"limit": limit}
        )


class ReasonMissing(DomainError):
    """A refusal or a write-off says why."""

    code = "reason_missing"
    message = _("Say why, in a few words.")
    field = "reason"


class StockIsPromised(DomainError):
    """A count or write-off would leave fewer on the shelf than are promised."""

    code = "stock_is_promised"
    message = _("Some of these are promised to residents. Cancel or refuse those requests first.")
    field = "quantity"


class NotOnShelf(DomainError):
    """More would be written off than the shelf holds."""

    code = "not_on_shelf"
    field = "quantity"

    @classmethod
    def only(cls, on_hand: int) -> NotOnShelf:
        """What there is."""
        return cls(_("On the shelf there are %(on_hand)s. Write off no more than that.") % {"on_hand": on_hand})


class DeskRefusal(DomainError):
    """A code that is not handed over. The desk shows ``title`` in large type."""

    title = _("Not handed over")


class UnknownCode(DeskRefusal):
    """No redemption has this code."""

    code = "unknown"
    title = _("Unknown code")
    message = _("No redemption has this code. Compare the eight digits with the ticket and type them again.")
    field = "code"


class ForeignCode(DeskRefusal):
    """A live code of another community, which is not named."""

    code = "another_community"
    title = _("Another community's code")
    message = _("This code belongs to another community. Please send the resident to the desk of their own community.")
    field = "code"


class AlreadyTaken(DeskRefusal):
    """Handed over before: when, and by whom."""

    code = "already_taken"
    title = _("Already taken")
    message = _("This was already handed over.")
    field = "code"

    @classmethod
    def at(cls, moment: datetime, by: str) -> AlreadyTaken:
        """The refusal that says when and by whom it was handed over."""
        return cls(
            _("Handed over on %(when)s by %(who)s. Do not hand over again; look it up in the register.")
            % {"when": when_text(moment), "who": by}
        )


class CodeExpired(DeskRefusal):
    """The code's time is over; the coins went back."""

    code = "expired"
    title = _("Expired")
    message = _("This code has expired. The coins are free again; the resident can ask for it anew.")
    field = "code"

    @classmethod
    def on(cls, moment: datetime) -> CodeExpired:
        """The refusal that says until when it was valid."""
        return cls(
            _("This code was valid until %(when)s. The coins are free again; the resident can ask for it anew.")
            % {"when": when_text(moment)}
        )


class CodeCancelled(DeskRefusal):
    """The resident cancelled, or it was refused."""

    code = "cancelled"
    title = _("Cancelled")
    message = _("This redemption was cancelled, and its coins are free again. The resident can ask for it anew.")
    field = "code"


class DeskLocked(DeskRefusal):
    """Too many wrong codes: even the right one is refused for a while."""

    code = "desk_locked"
    title = _("Locked for five minutes")
    message = _("Ten wrong codes in five minutes: this desk is locked. Wait five minutes, or ask a colleague.")
    field = "code"


class NotCollected(DomainError):
    """Only what was collected is reversed."""

    code = "not_collected"
    message = _("Only a collected redemption is reversed. One that is still open is cancelled.")


class ReversalAsked(DomainError):
    """The reversal is asked already."""

    code = "reversal_asked"
    message = _("A reversal of this redemption is already asked for. It waits for another manager.")


class ReversalOfOwn(NotAllowed):
    """Who confirms a reversal neither asked for it nor benefits from it."""

    code = "reversal_of_own"
    message = _("A manager who neither asked for the reversal nor belongs to the household must confirm it.")
