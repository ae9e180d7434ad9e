"""How allauth knows our people: phones and email on the user, codes through our senders, limits in PostgreSQL."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.utils.translation import gettext as _

from accounts.models import User
from core import clock, sms


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by a code to the phone or by email."""

    def get_phone(self, user: User) -> tuple[str, bool] | None:
        """The number, and whether its owner has proved it."""
        return (user.phone, user.phone_verified_at is not None) if user.phone else None

    def set_phone(self, user: User, phone: str, verified: bool) -> None:
        """Keep a number."""
        user.phone = phone
        user.phone_verified_at = clock.now() if verified else None
        user.save(update_fields=["phone", "phone_verified_at"])

    def set_phone_verified(self, user: User, phone: str) -> None:
        """Its owner typed the code."""
        self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Whose number it is."""
        return User.objects.filter(phone=phone).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: object) -> None:
        """The code, by text message."""
        sms.sender().send(sms.Sms(to=phone, text=_("%(code)s is your code.") % {"code": code}, purpose="code"))
