"""Signing in and out, and what a person sets for themselves."""

from __future__ import annotations

from typing import Any

from allauth.account.stages import LoginStage
from allauth.account.views import ConfirmLoginCodeView, LoginView, LogoutView
from allauth.usersessions.views import ListUserSessionsView
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.choices import Language, TextSize
from accounts.clients import client_ip
from accounts.devices import device_name
from accounts.forms import LanguageForm, NameForm, TextSizeForm
from accounts.models import User
from accounts.services import personal, signing_in
from accounts.services.signing_in import Address
from core import clock, sms
from core.context_processors import text_size as size_of
from core.errors import DomainError

FIRST_PAGE = "/"


class SignIn(LoginView):  # type: ignore[misc]
    """Phone number or email address."""

    def _redirect_to_pending_stage(self, request: HttpRequest, stage: LoginStage) -> None:
        """Who mistyped the number comes back here and writes it again."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Whether text messages can be sent, and where the answer goes on to."""
        return {**super().get_context_data(**kwargs), "sms_on": sms.is_on(), "next": safe_next(self.request, "")}


class Register(SignIn):
    """The same door, with words for who is new."""

    template_name = "account/signup.html"


class ConfirmCode(ConfirmLoginCodeView):  # type: ignore[misc]
    """The six digits. Every guess counts against the account and the address, from wherever it comes."""

    def form_valid(self, form: forms.Form) -> HttpResponseBase:
        """Resend, or sign in."""
        if self._action == "resend":
            return self._resend(form)
        if refused := self._refusal():
            return refused
        signing_in.guessed_right(user_id=self._process.user.pk, ip=client_ip(self.request))
        answer: HttpResponseBase = super().form_valid(form)
        return answer

    def form_invalid(self, form: forms.Form) -> HttpResponseBase:
        """Wrong: counted here, and by the session's own five tries."""
        mistyped = form.has_error("code", "code_length") or form.has_error("code", "required")
        if mistyped:
            again: HttpResponseBase = self.render_to_response(self.get_context_data(form=form))
            return again
        if refused := self._refusal():
            return refused
        answer: HttpResponseBase = super().form_invalid(form)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Where the code went, under names that are not the community's own phone."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context["sent_to_phone"], context["sent_to_email"] = context.pop("phone"), context.pop("email")
        return context

    def _refusal(self) -> HttpResponse | None:
        try:
            signing_in.count_guess(user_id=self._process.user.pk, ip=client_ip(self.request), now=clock.now())
        except DomainError as error:
            return render(self.request, "account/too_many.html", {"error": error}, status=429)
        return None

    def _resend(self, form: forms.Form) -> HttpResponseBase:
        state = self._process.state
        address = Address(phone=state.get("phone", ""), email=state.get("email", ""))
        try:
            signing_in.count_code(address=address, ip=client_ip(self.request), now=clock.now())
        except DomainError as error:
            messages.error(self.request, str(error))
            return redirect(self.request.get_full_path())
        answer: HttpResponseBase = super().form_valid(form)
        return answer


class SignOut(LogoutView):  # type: ignore[misc]
    """One click on a button, or this page's."""


class Sessions(ListUserSessionsView):  # type: ignore[misc]
    """Where one is signed in; ending the others."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Each session with its device in words."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        for session in context["sessions"]:
            session.device = device_name(session.user_agent)
        return context


def safe_next(request: HttpRequest, otherwise: str = FIRST_PAGE) -> str:
    """Where ``next`` leads, if that is a page of ours."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if ours and asked.startswith("/") else otherwise


def _own(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


@require_http_methods(["GET", "HEAD", "POST"])
def language(request: HttpRequest) -> HttpResponseBase:
    """Chinese or English, for this browser and, signed in, for the account."""
    form = LanguageForm(request.POST or None, initial={"language": request.LANGUAGE_CODE})
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/language.html", {"form": form, "next": safe_next(request)})
    chosen = Language(form.cleaned_data["language"])
    personal.choose_language(user=_own(request), language=chosen)
    response = redirect(safe_next(request))
    personal.remember_language(response, chosen)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def text_size(request: HttpRequest) -> HttpResponseBase:
    """Standard, large or largest, for this browser and, signed in, for the account."""
    form = TextSizeForm(request.POST or None, initial={"size": size_of(request)})
    if request.method != "POST" or not form.is_valid():
        return render(request, "accounts/text_size.html", {"form": form, "next": safe_next(request)})
    chosen = TextSize(form.cleaned_data["size"])
    personal.choose_text_size(user=_own(request), size=chosen)
    response = redirect(safe_next(request))
    personal.remember_text_size(response, chosen)
    return response


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponseBase:
    """One's name, how one signs in, language, text size, sessions."""
    user = request.user
    form = NameForm(request.POST or None, initial={"display_name": user.display_name})  # type: ignore[union-attr]
    if request.method == "POST" and form.is_valid():
        personal.choose_name(user=user, name=form.cleaned_data["display_name"])  # type: ignore[arg-type]
        messages.success(request, _("Saved."))
        return redirect("accounts:settings")
    context = {"form": form, "size": TextSize(size_of(request)), "language": Language(request.LANGUAGE_CODE)}
    return render(request, "accounts/settings.html", context)
