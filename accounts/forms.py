"""What is asked of who signs in, and of who sets their language and text size."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.core.internal.httpkit import headed_redirect_response
from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.choices import Language, TextSize
from accounts.clients import client_ip
from accounts.services import signing_in
from accounts.services.signing_in import Address
from core import clock, phones, sms
from core.errors import DomainError
from core.forms import DigitsField, TypedTextField, refuse

CODE_DIGITS = 6
NO_SMS_THERE = _(
    "We send no text messages to that country. Please write a mobile number of mainland China or an email address."
)


def address_of(typed: str) -> Address:
    """A phone number or an email address from what was typed. Raises ValidationError with what to mend."""
    text = phones.half_width(typed).strip()
    if "@" in text:
        email = text.lower()
        validate_email(email)
        return Address(email=email)
    if not sms.is_on():
        raise ValidationError(_("Text messages are not set up here. Please write your email address."), code="no_sms")
    phone = phones.parse(text)
    if not sms.reaches(phone):
        raise ValidationError(NO_SMS_THERE, code="sms_country")
    return Address(phone=phone)


class SignInForm(LoginForm):  # type: ignore[misc]
    """A phone number or an email address; the code follows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"login": self._login_field()}

    def _login_field(self) -> forms.CharField:
        label = _("Mobile number or email address") if sms.is_on() else _("Email address")
        field = forms.CharField(label=label, max_length=254, widget=forms.TextInput(attrs={"autocomplete": "username"}))
        field.help_text = _("We send you a code of six digits. There is no password.")
        return field

    def clean_login(self) -> Address:
        """Where the code goes."""
        return address_of(self.cleaned_data["login"])

    def clean(self) -> dict[str, Any]:
        """Count the code against its limits."""
        cleaned = forms.Form.clean(self) or self.cleaned_data
        if address := cleaned.get("login"):
            try:
                signing_in.count_code(address=address, ip=client_ip(self.request), now=clock.now())
            except DomainError as error:
                refuse(self, error)
        return dict(cleaned)

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Send the code and go on to where it is typed."""
        address: Address = self.cleaned_data["login"]
        user = signing_in.account_asking(address=address, now=clock.now())
        LoginCodeVerificationProcess.initiate(
            request=request, user=user, phone=address.phone or None, email=address.email or None
        )
        query = {"next": redirect_url} if redirect_url else None
        answer: HttpResponse = headed_redirect_response("account_confirm_login_code", query=query)
        return answer


class CodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]
    """The code that was sent."""

    code = DigitsField(
        label=_("Code of six digits"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "class": "short"}),
        error_messages={"required": _("Write the six digits that we sent you.")},
    )

    def clean_code(self) -> str:
        """The right code, or a sentence that says what is wrong with this one."""
        typed: str = self.cleaned_data["code"]
        if not typed.isascii() or not typed.isdigit() or len(typed) != CODE_DIGITS:
            raise ValidationError(
                _("The code has six digits; you typed %(typed)d."), code="code_length", params={"typed": len(typed)}
            )
        try:
            return str(super().clean_code())
        except ValidationError:
            raise ValidationError(
                _("This is not the code that we sent. Look at the newest message, or ask for a new code."),
                code="incorrect_code",
            ) from None


class NextForm(forms.Form):
    """Where to go on afterwards; looked at by ``views.safe_next``."""

    next = TypedTextField(required=False, widget=forms.HiddenInput, max_length=500)


class LanguageForm(NextForm):
    """The language of every page."""

    language = forms.ChoiceField(label=_("Language"), choices=Language.choices, widget=forms.RadioSelect)


class TextSizeForm(NextForm):
    """The size of every letter."""

    size = forms.ChoiceField(label=_("Text size"), choices=TextSize.choices, widget=forms.RadioSelect)


class NameForm(forms.Form):
    """How the product greets its reader."""

    display_name = TypedTextField(label=_("What we call you"), max_length=60, required=False)
