"""What transfers refuse, in words for the person who asked."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, NotAllowed


class PayeeUnknown(DomainError):
    """No such member, another surname, or no wallet: one answer, so that nobody learns who lives there."""

    code = "payee_unknown"
    message = _(
        "Nobody there takes coins under this member number and surname. "
        "Compare both with the first page of their passbook."
    )
    field = "member_number"


class HouseholdChanged(DomainError):
    """Since it was asked for, payer or payee lives off another wallet, and the old household's coins are not theirs."""

    code = "household_changed"
    message = _(
        "One of the two has changed households since this was asked for, and the coins are those of the old one. "
        "Refuse it, and let it be sent anew."
    )


class TooManyLookUps(DomainError):
    """The day's look-ups are used up, also for the right number."""

    code = "too_many_look_ups"
    message = _("Ten times within a day, nobody was found. Try again tomorrow, or ask the office.")


class NoWallet(DomainError):
    """The resident has no wallet to pay from."""

    code = "no_wallet"
    message = _("There is no wallet to pay from yet. Please ask the staff to open one.")


class MayNotSpend(NotAllowed):
    """The household named others who spend, or the resident is a minor of a household wallet."""

    code = "may_not_spend"
    message = _("Your household has named who spends its coins. Please ask one of them, or the staff.")


class MovedOn(DomainError):
    """Somebody was first: the transfer is past this step."""

    code = "moved_on"
    message = _("This transfer has moved on in the meantime. Its page shows where it stands now.")


class OwnTransfer(NotAllowed):
    """Nobody enters or approves for themselves or their household, on either side."""

    code = "own_transfer"
    message = _("Nobody enters or approves a transfer from or to their own household. Please ask a colleague.")


class EnteredBySame(NotAllowed):
    """Who asked does not approve it too."""

    code = "entered_by_same"
    message = _("You entered this transfer, so a colleague approves it.")


class ReasonMissing(DomainError):
    """A refusal says why."""

    code = "reason_missing"
    message = _("Say why, in a few words.")
    field = "reason"
