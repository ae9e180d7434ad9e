"""Refusals about coins that move between wallets."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, NotAllowed


class MoveReasonMissing(DomainError):
    """A move says why."""

    code = "reason_missing"
    message = _("Say why, in a few words.")
    field = "reason"


class NothingFree(DomainError):
    """A wallet with nothing in it but what is held."""

    code = "nothing_free"
    message = _("There are no coins in this wallet that could be moved. Held coins stay until their hold ends.")
    field = "from_number"


class MoreThanFree(DomainError):
    """More coins than the wallet has beside what is held; a credit line is not counted."""

    code = "more_than_free"
    message = _("So many coins are not free in this wallet any more. Look at its balance and ask anew.")
    field = "coins"


class SameWallet(DomainError):
    """From a wallet to itself."""

    code = "same_wallet"
    message = _("The coins are in this wallet already. Choose another one.")
    field = "to_number"


class FundAfterDeathAlone(DomainError):
    """A split or a merge to the fund."""

    code = "fund_after_death"
    message = _("Coins go to the community fund after a death alone. Write the household that gets them.")
    field = "to_number"


class DeathAlone(DomainError):
    """A split or a merge where every resident has a wallet of their own."""

    code = "death_alone"
    message = _("Here everybody has a wallet of their own: who moves takes it along. Coins move after a death alone.")
    field = "kind"


class NotOfTheHousehold(DomainError):
    """The heir of a resident's own wallet who never lived with them."""

    code = "not_of_the_household"
    message = _("They never belonged to one household. The coins go to a member of it, or to the community fund.")
    field = "to_number"


class MoveOpen(DomainError):
    """A second open request for a wallet."""

    code = "move_open"
    message = _("A move from this wallet waits for a second person already. Decide on that one first.")


class MoveDecided(DomainError):
    """Confirming or declining what was decided."""

    code = "move_decided"
    message = _("Somebody has decided on this already. Look at it again.")


class MoveOfOwn(DomainError):
    """Confirming what one asked for."""

    code = "move_of_own"
    message = _("A second person confirms: ask another member of the staff.")


class ManagerConfirms(DomainError):
    """A worker confirming more than the two-person limit."""

    code = "manager_confirms"
    message = _("So many coins are moved by a manager. Ask one to confirm.")


class LivesOffWallet(NotAllowed):
    """Staff moving coins from or to a wallet that they live off."""

    code = "lives_off_wallet"
    message = _("Nobody moves coins of their own household. Ask another member of the staff.")


class NotMoved(DomainError):
    """Reversing what was not moved, or was reversed."""

    code = "not_moved"
    message = _("There is nothing to reverse: the coins were not moved, or are back already.")


class MoveReversalOpen(DomainError):
    """A second request for one reversal."""

    code = "move_reversal_open"
    message = _("The reversal is asked for already. Another manager confirms it.")
