"""What is said about a changed number or address: to the old one, to the others, and to whose it is already.

These go where the account no longer leads, so they leave at once and not through the outbox. A notice that cannot be
sent is logged and holds nothing up.
"""

from __future__ import annotations

import logging

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services.signing_in import Address
from core import sms

logger = logging.getLogger(__name__)

GONE = _(
    "Time bank: this number no longer signs in to your account, since that was changed just now. "
    "If it was not you, call your community's office at once."
)
CHANGED = _("Time bank: how you sign in was changed just now. If it was not you, call your community's office at once.")
TAKEN = _(
    "Time bank: somebody wanted to use this number for another account. Nothing has changed, and you need do nothing."
)


def tell_gone(*, user: User, address: Address) -> None:
    """The address that signs in no longer."""
    _try(user, address, GONE, "account/email/address_gone")


def tell_changed(*, user: User, address: Address) -> None:
    """An address that still signs in, of a change to another."""
    _try(user, address, CHANGED, "account/email/address_changed")


def tell_taken(*, owner: User, address: Address) -> None:
    """Whose the address is, instead of a code. Raises as sending a code does, so that both fail alike."""
    _send(owner, address, TAKEN, "account/email/address_taken")


def _try(user: User, address: Address, text: Promise, template: str) -> None:
    try:
        _send(user, address, text, template)
    except Exception:
        logger.exception("a notice to an address of user %s could not be sent", user.pk)


def _send(user: User, address: Address, text: Promise, template: str) -> None:
    with translation.override(user.language or settings.LANGUAGE_CODE):
        if not address.phone:
            get_adapter().send_mail(template, address.email, {})
        elif sms.is_on():
            sms.sender().send(sms.Sms(to=address.phone, text=str(text)))
