"""What the views share: a form's work is done once, and a refusal is said in the form."""

from __future__ import annotations

from collections.abc import Callable

from accounts.services.form_keys import once
from communities.actors import Actor
from core.errors import DomainError
from core.forms import KeyedForm, refuse


def run_once(form: KeyedForm, actor: Actor, purpose: str, run: Callable[[], str]) -> str | None:
    """The address that the form's first sending led to, or None when the service refused: the form says why."""
    try:
        return once(key=form.key, user_id=actor.user_id, purpose=purpose, run=run)
    except DomainError as error:
        refuse(form, error)
        return None
