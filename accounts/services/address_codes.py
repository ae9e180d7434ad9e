"""A code to who is signed in: to their own address, to show that it is them; to a new one, to show that it is theirs.

allauth keeps the code, its age and the wrong tries, in the web session. Its own pages for changing a number or address
are not used: they prove presence by a password, which nobody has here, and say of an address that it is taken.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any, Self

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from django.http import HttpRequest

from accounts.choices import Way
from accounts.clients import client_ip
from accounts.models import User
from accounts.services import address_notices, addresses
from accounts.services.addresses import Change
from accounts.services.signing_in import Address

PRESENCE_LASTS = timedelta(minutes=10)
KEPT_AS = "address_code"


def is_present(request: HttpRequest, user: User) -> bool:
    """Whether this web session proved itself by a code within the last ten minutes, at sign-in or since."""
    since = time.time() - PRESENCE_LASTS.total_seconds()
    records = get_authentication_records(request, user)
    return any(one.get("method") == "code" and one.get("at", 0) > since for one in records)


class AddressCode(AbstractCodeVerificationProcess):  # type: ignore[misc]
    """The code that one web session waits for. ``state["way"]`` is the address to change; empty: presence alone."""

    def __init__(self, request: HttpRequest, user: User, state: dict[str, Any]) -> None:
        self.request = request
        super().__init__(
            user=user,
            state=state,
            timeout=app_settings.LOGIN_BY_CODE_TIMEOUT,
            max_attempts=app_settings.LOGIN_BY_CODE_MAX_ATTEMPTS,
        )

    @classmethod
    def begin(
        cls, request: HttpRequest, user: User, address: Address, *, now: datetime, changes: bool, back: str = ""
    ) -> Self:
        """Send a code. ``changes``: the address is to be the account's; else it is, and proves presence.

        Raises TooManyCodes.
        """
        state = cls.initial_state(user=user, phone=address.phone or None, email=address.email or None)
        process = cls(request, user, {**state, "changes": changes, "back": back})
        process.send_counted(now)
        return process

    @classmethod
    def resume(cls, request: HttpRequest, user: User) -> Self | None:
        """The code that is waited for, None when there is none or its ten minutes are over."""
        state = request.session.get(KEPT_AS)
        found: Self | None = cls(request, user, state).abort_if_invalid() if state else None
        return found

    @property
    def address(self) -> Address:
        """Where the code went."""
        return Address(phone=self.state.get("phone", ""), email=self.state.get("email", ""))

    @property
    def changes(self) -> bool:
        """Whether the address becomes the account's."""
        return bool(self.state["changes"])

    @property
    def back(self) -> str:
        """Where to go on after presence."""
        return str(self.state["back"])

    @property
    def can_resend(self) -> bool:
        """Whether another code may be asked for."""
        return not self.is_resend_quota_reached(app_settings.LOGIN_BY_CODE_MAX_RESEND_COUNT)

    def resend(self, now: datetime) -> None:
        """Send another code; the one before is worth nothing any more. Raises TooManyCodes."""
        self.record_resend()
        self.send_counted(now)

    def send_counted(self, now: datetime) -> None:
        """Count the code against its limits, then send it."""
        addresses.count_code(user_id=self.user.pk, address=self.address, ip=client_ip(self.request), now=now)
        self.send()
        self.persist()

    def send(self) -> None:
        """One message either way: the code, or, to whose the address is, that somebody wanted it."""
        owner = addresses.owner_of(self.address, besides=self.user.pk) if self.changes else None
        adapter = get_adapter()
        self.state["code"] = ""
        if owner is not None:
            address_notices.tell_taken(owner=owner, address=self.address)
            return
        self.state["code"] = code = adapter.generate_login_code()
        if self.address.phone:
            adapter.send_verification_code_sms(user=self.user, phone=self.address.phone, code=code)
        else:
            adapter.send_mail("account/email/login_code", self.address.email, {"code": code})

    def persist(self) -> None:
        """Keep the state with the web session."""
        self.request.session[KEPT_AS] = self.state

    def abort(self) -> None:
        """Wait for no code any more."""
        self.request.session.pop(KEPT_AS, None)

    def finish(self, now: datetime) -> Change | None:
        """The right code was typed: the presence is proved, or the address changed. Raises AddressTaken."""
        self.abort()
        phone, email = self.address.phone or None, self.address.email or None
        record_authentication(self.request, self.user, method="code", phone=phone, email=email, reauthenticated=True)
        if not self.changes:
            return None
        return addresses.change(
            user_id=self.user.pk, address=self.address, session_key=self.request.session.session_key, now=now
        )

    @property
    def way(self) -> Way:
        """The kind of address."""
        return self.address.way
