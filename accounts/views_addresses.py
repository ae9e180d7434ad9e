"""The pages on which a person changes how they sign in: who are you, the new address, its code; or one address less."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.choices import Way
from accounts.clients import client_ip
from accounts.forms import CodeForm
from accounts.forms_addresses import FORMS, ProofForm
from accounts.models import User
from accounts.services import addresses, signing_in
from accounts.services.address_codes import AddressCode, is_present
from accounts.services.addresses import Change
from accounts.views import safe_next
from core import clock, sms
from core.errors import DomainError
from core.forms import attempt

P = ParamSpec("P")
UserView = Callable[Concatenate[HttpRequest, User, P], HttpResponseBase]
SETTINGS = "accounts:settings"
CHANGE = {Way.PHONE: "accounts:change_phone", Way.EMAIL: "accounts:change_email"}


def own_page(view: UserView[P]) -> Callable[..., HttpResponseBase]:
    """A page of who is signed in, never kept by the browser."""

    @never_cache
    @login_required
    @require_http_methods(["GET", "HEAD", "POST"])
    @functools.wraps(view)
    def page(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, request.user, *args, **kwargs)  # type: ignore[arg-type]

    return page


def proved_page(view: UserView[P]) -> Callable[..., HttpResponseBase]:
    """As ``own_page``, for who proved by a code within ten minutes that it is them; else it asks for one first."""

    def page(request: HttpRequest, user: User, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not is_present(request, user):
            return _ask_proof(request, ProofForm(ways=addresses.ways(user)), back=request.path)
        return view(request, user, *args, **kwargs)

    functools.update_wrapper(page, view)
    return own_page(page)


def _ask_proof(request: HttpRequest, form: ProofForm, *, back: str) -> HttpResponseBase:
    return render(request, "accounts/prove.html", {"form": form, "next": back})


@own_page
def prove(request: HttpRequest, user: User) -> HttpResponseBase:
    """Send a code to one's own number or address."""
    back = safe_next(request, reverse(SETTINGS))
    form = ProofForm(request.POST or None, ways=addresses.ways(user))
    if request.method == "POST" and form.is_valid():
        begun = attempt(form, lambda: _begin(request, user, form.address, changes=False, back=back))
        if begun is not None:
            return redirect("accounts:address_code")
    return _ask_proof(request, form, back=back)


@proved_page
def change(request: HttpRequest, user: User, way: str) -> HttpResponseBase:
    """The new number or address."""
    current = user.phone if way == Way.PHONE else user.email
    form = FORMS[Way(way)](request.POST or None, current=current)
    if request.method == "POST" and form.is_valid():
        address = form.cleaned_data["address"]
        if attempt(form, lambda: _begin(request, user, address, changes=True)) is not None:
            return redirect("accounts:address_code")
    others = [one for one in addresses.ways(user) if one.way != way]
    context = {"form": form, "way": way, "current": current, "others": others, "sms_on": sms.is_on()}
    return render(request, "accounts/change_address.html", context)


@proved_page
def remove(request: HttpRequest, user: User, way: str) -> HttpResponseBase:
    """Sign in with the other one alone."""
    current = user.phone if way == Way.PHONE else user.email
    if current is None:
        return redirect(SETTINGS)
    if request.method == "POST":
        return _removed(request, user, Way(way))
    others = [one for one in addresses.ways(user) if one.way != way]
    return render(request, "accounts/remove_address.html", {"way": way, "current": current, "others": others})


def _removed(request: HttpRequest, user: User, way: Way) -> HttpResponseBase:
    try:
        addresses.remove(user_id=user.pk, way=way, session_key=request.session.session_key)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Removed. You sign in with the other one from now on."))
    return redirect(SETTINGS)


@own_page
def code(request: HttpRequest, user: User) -> HttpResponseBase:
    """The six digits. Every guess counts against the account and the network address, as at the sign-in."""
    process = AddressCode.resume(request, user)
    if process is None:
        return redirect(SETTINGS)  # the code was used or is too old; the settings say what holds now
    if request.POST.get("action") == "resend":
        return _resend(request, process)
    form = CodeForm(request.POST or None, code=process.code)
    if request.method == "POST" and not _is_mistyped(form):
        return _guessed(request, user, process, form)
    return _code_page(request, process, form)


def _is_mistyped(form: CodeForm) -> bool:
    return not form.is_valid() and (form.has_error("code", "code_length") or form.has_error("code", "required"))


def _guessed(request: HttpRequest, user: User, process: AddressCode, form: CodeForm) -> HttpResponseBase:
    ip = client_ip(request)
    try:
        signing_in.count_guess(user_id=user.pk, ip=ip, now=clock.now())
    except DomainError as error:
        return render(request, "account/too_many.html", {"error": error}, status=429)
    if form.is_valid():
        signing_in.guessed_right(user_id=user.pk, ip=ip)
        return _finish(request, process)
    if process.record_invalid_attempt():
        return _code_page(request, process, form)
    messages.error(request, str(signing_in.TooManyGuesses.message))
    return redirect(SETTINGS)


def _finish(request: HttpRequest, process: AddressCode) -> HttpResponseBase:
    try:
        changed = process.finish(clock.now())
    except DomainError as error:
        messages.error(request, str(error))
        return redirect(SETTINGS)
    if not process.changes:
        return redirect(process.back)
    messages.success(request, _said(changed, process.way))
    return redirect(SETTINGS)


def _said(changed: Change | None, way: Way) -> str:
    if changed is None:
        return _("Saved.")
    if way == Way.EMAIL:
        return _("Saved. You can sign in with this address from now on. Your other devices have been signed out.")
    return _(
        "Saved. You can sign in with this number from now on. Your other devices have been signed out. "
        "Tell the office too, so that they can call you."
    )


def _resend(request: HttpRequest, process: AddressCode) -> HttpResponseBase:
    try:
        if not process.can_resend:
            raise signing_in.TooManyCodes
        process.resend(clock.now())
        messages.info(request, _("Another code is on its way. The one before is not good any more."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("accounts:address_code")


def _begin(request: HttpRequest, user: User, address: signing_in.Address, **terms: Any) -> AddressCode:
    return AddressCode.begin(request, user, address, now=clock.now(), **terms)


def _code_page(request: HttpRequest, process: AddressCode, form: CodeForm) -> HttpResponseBase:
    return render(
        request,
        "accounts/address_code.html",
        {
            "form": form,
            "sent_to_phone": process.address.phone,
            "sent_to_email": process.address.email,
            "changes": process.changes,
            "can_resend": process.can_resend,
            "back": reverse(CHANGE[process.way]) if process.changes else process.back,
        },
    )
