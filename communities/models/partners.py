"""Communities whose residents may send coins to each other, by the word of a manager of either."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext_lazy as _

from communities.choices import PartnershipState
from communities.models.places import Community
from core.ids import new_id

ENDED_STATE = "CM005"  # SQLSTATE: the step does not follow from the state it is in

FOLLOW_STATES = f"""
    IF NEW.state <> OLD.state AND NOT (
         (OLD.state = 'asked' AND NEW.state IN ('accepted', 'declined', 'ended'))
      OR (OLD.state = 'accepted' AND NEW.state = 'ended')) THEN
      RAISE EXCEPTION 'partnership % cannot go from % to %', OLD.id, OLD.state, NEW.state
        USING ERRCODE = '{ENDED_STATE}';
    END IF;
    RETURN NEW;
"""


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    """Filters of partnerships."""

    def touching(self, community: Community) -> PartnershipQuerySet:
        """Those that a community asked for or was asked for."""
        return self.filter(Q(community=community) | Q(partner=community))

    def live(self) -> PartnershipQuerySet:
        """Asked and accepted ones."""
        return self.filter(state__in=[PartnershipState.ASKED, PartnershipState.ACCEPTED])

    def accepted(self) -> PartnershipQuerySet:
        """Those between which coins may be sent now."""
        return self.filter(state=PartnershipState.ACCEPTED)


class Partnership(models.Model):
    """``community`` asked ``partner``. Ended, never deleted; what was sent stays in the clearing accounts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="partnerships_asked", verbose_name=_("community")
    )
    partner = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="partnerships_offered", verbose_name=_("partner community")
    )
    state = models.CharField(_("state"), max_length=8, choices=PartnershipState.choices, default=PartnershipState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided at"), null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("ended at"), null=True)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("partnership")
        verbose_name_plural = _("partnerships")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                Least("community", "partner"),
                Greatest("community", "partner"),
                condition=Q(state__in=["asked", "accepted"]),
                name="partners_once",
            ),
            models.CheckConstraint(condition=~Q(community=F("partner")), name="partners_are_two"),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="partnership_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at=None, ended_at=None)
                | Q(state="accepted", decided_at__isnull=False, decided_by__isnull=False, ended_at=None)
                | Q(state="declined", decided_at__isnull=False, decided_by__isnull=False, ended_at=None)
                | Q(state="ended", ended_at__isnull=False, ended_by__isnull=False),
                name="partnership_state",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="follow_states", when=pgtrigger.Before, operation=pgtrigger.UpdateOf("state"), func=FOLLOW_STATES
            ),
            pgtrigger.ReadOnly(name="keep_terms", fields=["community", "partner", "asked_by", "asked_at"]),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.community_id}–{self.partner_id} {self.state}"

    def other(self, community: Community) -> Community:
        """The partner as this community sees it."""
        return self.partner if self.community_id == community.pk else self.community
