"""How allauth knows our people: phone and email on the account, codes through our senders, sessions of two lengths."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.services import personal, sessions, signing_in
from core import clock, sms


def show_in_demonstration(code: str) -> None:
    """On a developer's machine nobody has the invented phone, so the page says the code. Off everywhere else."""
    if settings.DEMO_SHOWS_CODES:
        messages.info(allauth_context.request, _("Demonstration: the code is %(code)s.") % {"code": code})


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Sign-in by a code to the phone or by email. Limits are ours (``services.signing_in``), allauth's are off."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": signing_in.TooManyGuesses.message,
        "incorrect_code": gettext_lazy("This is not the code that we sent."),
    }

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
        if user.phone == phone and user.phone_verified_at is None:
            self.set_phone(user, phone, True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Whose number it is."""
        return User.objects.filter(phone=phone).first()

    def send_verification_code_sms(self, user: User, phone: str, code: str, **kwargs: object) -> None:
        """The code, by text message."""
        text = _("%(code)s is your time bank code. It is good for 10 minutes. Give it to nobody.") % {"code": code}
        sms.sender().send(sms.Sms(to=phone, text=text, purpose="code"))
        show_in_demonstration(code)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The code, by email."""
        super().send_mail(template_prefix, email, context)
        if "code" in context:
            show_in_demonstration(context["code"])

    def get_login_stages(self) -> list[str]:
        """The code alone: it proves the number or the address as well."""
        return ["allauth.account.stages.LoginByCodeStage"]

    def login(self, request: HttpRequest, user: User) -> None:
        """Begin a session of the length that this person's has."""
        super().login(request, user)
        sessions.begin(request=request, user=user)

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """The account's language and text size go with it."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        personal.meet(request=request, response=response, user=user)
        return response
