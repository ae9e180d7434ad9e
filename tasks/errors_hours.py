"""Refusals about hours: what is wrong with them, and who may not decide on them."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, NotAllowed


class HoursOverlap(DomainError):
    """Two records of one resident share time."""

    code = "hours_overlap"
    message = _("You have already logged hours for this time. Look at “My hours” first.")
    field = "start"


class SignUpLogged(DomainError):
    """The sign-up has a live record."""

    code = "sign_up_logged"
    message = _("The hours of this sign-up are logged already. Look at “My hours”.")
    field = "item"


class NotServed(DomainError):
    """The item cannot earn: not theirs, marked absent, not begun, or not a task one logs by hand."""

    code = "not_served"
    message = _("Hours are logged for a task of this community that you signed up for or helped with. Choose one.")
    field = "item"


class AlreadyDecided(DomainError):
    """Somebody was first."""

    code = "already_decided"
    message = _("Somebody else has dealt with this record already. Nothing was changed.")


class NotOpen(DomainError):
    """Too late to withdraw or change."""

    code = "not_open"
    message = _("This record can no longer be changed. Ask the community office if something is wrong.")


class NoAppeal(DomainError):
    """A second appeal, or one against nothing."""

    code = "no_appeal"
    message = _("A refused record can be sent to another person once. Ask the community office to look at it with you.")


class ReasonMissing(DomainError):
    """A decision that the resident could not understand."""

    code = "reason_missing"
    message = _("Write a reason: the resident reads it and knows what to do.")
    field = "reason"


class NoRule(DomainError):
    """The community had no earning rule on that day."""

    code = "no_rule"
    message = _("The community had no earning rule yet on the day of service. A manager can add one.")


class NoPassbook(DomainError):
    """No wallet to pay to on the day of service."""

    code = "no_passbook"
    message = _("The resident had no passbook on the day of service. Add them to a household first.")


class LookAtItAlone(DomainError):
    """A flagged record in a bulk approval."""

    code = "look_at_it_alone"
    message = _("This record has a flag: open it and decide on it alone.")


class NeedsTwo(DomainError):
    """Above the community's limit."""

    code = "needs_two"
    message = _("So many coins need two people. Open the record and approve it; a second person does the same.")


class NotCertified(DomainError):
    """A reversal of what is not credited."""

    code = "not_certified"
    message = _("Only credited hours can be reversed, and only once.")


class ReversalPending(DomainError):
    """Asked already."""

    code = "reversal_pending"
    message = _("A reversal of these hours is waiting for a second person already.")


class NoReversalAsked(DomainError):
    """Confirmed before asked."""

    code = "no_reversal_asked"
    message = _("Nobody has asked for this reversal, or somebody else has dealt with it.")


class HoursKept(DomainError):
    """A step or a change that the database refuses."""

    code = "hours_kept"
    message = _("Certified hours are not rewritten. Reverse them instead.")


class StaffOnly(NotAllowed):
    """Not a verifier."""

    code = "staff_only"
    message = _("Community staff verify hours.")


class ManagersOnly(NotAllowed):
    """Not one who confirms reversals."""

    code = "managers_only"
    message = _("A manager confirms reversals.")


class OwnHours(NotAllowed):
    """Deciding on oneself."""

    code = "own_hours"
    message = _("These are your own hours. Ask a colleague to look at them.")


class HouseholdHours(NotAllowed):
    """Deciding on one's household."""

    code = "household_hours"
    message = _("These are the hours of somebody in your household. Ask a colleague to look at them.")


class EnteredByYou(NotAllowed):
    """Deciding on what one entered."""

    code = "entered_by_you"
    message = _("You entered these hours. Another person verifies them.")


class ApprovedByYou(NotAllowed):
    """Being both of two people."""

    code = "approved_by_you"
    message = _("You have approved this record already. A second person has to approve it too.")


class RefusedByYou(NotAllowed):
    """Deciding on an appeal against oneself."""

    code = "refused_by_you"
    message = _("You refused this record, and the resident appealed. Another person decides now.")


class PaidByYou(NotAllowed):
    """Reversing what one paid."""

    code = "paid_by_you"
    message = _("These hours were paid from your passbook or your household's. Ask a colleague.")


class AskedByYou(NotAllowed):
    """Being both people of a reversal."""

    code = "asked_by_you"
    message = _("You asked for this reversal. Another manager confirms it.")


class NotYours(NotAllowed):
    """Changing or seeing somebody else's record."""

    code = "not_yours"
    message = _("These hours belong to somebody else.")


BY_CONSTRAINT: dict[str, type[DomainError]] = {
    "hours_do_not_overlap": HoursOverlap,
    "hours_once_a_sign_up": SignUpLogged,
    "hours_next_step": AlreadyDecided,
    "hours_appeal_once": NoAppeal,
    "hours_are_kept": HoursKept,
    "hours_not_ones_own": OwnHours,
    "hours_not_of_ones_household": HouseholdHours,
    "hours_not_by_who_entered": EnteredByYou,
    "hours_two_approvers_differ": ApprovedByYou,
    "hours_two_people_above_limit": NeedsTwo,
    "hours_appeal_to_another": RefusedByYou,
    "hours_reversed_by_two": AskedByYou,
    "hours_reason_given": ReasonMissing,
}
