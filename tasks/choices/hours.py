"""The states of an hour record, what makes one worth a second look, and the steps of its story."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MAX_MINUTES = 720  # of one record, in the database too; a community may draw the line lower


class HourState(models.TextChoices):
    """Where a record stands on its way from a resident's word to coins."""

    SUBMITTED = "submitted", pgettext_lazy("hours", "To verify")
    RETURNED = "returned", pgettext_lazy("hours", "Needs more")
    VERIFIED = "verified", pgettext_lazy("hours", "Credited")
    REFUSED = "refused", pgettext_lazy("hours", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("hours", "Withdrawn")
    REVERSED = "reversed", pgettext_lazy("hours", "Reversed")


# Hours that count as somebody's time: two of them for one resident never overlap.
LIVE = (HourState.SUBMITTED, HourState.RETURNED, HourState.VERIFIED)
OPEN = (HourState.SUBMITTED, HourState.RETURNED)

NEXT: dict[HourState, frozenset[HourState]] = {
    HourState.SUBMITTED: frozenset({HourState.RETURNED, HourState.VERIFIED, HourState.REFUSED, HourState.WITHDRAWN}),
    HourState.RETURNED: frozenset({HourState.SUBMITTED, HourState.WITHDRAWN}),
    HourState.REFUSED: frozenset({HourState.SUBMITTED}),  # once, by appeal
    HourState.VERIFIED: frozenset({HourState.REVERSED}),
    HourState.WITHDRAWN: frozenset(),
    HourState.REVERSED: frozenset(),
}


class Flag(models.TextChoices):
    """Why a verifier should look at a record by itself."""

    OVERLAP = "overlap", _("Same time as another sign-up")
    LONG = "long", _("Over 8 hours")
    LONGER = "longer", _("Longer than the shift")
    PAIR = "pair", _("Same pair often")
    BURST = "burst", _("Several check-ins within 5 seconds")
    NO_SUCH_DATE = "no_such_date", _("The task had no such date")
    NO_EVIDENCE = "no_evidence", _("No check-in, not ticked")
    STAFF_ENTERED = "staff_entered", _("Entered by staff")
    MINOR = "minor", _("Under 18")


# Entered from a signed sheet by one person, verified by another: both have looked, so these may go in bulk.
ALLOWED_IN_BULK = frozenset({Flag.STAFF_ENTERED})


class HourStep(models.TextChoices):
    """A step of a record's story that its own columns no longer show."""

    RETURNED = "returned", pgettext_lazy("hours", "Returned")
    FIXED = "fixed", _("Fixed and sent again")
    REFUSED = "refused", pgettext_lazy("hours", "Refused")
    APPEALED = "appealed", _("Appealed")
    APPROVED_FIRST = "approved_first", _("Approved by the first of two")
    WITHDRAWN = "withdrawn", pgettext_lazy("hours", "Withdrawn")
    REVERSAL_ASKED = "reversal_asked", _("Reversal asked")
    REVERSAL_DECLINED = "reversal_declined", _("Reversal declined")
