"""A seat in a lesson, and the triggers that keep places and times honest."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from bookings.choices import SEATED, BookingState
from communities.models import Community, Resident
from core.ids import new_id

ENDED_STATE = "BK001"  # SQLSTATE: a seat that has ended stays ended

_SEATED = ", ".join(f"'{state.value}'" for state in SEATED)

KEEP_TAKEN = f"""
    IF TG_OP <> 'INSERT' AND OLD.state IN ({_SEATED}) THEN change := change - 1; END IF;
    IF TG_OP <> 'DELETE' AND NEW.state IN ({_SEATED}) THEN change := change + 1; END IF;
    IF change <> 0 THEN
      UPDATE bookings_lesson SET taken = taken + change WHERE id = COALESCE(NEW.lesson_id, OLD.lesson_id);
    END IF;
    RETURN NULL;
"""  # noqa: S608  (constants above)

COPY_TIMES = """
    SELECT starts_at, ends_at INTO NEW.starts_at, NEW.ends_at FROM bookings_lesson WHERE id = NEW.lesson_id;
    RETURN NEW;
"""

ENDS_ONCE = f"""
    IF OLD.state NOT IN ({_SEATED}) AND NEW.state <> OLD.state THEN
      RAISE EXCEPTION 'the seat % has ended as %', OLD.id, OLD.state USING ERRCODE = '{ENDED_STATE}';
    END IF;
    RETURN NEW;
"""


class TsTzRange(Func):
    """`tstzrange(starts, ends, bounds)`."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class BookingQuerySet(models.QuerySet["Booking"]):
    """Filters that callers share."""

    def for_community(self, community: Community) -> BookingQuerySet:
        """The seats in one community's lessons."""
        return self.filter(lesson__course__community=community)

    def seated(self) -> BookingQuerySet:
        """Seats that count as taken."""
        return self.filter(state__in=SEATED)

    def of(self, resident: Resident) -> BookingQuerySet:
        """One resident's seats."""
        return self.filter(resident=resident)

    def due(self, now: datetime) -> BookingQuerySet:
        """Seats whose coins are held and whose last moment to give them up has passed."""
        return self.filter(state__in=SEATED, hold__isnull=False, paid_at=None, cancel_until__lte=now)


class Booking(models.Model):
    """One resident's seat. `cancel_until` is promised when the seat is booked: then the held coins are paid.

    `starts_at` and `ends_at` are copied from the lesson by a trigger, so that two seats of a resident cannot overlap.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    lesson = models.ForeignKey("bookings.Lesson", models.PROTECT, related_name="bookings")
    resident = models.ForeignKey("communities.Resident", models.PROTECT, related_name="bookings")
    state = models.CharField(max_length=16, choices=BookingState, default=BookingState.CONFIRMED)
    price_coins = models.PositiveIntegerField()
    wallet = models.ForeignKey("ledger.Account", models.PROTECT, null=True, related_name="+")
    hold = models.OneToOneField("ledger.Hold", models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField(editable=False, null=True)
    ends_at = models.DateTimeField(editable=False, null=True)
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    booked_at = models.DateTimeField()
    cancel_until = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reversal = models.OneToOneField("ledger.ReversalRequest", models.PROTECT, null=True, related_name="+")
    reversed_at = models.DateTimeField(null=True)

    objects = BookingQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        ordering = ["starts_at", "id"]
        indexes = [
            models.Index(fields=["resident", "starts_at"], name="bookings_booking_resident"),
            models.Index(
                fields=["cancel_until"],
                name="bookings_booking_due",
                condition=Q(state__in=SEATED, paid_at=None, hold__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="bookings_booking_once", fields=["lesson", "resident"], condition=Q(state__in=SEATED)
            ),
            models.CheckConstraint(
                name="bookings_booking_priced",
                condition=Q(price_coins=0, hold=None, paid_at=None)
                | Q(price_coins__gt=0, hold__isnull=False, wallet__isnull=False),
            ),
            models.CheckConstraint(
                name="bookings_booking_ended",
                condition=Q(state__in=SEATED, ended_at=None) | (~Q(state__in=SEATED) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="bookings_booking_given_up",
                condition=~Q(state=BookingState.CANCELLED) | Q(paid_at=None),
            ),
            ExclusionConstraint(
                name="bookings_booking_overlap",
                expressions=[
                    ("resident", RangeOperators.EQUAL),
                    (TsTzRange(F("starts_at"), F("ends_at"), RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(state__in=SEATED),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(name="copy_times", when=pgtrigger.Before, operation=pgtrigger.Insert, func=COPY_TIMES),
            pgtrigger.Trigger(
                name="ends_once", when=pgtrigger.Before, operation=pgtrigger.UpdateOf("state"), func=ENDS_ONCE
            ),
            pgtrigger.Trigger(
                name="keep_taken",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state") | pgtrigger.Delete,
                func=KEEP_TAKEN,
                declare=[("change", "integer := 0")],
            ),
            pgtrigger.ReadOnly(
                name="keep_terms",
                fields=["lesson", "resident", "price_coins", "wallet", "hold", "starts_at", "ends_at"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id} {self.resident_id} {self.state}"

    @property
    def reference(self) -> str:
        """The ledger reference of the hold."""
        return f"booking:{self.id}"

    @property
    def pay_reference(self) -> str:
        """The ledger reference under which the held coins are paid."""
        return f"booking:{self.id}:pay"

    @property
    def is_seated(self) -> bool:
        """Whether the seat counts as taken."""
        return self.state in SEATED
