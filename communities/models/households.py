"""Households, and who belonged to which one on which day."""

from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Func, Q
from django.utils.translation import gettext_lazy as _

from communities.models.people import Resident
from communities.models.places import Community
from core.ids import new_id


class DateSpan(Func):
    """``daterange(starts, ends)``: the end itself is outside."""

    function = "daterange"
    output_field = DateRangeField()


@pghistory.track()
class Household(models.Model):
    """People under one door. Where the community chose so, they hold one wallet together."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="households", verbose_name=_("community")
    )
    number = models.CharField(_("household number"), max_length=8)
    wallet = models.OneToOneField(
        "ledger.Account",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="household",
        verbose_name=_("wallet"),
    )
    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("household")
        verbose_name_plural = _("households")
        constraints = [
            models.UniqueConstraint(fields=["community", "number"], name="household_number_once_a_community")
        ]

    def __str__(self) -> str:
        return self.number


class MemberQuerySet(models.QuerySet["HouseholdMember"]):
    """Filters of memberships."""

    def on(self, day: date) -> MemberQuerySet:
        """Those that hold on a day; the day of leaving is the first that no longer does."""
        return self.filter(Q(ends_date__isnull=True) | Q(ends_date__gt=day), starts_date__lte=day)


@pghistory.track()
class HouseholdMember(models.Model):
    """A resident's time in a household: ``starts_date`` included, ``ends_date`` not."""

    household = models.ForeignKey(
        Household, on_delete=models.PROTECT, related_name="members", verbose_name=_("household")
    )
    resident = models.ForeignKey(
        Resident, on_delete=models.PROTECT, related_name="memberships", verbose_name=_("resident")
    )
    starts_date = models.DateField(_("from"))
    ends_date = models.DateField(_("until"), null=True, blank=True)
    entered_at = models.DateTimeField(_("entered at"), null=True, blank=True)  # null: with the first day
    may_spend = models.BooleanField(_("may spend"), default=True)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member of a household")
        verbose_name_plural = _("members of households")
        constraints = [
            ExclusionConstraint(
                name="one_household_at_a_time",
                expressions=[
                    ("resident", RangeOperators.EQUAL),
                    (DateSpan("starts_date", "ends_date"), RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=Q(ends_date__isnull=True) | Q(ends_date__gte=models.F("starts_date")),
                name="membership_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resident_id} {self.starts_date}"
