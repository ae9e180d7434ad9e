"""Hours given, on their way from a resident's word to coins, and the story of each record."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, IntegerField, Q
from django.utils.translation import gettext_lazy as _

from accounts.columns import done_by
from core.ids import new_id
from tasks.choices.hours import ALLOWED_IN_BULK, LIVE, MAX_MINUTES, HourState, HourStep
from tasks.models import hours_sql

if TYPE_CHECKING:
    from communities.models import Community

REASON_LENGTH = 200
CREDITED = (HourState.VERIFIED, HourState.REVERSED)
DECIDED = (HourState.RETURNED, HourState.VERIFIED, HourState.REFUSED, HourState.REVERSED)


class HourRecordQuerySet(models.QuerySet["HourRecord"]):
    def for_community(self, community: Community) -> Self:
        """The records of one community."""
        return self.filter(community=community)

    def live(self) -> Self:
        """Those that count as somebody's time: submitted, returned or verified."""
        return self.filter(state__in=LIVE)

    def to_verify(self) -> Self:
        """Those that wait for a verifier, the oldest service first."""
        return self.filter(state=HourState.SUBMITTED).order_by("service_date", "starts_at", "id")

    def credited(self) -> Self:
        """Those verified and not reversed: the hours that are certified."""
        return self.filter(state=HourState.VERIFIED)

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> Self:
        """Those that share a moment with a span; its end is outside."""
        return self.filter(starts_at__lt=ends_at, ends_at__gt=starts_at)


class ElapsedMinutes(Func):
    """``ends_at - starts_at`` down to whole minutes."""

    template = "floor(extract(epoch FROM (%(expressions)s)) / 60)"
    arg_joiner = " - "
    output_field = IntegerField()


