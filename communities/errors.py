"""Refusals about people and roles."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError, NotAllowed


class AlreadyRegistered(DomainError):
    """The account has a resident in this community."""

    code = "already_registered"
    message = _("You are registered in this community already.")


class ConsentMissing(DomainError):
    """Registration without consent."""

    code = "consent_missing"
    message = _("Please tick that you agree, or come to the office and ask.")
    field = "consent"


class GuardianMissing(DomainError):
    """Someone under 18 without a guardian's consent."""

    code = "guardian_missing"
    message = _("Under 18, a parent or guardian has to agree: write their name and phone number.")
    field = "guardian_name"


class TooYoungOnline(DomainError):
    """Someone under 14 who registers alone."""

    code = "too_young_online"
    message = _("Children under 14 register at the office, together with a parent or guardian.")
    field = "birth_date"


class WrongBirthDate(DomainError):
    """A birth date in the future or over 120 years ago."""

    code = "wrong_birth_date"
    message = _("This birth date cannot be right. Please look at the year.")
    field = "birth_date"


class NotVerified(DomainError):
    """Cleared for home visits before residence is verified."""

    code = "not_verified"
    message = _("Verify where they live first.")


class NotAdult(DomainError):
    """Someone under 18 for what only adults do."""

    code = "not_adult"
    message = _("Nobody under 18 visits homes alone.")


class AnotherHousehold(DomainError):
    """A resident who belongs to a household already."""

    code = "another_household"
    message = _("They belong to another household on that day. Let them leave it first.")


class NotMember(DomainError):
    """Leaving a household or team that one is not in."""

    code = "not_member"
    message = _("They do not belong to it any more.")


class AlreadyMember(DomainError):
    """Joining a team twice."""

    code = "already_member"
    message = _("They belong to this team already.")


class LastSpender(DomainError):
    """Nobody left who may spend."""

    code = "last_spender"
    message = _("At least one adult of the household has to be able to spend.")


class AlreadyGranted(DomainError):
    """The same role twice."""

    code = "already_granted"
    message = _("They hold this role already.")


class WrongScope(DomainError):
    """A role with a scope it cannot have."""

    code = "wrong_scope"
    message = _("This role is not given for that place.")


class OwnHousehold(NotAllowed):
    """Staff changing a household of their own: who benefits from whose hours hangs on it."""

    code = "own_household"
    message = _("Nobody changes their own household. Ask another member of the staff.")


class OwnRole(NotAllowed):
    """Granting oneself."""

    code = "own_role"
    message = _("Nobody gives or ends a role of their own. Ask another manager.")


class MayNotGrant(NotAllowed):
    """A role that this person may not give."""

    code = "may_not_grant"
    message = _("You may not give this role here.")


class NameTaken(DomainError):
    """A team's name twice."""

    code = "name_taken"
    message = _("There is a team of this name already.")
    field = "name_zh"


class WalletsFixed(DomainError):
    """Changing who holds wallets after the first one is open."""

    code = "wallets_fixed"
    message = _("Who holds a wallet cannot change once residents are registered.")
    field = "wallets"


class FlagAboveRefusal(DomainError):
    """The second look set above what is refused anyway."""

    code = "flag_above_refusal"
    message = _("The minutes that are looked at twice cannot exceed the most minutes of one service.")
    field = "flag_minutes"


class OutOfBounds(DomainError):
    """A setting below its least or above its most."""

    code = "out_of_bounds"
    message = _("One of these numbers is too small or too large.")


class AccountTaken(DomainError):
    """An account that is somebody else's here, or a resident who has another."""

    code = "account_taken"
    message = _("This number or address belongs to somebody else here, or they sign in with another one.")
    field = "login"


class AccountWithRole(DomainError):
    """An account that works here or elsewhere, for another person's passbook."""

    code = "account_with_role"
    message = _("Whoever holds a role signs in for themselves alone. Write the resident's own number or address.")
    field = "login"


class OwnAccount(DomainError):
    """One's own account, for another person's passbook."""

    code = "own_account"
    message = _("This is your own number or address. Write the one that the resident holds.")
    field = "login"


class PartnershipAsked(DomainError):
    """A live partnership of the same two communities."""

    code = "partnership_asked"
    message = _("This is asked for already, or the two communities are partners. The list shows where it stands.")


class PartnershipMovedOn(DomainError):
    """Somebody was first."""

    code = "partnership_moved_on"
    message = _("This has moved on in the meantime. The list shows where it stands now.")


class OwnPartnership(NotAllowed):
    """A manager of both communities who answers their own question."""

    code = "own_partnership"
    message = _("You asked for this, so another manager of the other community answers.")


class NotItself(DomainError):
    """A community that asks itself."""

    code = "not_itself"
    message = _("This is your own community. Choose another one.")
    field = "partner"


class NeverSignedIn(DomainError):
    """A role for an account that nobody ever signed in to: perhaps a slip of the finger."""

    code = "never_signed_in"
    message = _("Nobody has signed in with this address yet. Check it, and ask them to sign in once.")
    field = "login"


class RoleHeld(DomainError):
    """Another account for somebody who works here: their role hangs on the old one."""

    code = "role_held"
    message = _("They hold a role with their account. End the role, connect the new one, then give the role to it.")


class SameAccount(DomainError):
    """Replacing an account by itself."""

    code = "same_account"
    message = _("They sign in with this one already. Write the new number or address.")
    field = "login"
