"""Who holds which role here; giving and ending roles."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.services.signing_in import account_signed_in
from communities import policies
from communities.access import staff_page
from communities.actors import Actor
from communities.choices import Role
from communities.errors import NeverSignedIn
from communities.forms.people import GrantForm
from communities.models import RoleGrant
from communities.services import grants
from communities.views.buttons import press
from core import clock
from core.forms import attempt

NOBODY = 0


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def index(request: HttpRequest, actor: Actor) -> HttpResponseBase:
    """The live roles of the community and its street, and the form to give one."""
    giveable = [role for role in Role if policies.can_grant(actor, role, to_user_id=NOBODY)]
    form = GrantForm(
        request.POST or None, community=actor.community, roles=giveable, for_street=bool(actor.street_roles)
    )
    if request.method == "POST" and form.is_valid() and attempt(form, lambda: _given(actor, form)) is not None:
        messages.success(request, _("The role is given. They sign in anew to use it."))
        return redirect("communities:roles", actor.community.slug)
    rows = RoleGrant.objects.reaching(actor.community).select_related("user", "team", "street", "granted_by")
    listed = [
        (row, policies.can_grant(actor, Role(row.role), to_user_id=row.user_id, street_wide=row.street_id is not None))
        for row in rows.order_by("role", "granted_at")
    ]
    return render(request, "communities/roles.html", {"form": form, "rows": listed})


def _given(actor: Actor, form: GrantForm) -> RoleGrant:
    kept = form.cleaned_data
    user = account_signed_in(kept["login"])
    if user is None:
        raise NeverSignedIn
    return grants.grant(
        actor=actor,
        user=user,
        role=Role(kept["role"]),
        team_id=kept["team"].pk if kept["team"] else None,
        street_wide=kept.get("street_wide", False),
        now=clock.now(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff_page
def end(request: HttpRequest, actor: Actor, grant: int) -> HttpResponseBase:
    """Whose role, and what ending it means; confirmed, it has ended."""
    rows = RoleGrant.objects.reaching(actor.community).select_related("user", "team", "street")
    found = rows.filter(pk=grant).first()
    if found is None:
        raise Http404
    if request.method != "POST":
        street_wide = found.street_id is not None
        if not policies.can_grant(actor, Role(found.role), to_user_id=found.user_id, street_wide=street_wide):
            raise PermissionDenied
        return render(request, "communities/end_role.html", {"one": found})
    press(
        request,
        lambda: grants.end_grant(actor=actor, grant_id=grant, now=clock.now()),
        done=_("The role has ended."),
    )
    return redirect("communities:roles", actor.community.slug)
