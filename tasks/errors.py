"""Refusals of tasks, shifts, sign-ups, check-ins and requests for help, each with its own words."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NotPublished(DomainError):
    """The task is a draft or was cancelled."""

    code = "not_published"
    message = _("This task was called off. Please choose another one from the board.")


class HoursWait(DomainError):
    """A paid task is not called off over the head of who has served."""

    code = "hours_wait"
    message = _(
        "Hours of this task wait to be verified, and the held coins are promised to the helper. "
        "Decide on those hours first."
    )


class ShiftCancelled(DomainError):
    """The date was cancelled."""

    code = "shift_cancelled"
    message = _("This date was called off. Please choose another one.")


class ShiftHasBegun(DomainError):
    """Too late to claim, withdraw or change."""

    code = "shift_has_begun"
    message = _("This has already begun. Please call the community, we will see what can be done.")


class AlreadySignedUp(DomainError):
    """A live sign-up of this resident stands."""

    code = "already_signed_up"
    message = _("You are already signed up for this. There is nothing more to do.")


class NotSignedUp(DomainError):
    """There is no live sign-up to act on."""

    code = "not_signed_up"
    message = _("You are not signed up for this. Claim the task first, or ask the person in charge.")


class TooManyTogether(DomainError):
    """More heads than the shift has places."""

    code = "too_many_together"
    field = "companions"


class OwnTask(DomainError):
    """The helper is the person helped, or pays out of the same wallet."""

    code = "own_task"
    message = _("This help is for you or your household, so a neighbour has to do it.")


class MinorsNotAlone(DomainError):
    """Nobody under 18 visits homes."""

    code = "minors_not_alone"
    message = _("Visits to somebody's home are for adults. Please choose a task outdoors or in the community's rooms.")


class ChildrenInCompany(DomainError):
    """Under 14: with a guardian or in a team."""

    code = "children_in_company"
    message = _("Children under 14 come with a grown-up: write 1 companion.")
    field = "companions"


class NothingToDecide(DomainError):
    """The sign-up no longer waits for an answer."""

    code = "nothing_to_decide"
    message = _("Somebody has already answered this. Please reload the page.")


class NoPlaceLeft(DomainError):
    """The database's last word: CHECK (taken <= places)."""

    code = "no_place_left"
    message = _("There are more people than places. Raise the number of places first.")
    field = "places"


class OnePaidPlace(DomainError):
    """A requester-funded task pays one helper, once."""

    code = "one_paid_place"
    message = _("A task that a neighbour pays for has one place and one date.")
    field = "places"


class BadDates(DomainError):
    """The figures make no shift."""

    code = "bad_dates"


class UnsafeText(DomainError):
    """Something private in what everybody reads."""

    code = "unsafe_text"


class CannotPay(DomainError):
    """The requester's wallet cannot be used for this."""

    code = "cannot_pay"
    message = _("This resident cannot spend from a wallet here. Choose “The community” as the one who pays.")
    field = "funding"


PRICE_AND_PAYER = _("Choose the neighbour who pays, and write the agreed price in coins.")


class TooEarly(DomainError):
    """Before the check-in window."""

    code = "too_early"


class TooLate(DomainError):
    """After the check-in window."""

    code = "too_late"


class WrongCode(DomainError):
    """Unknown, worn-out or forged code."""

    code = "wrong_code"
    message = _("This code is not right, or it is more than a minute old. Look at the screen again.")
    field = "word"


class AlreadyDone(DomainError):
    """Checked in, or out, before."""

    code = "already_done"


class CodeLocked(DomainError):
    """Five wrong tries in 15 minutes."""

    code = "code_locked"
    message = _("Too many tries. Wait 15 minutes, or ask the person in charge to tick your name.")
    field = "word"


class OwnTick(DomainError):
    """Nobody ticks themselves."""

    code = "own_tick"
    message = _("Somebody else has to tick your own name.")


class TooManyRequests(DomainError):
    """Five requests of one resident wait already."""

    code = "too_many_requests"
    message = _("Five of your requests are waiting already. Please call the community if it is urgent.")
