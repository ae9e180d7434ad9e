"""A resident asks for help; staff make a task of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.ids import new_id
from tasks.choices import Category, HelpState
from tasks.models.task import Task

if TYPE_CHECKING:
    from communities.models import Community

FIRST_WANTED, LAST_WANTED = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


class HelpRequestQuerySet(models.QuerySet["HelpRequest"]):
    def for_community(self, community: Community) -> Self:
        """The requests of one community."""
        return self.filter(community=community)

    def waiting(self) -> Self:
        """Not answered yet, the oldest first."""
        return self.filter(state=HelpState.WAITING).order_by("created_at")


class HelpRequest(models.Model):
    """What is needed and when, in the resident's words, or "call me". `flags` names what staff should look at first."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("communities.Community", on_delete=models.PROTECT, related_name="help_requests")
    resident = models.ForeignKey("communities.Resident", on_delete=models.PROTECT, related_name="help_requests")
    category = models.CharField(_("kind"), max_length=16, choices=Category)
    wanted_at = models.DateTimeField(_("when"), null=True, blank=True)
    details = models.TextField(_("details"), max_length=500, blank=True)
    call_me = models.BooleanField(_("please call me"), default=False)
    offers_coins = models.PositiveIntegerField(_("coins offered"), null=True, blank=True)
    flags = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=HelpState, default=HelpState.WAITING)
    task = models.OneToOneField(Task, null=True, blank=True, on_delete=models.PROTECT, related_name="help_request")
    asked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(pgettext_lazy("help", "asked at"))
    handled_by = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    handled_at = models.DateTimeField(_("handled at"), null=True, blank=True)
    answer = models.CharField(_("answer to the resident"), max_length=200, blank=True)

    objects = HelpRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for help")
        verbose_name_plural = _("requests for help")
        indexes = [models.Index(fields=["community", "state", "created_at"], name="help_of_community")]
        constraints = [
            models.CheckConstraint(
                condition=Q(wanted_at__isnull=True) | Q(wanted_at__gte=FIRST_WANTED, wanted_at__lt=LAST_WANTED),
                name="help_wanted_in_our_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_category_display()} {self.created_at:%Y-%m-%d}"