class TimeSpan(Func):
    """``tstzrange(starts_at, ends_at)``: the end itself is outside."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class HourRecord(models.Model):
    """A span of service by one resident. `service_date` is the day it began in the community's zone.

    `paid_minutes` (what counts towards the earning caps), `coins_earned`, `rule` and `wallet` are set once, on
    verification. The titles are the task's on the day of logging: a later change of the task rewrites no passbook.
    A reference has an index only where something is read by it: each one slows a bulk verification.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey(
        "communities.Community", on_delete=models.PROTECT, db_index=False, related_name="hour_records"
    )
    resident = models.ForeignKey(
        "communities.Resident", on_delete=models.PROTECT, db_index=False, related_name="hour_records"
    )
    task = models.ForeignKey("tasks.Task", on_delete=models.PROTECT, related_name="hour_records")
    shift = models.ForeignKey(
        "tasks.Shift", null=True, blank=True, on_delete=models.PROTECT, related_name="hour_records"
    )
    sign_up = models.ForeignKey(
        "tasks.SignUp", null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="hour_records"
    )
    title_zh = models.CharField(_("item in Chinese"), max_length=80, blank=True)
    title_en = models.CharField(_("item in English"), max_length=80, blank=True)
    service_date = models.DateField(_("day of service"))
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    witness = models.CharField(_("who saw it"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    flags = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=HourState, default=HourState.SUBMITTED)

    entered_by = models.ForeignKey(
        "accounts.User", on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("logged by")
    )
    submitted_at = models.DateTimeField(_("sent at"))
    first_approved_by = done_by(_("approved first by"), db_index=False)
    first_approved_at = models.DateTimeField(_("approved first at"), null=True, blank=True)
    decided_by = done_by(_("decided by"), db_index=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)
    refused_by = done_by(_("refused before by"), db_index=False)
    appealed_at = models.DateTimeField(_("appealed at"), null=True, blank=True)

    rule = models.ForeignKey(
        "tasks.EarningRule", null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    paid_minutes = models.PositiveSmallIntegerField(_("minutes that earned"), null=True, blank=True)
    coins_earned = models.PositiveIntegerField(_("coins earned"), null=True, blank=True)
    wallet = models.ForeignKey(
        "ledger.Account", null=True, blank=True, on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    household = models.ForeignKey(
        "communities.Household",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        db_index=False,
        related_name="hour_records",
    )

    reversal_asked_by = done_by(_("reversal asked by"), db_index=False)
    reversal_asked_at = models.DateTimeField(_("reversal asked at"), null=True, blank=True)
    reversal_reason = models.CharField(_("reason of the reversal"), max_length=REASON_LENGTH, blank=True)
    reversed_by = done_by(_("reversed by"), db_index=False)
    reversed_at = models.DateTimeField(_("reversed at"), null=True, blank=True)

    objects = HourRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("hour record")
        verbose_name_plural = _("hour records")
        indexes = [
            models.Index(
                fields=["community", "service_date", "starts_at", "id"],
                condition=Q(state=HourState.SUBMITTED),
                name="hours_to_verify",
            ),
            models.Index(fields=["resident", "state", "-service_date"], name="hours_of_resident"),
            models.Index(
                fields=["community", "service_date"],
                condition=Q(state=HourState.VERIFIED),
                name="hours_of_community",
            ),
            models.Index(
                fields=["resident", "service_date"],
                condition=Q(state=HourState.VERIFIED),
                include=["paid_minutes"],
                name="hours_under_the_cap",
            ),
            models.Index(
                fields=["community", "reversal_asked_at"],
                condition=Q(state=HourState.VERIFIED, reversal_asked_at__isnull=False),
                name="hours_reversal_asked",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="hours_within_half_a_day", condition=Q(minutes__gt=0, minutes__lte=MAX_MINUTES)
            ),
            models.CheckConstraint(
                name="hours_minutes_are_elapsed",
                condition=Q(minutes=ElapsedMinutes("ends_at", "starts_at")),
            ),
            models.CheckConstraint(
                name="hours_decided_by_somebody",
                condition=Q(state__in=DECIDED, decided_by__isnull=False, decided_at__isnull=False)
                | Q(
                    state__in=(HourState.SUBMITTED, HourState.WITHDRAWN),
                    decided_by__isnull=True,
                    decided_at__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="hours_credited_whole",
                condition=Q(
                    state__in=CREDITED,
                    paid_minutes__isnull=False,
                    coins_earned__isnull=False,
                    wallet__isnull=False,
                    paid_minutes__lte=F("minutes"),
                )
                | (
                    ~Q(state__in=CREDITED)
                    & Q(
                        paid_minutes__isnull=True,
                        coins_earned__isnull=True,
                        wallet__isnull=True,
                        rule__isnull=True,
                        household__isnull=True,
                    )
                ),
            ),
            models.CheckConstraint(
                name="hours_reason_given",
                condition=~Q(state__in=(HourState.RETURNED, HourState.REFUSED)) | ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="hours_two_approvers_differ",
                condition=Q(first_approved_by__isnull=True)
                | Q(decided_by__isnull=True)
                | ~Q(first_approved_by=F("decided_by")),
            ),
            models.CheckConstraint(
                name="hours_appeal_to_another",
                condition=Q(refused_by__isnull=True)
                | (
                    (Q(decided_by__isnull=True) | ~Q(decided_by=F("refused_by")))
                    & (Q(first_approved_by__isnull=True) | ~Q(first_approved_by=F("refused_by")))
                ),
            ),
            models.CheckConstraint(
                name="hours_reversed_by_two",
                condition=Q(
                    state=HourState.REVERSED,
                    reversal_asked_by__isnull=False,
                    reversed_by__isnull=False,
                    reversed_at__isnull=False,
                )
                & ~Q(reversal_asked_by=F("reversed_by"))
                | Q(reversed_by__isnull=True, reversed_at__isnull=True) & ~Q(state=HourState.REVERSED),
            ),
            models.UniqueConstraint(name="hours_once_a_sign_up", fields=["sign_up"], condition=Q(state__in=LIVE)),
            ExclusionConstraint(
                name="hours_do_not_overlap",
                expressions=[
                    ("resident", RangeOperators.EQUAL),
                    (TimeSpan("starts_at", "ends_at"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=LIVE),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="hours_steps",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func=hours_sql.STEPS,
            ),
            pgtrigger.Trigger(
                name="hours_deciders",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                declare=hours_sql.DECIDERS_DECLARE,
                func=hours_sql.DECIDERS,
            ),
            pgtrigger.Protect(name="hours_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.title_zh or self.title_en} {self.service_date:%Y-%m-%d}"

    @property
    def reference(self) -> str:
        """The ledger's reference of the coins this record earned."""
        return f"hour-record:{self.pk}:verify"

    @property
    def is_clean(self) -> bool:
        """Whether it may be approved together with others."""
        return all(flag in ALLOWED_IN_BULK for flag in self.flags)

    @property
    def can_appeal(self) -> bool:
        """Refused, and for the first time."""
        return self.state == HourState.REFUSED and self.appealed_at is None


class HourEvent(models.Model):
    """A step of a record's story: who returned it and why, who appealed. Written once, never changed."""

    record = models.ForeignKey(HourRecord, on_delete=models.PROTECT, related_name="events")
    step = models.CharField(_("step"), max_length=18, choices=HourStep)
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+", verbose_name=_("by whom"))
    at = models.DateTimeField(_("when"))
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)

    class Meta:
        verbose_name = _("step of an hour record")
        verbose_name_plural = _("steps of hour records")
        ordering = ["at", "pk"]
        triggers = [
            pgtrigger.Protect(name="hour_events_kept", operation=pgtrigger.Update | pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.step}"
