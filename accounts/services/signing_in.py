"""Signing in by a code: whose account an address is, how many codes are sent, how many guesses are heard.

There is one door for old and new people: an unknown number or address gets an account and a code like any other, so
that nobody learns from the answer who is known here. An account that nobody ever signed in to is swept away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.choices import Way
from accounts.models import User
from accounts.services import limits
from core.errors import DomainError

WINDOW = timedelta(minutes=15)
GUESSES_PER_ACCOUNT = 5
GUESSES_PER_ADDRESS = 50  # of one IP address: an office behind one router signs many people in
CODES_PER_ACCOUNT = 6
CODES_PER_ADDRESS = 60
UNUSED_FOR = timedelta(days=2)


class TooManyGuesses(DomainError):
    """The right code is refused too, until the window is over."""

    code = "too_many_guesses"
    message = _("Too many wrong codes. For safety, wait 15 minutes and ask for a new one.")


class TooManyCodes(DomainError):
    """No further code is sent for now."""

    code = "too_many_codes"
    message = _("We have sent several codes already. Wait 15 minutes, then try again.")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a code goes: an E.164 number or an email address in lower case."""

    phone: str = ""
    email: str = ""

    @property
    def text(self) -> str:
        """Whichever it is."""
        return self.phone or self.email

    @property
    def way(self) -> Way:
        """The kind of address."""
        return Way.PHONE if self.phone else Way.EMAIL

    @classmethod
    def of(cls, way: Way, text: str) -> Address:
        """An address of the kind."""
        return cls(phone=text) if way == Way.PHONE else cls(email=text)


def count_code(*, address: Address, ip: str, now: datetime) -> None:
    """Count a code that is about to be sent. Raises TooManyCodes."""
    own = limits.hit(key=f"code:to:{limits.digest(address.text)}", limit=CODES_PER_ACCOUNT, window=WINDOW, now=now)
    if not own or not limits.hit(key=_from("code", ip), limit=CODES_PER_ADDRESS, window=WINDOW, now=now):
        raise TooManyCodes


def count_guess(*, user_id: int, ip: str, now: datetime) -> None:
    """Count a guess before it is looked at. Raises TooManyGuesses, also when it would have been right."""
    own = limits.hit(key=f"guess:user:{user_id}", limit=GUESSES_PER_ACCOUNT, window=WINDOW, now=now)
    if not own or not limits.hit(key=_from("guess", ip), limit=GUESSES_PER_ADDRESS, window=WINDOW, now=now):
        raise TooManyGuesses


def guessed_right(*, user_id: int, ip: str) -> None:
    """Start the account's count anew; only its owner gets here."""
    limits.forget(key=f"guess:user:{user_id}")
    limits.give_back(key=_from("guess", ip))


def _from(what: str, ip: str) -> str:
    return f"{what}:ip:{limits.digest(ip)}"


def account_asking(*, address: Address, now: datetime) -> User:
    """The account that a code is sent for. A known one is written to as a new one is, so that both take as long."""
    known = _known(address)
    if known is None:
        return account_for(address)
    with transaction.atomic():
        User.objects.filter(pk=known.pk).update(code_asked_at=now)
    return known


def account_signed_in(address: Address) -> User | None:
    """The account of a number or address whose owner has signed in with it; None when nobody has."""
    user = _known(address)
    if user is None or not (user.phone_verified_at or user.last_login):
        return None
    return user


def account_for(address: Address) -> User:
    """The account of a number or address, made when it is new."""
    known = _known(address)
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return _new(address)
    except IntegrityError:  # somebody asked at the same moment
        return User.objects.get(phone=address.phone) if address.phone else User.objects.get(email=address.email)


def _known(address: Address) -> User | None:
    if address.phone:
        return User.objects.filter(phone=address.phone).first()
    return User.objects.filter(email=address.email).first()


def _new(address: Address) -> User:
    user = User.objects.create_user(phone=address.phone or None, email=address.email or None)
    if address.email:
        EmailAddress.objects.create(user=user, email=address.email, primary=True, verified=False)
    return user


def sweep_unused(now: datetime, most: int) -> int:
    """Delete at most so many accounts that were only ever typed: nobody signed in, nothing is theirs. How many."""
    unused = User.objects.filter(
        last_login__isnull=True,
        phone_verified_at__isnull=True,
        created_at__lt=now - UNUSED_FOR,
        residents__isnull=True,
        grants__isnull=True,
    ).exclude(emailaddress__verified=True)
    chosen = list(unused.order_by("pk").values_list("pk", flat=True)[:most])
    User.objects.filter(pk__in=chosen).delete()
    return len(chosen)
