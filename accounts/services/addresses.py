"""How a person signs in, changed by themselves: another phone number or email address, a second one, one less.

Whoever typed the code that went to a number holds it. An account that owns nothing gives its number up to them; one
that somebody uses does not, and nobody is told that it exists: its owner gets a message instead of the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import Way
from accounts.models import User
from accounts.services import address_notices, limits, sessions, signing_in
from accounts.services.signing_in import Address
from core import sms
from core.errors import DomainError
from core.transactions import atomic_with_retry


class AddressTaken(DomainError):
    """Somebody else proved the same number a moment earlier. Said only to who has just proved that they hold it."""

    code = "address_taken"
    message = _("This number or address has just been used for another account. Please ask at the office.")


class LastWay(DomainError):
    """Without it nobody could sign in to the account."""

    code = "last_way"
    message = _("You sign in with this one alone. Add another one first.")


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the account: the address that went (None: one was added), and those that stay as they were."""

    user: User
    gone: Address | None
    others: tuple[Address, ...]


def ways(user: User) -> list[Address]:
    """The addresses that the person has proved and that codes reach: the phone first."""
    found = []
    if user.phone and _is_proved(user, user.phone_verified_at is not None, user.email):
        found.append(Address(phone=user.phone))
    if user.email and _is_proved(user, _is_email_verified(user), user.phone):
        found.append(Address(email=user.email))
    return [one for one in found if _is_reached(one)]


def _is_proved(user: User, verified: bool, other: str | None) -> bool:
    """Who has signed in and has one address alone did so with it."""
    return verified or (not other and user.last_login is not None)


def _is_email_verified(user: User) -> bool:
    return bool(EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists())


def _is_reached(address: Address) -> bool:
    return not address.phone or (sms.is_on() and sms.reaches(address.phone))


def count_code(*, user_id: int, address: Address, ip: str, now: datetime) -> None:
    """Count a code that a signed-in person asks for, against their own limit as well. Raises TooManyCodes."""
    key, limit = f"code:by:{user_id}", signing_in.CODES_PER_ACCOUNT
    if not limits.hit(key=key, limit=limit, window=signing_in.WINDOW, now=now):
        raise signing_in.TooManyCodes
    signing_in.count_code(address=address, ip=ip, now=now)


def owner_of(address: Address, *, besides: int) -> User | None:
    """Whose account the address signs in to, so that nobody else may have it; None when it is free to take."""
    user = _holder(address, besides)
    return user if user is not None and _owns_something(user) else None


def change(*, user_id: int, address: Address, session_key: str | None, now: datetime) -> Change | None:
    """Sign in with this proved address from now on, instead of the one of its kind; None when it was so already.

    The other web sessions end, and every address of before is told. Raises AddressTaken.
    """
    done = _changed(user_id, address, now)
    if done is not None:
        _end_and_tell(done, session_key)
    return done


def remove(*, user_id: int, way: Way, session_key: str | None) -> Change | None:
    """Sign in with the other address alone; None when there was none of this kind. Raises LastWay. Tells as above."""
    done = _removed(user_id, way)
    if done is not None:
        _end_and_tell(done, session_key)
    return done


@atomic_with_retry
def _changed(user_id: int, address: Address, now: datetime) -> Change | None:
    user = User.objects.select_for_update().get(pk=user_id)
    before = ways(user)
    if address in before:
        return None
    gone = _of(user, address.way)
    try:
        with transaction.atomic():
            _give_way(address, besides=user.pk)
            _write(user, address, now)
    except IntegrityError:
        raise AddressTaken from None
    return Change(user, gone, tuple(one for one in before if one.way != address.way))


@atomic_with_retry
def _removed(user_id: int, way: Way) -> Change | None:
    user = User.objects.select_for_update().get(pk=user_id)
    gone = _of(user, way)
    if gone is None:
        return None
    others = tuple(one for one in ways(user) if one.way != way)
    if not others:
        raise LastWay
    _clear(user, way)
    return Change(user, gone, others)


def _of(user: User, way: Way) -> Address | None:
    text = user.phone if way == Way.PHONE else user.email
    return Address.of(way, text) if text else None


def _write(user: User, address: Address, now: datetime) -> None:
    if address.phone:
        user.phone, user.phone_verified_at = address.phone, now
        user.save(update_fields=["phone", "phone_verified_at"])
        return
    user.email = address.email
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=address.email, primary=True, verified=True)


def _clear(user: User, way: Way) -> None:
    if way == Way.PHONE:
        user.phone = user.phone_verified_at = None
        user.save(update_fields=["phone", "phone_verified_at"])
        return
    user.email = None
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()


def _holder(address: Address, besides: int) -> User | None:
    users = User.objects.exclude(pk=besides)
    return users.filter(phone=address.phone).first() if address.phone else users.filter(email=address.email).first()


def _owns_something(user: User) -> bool:
    """Whether the account is a resident's, holds a role, or was closed by the office."""
    return not user.is_active or user.residents.exists() or user.grants.exists()


def _give_way(address: Address, *, besides: int) -> None:
    """Close the empty account that somebody made by typing this number at the sign-in. Raises AddressTaken."""
    holder = _holder(address, besides)
    if holder is None:
        return
    holder = User.objects.select_for_update().get(pk=holder.pk)
    if _owns_something(holder):
        raise AddressTaken
    for way in Way:
        _clear(holder, way)
    holder.is_active = False
    holder.save(update_fields=["is_active"])
    sessions.end_all(user=holder)


def _end_and_tell(done: Change, session_key: str | None) -> None:
    sessions.end_others(user=done.user, session_key=session_key)
    if done.gone is not None:
        address_notices.tell_gone(user=done.user, address=done.gone)
    for other in done.others:
        address_notices.tell_changed(user=done.user, address=other)
