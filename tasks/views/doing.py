"""What the views of tasks share: a keyed form done once, things that are not there, and what the page says after."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from accounts.services import form_keys
from communities.actors import Actor
from communities.models import Community
from core.errors import DomainError, NotAllowed
from core.forms import KeyedForm, refuse
from tasks.models import Shift


def done(
    request: HttpRequest, actor: Actor, form: KeyedForm, purpose: str, run: Callable[[], str]
) -> HttpResponseRedirect | None:
    """Run a valid form once and go where it leads; None when it was refused, with the refusal put into the form.

    404 for what is not of this community, 403 for what is known but not allowed.
    """
    if not form.is_valid():
        return None
    try:
        return redirect(form_keys.once(key=form.key, user_id=actor.user_id, purpose=purpose, run=run))
    except NotAllowed as error:
        raise PermissionDenied from error
    except DomainError as error:
        refuse(form, error)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    return None


def url_of(name: str, actor: Actor | Community, **kwargs: object) -> str:
    """The address of one of this app's pages in the actor's community."""
    community = actor.community if isinstance(actor, Actor) else actor
    return reverse(f"tasks:{name}", kwargs={"community": community.slug, **kwargs})


def task_url(actor: Actor | Community, shift: Shift) -> str:
    """A task's page at a date."""
    return f"{url_of('task', actor, task_id=shift.task_id)}?date={shift.pk}"
