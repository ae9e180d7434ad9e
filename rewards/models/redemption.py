"""A redemption, and the triggers that hold even when a service is gone round."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communities.models import Community, Resident
from core.ids import new_id
from rewards.choices import LIVE, RedemptionState, Via

REASON_LENGTH = 200
COLLECTOR_LENGTH = 40
MAX_QUANTITY = 99
CODE_DIGITS = 8
ENDED_STATE = "RW001"  # SQLSTATE: the step does not follow from the state it is in
OWN_STATE = "RW002"  # SQLSTATE: who decides benefits, or lives with who benefits

_LIVE = ", ".join(f"'{state.value}'" for state in LIVE)

KEEP_RESERVED = f"""
    IF TG_OP <> 'INSERT' AND OLD.state IN ({_LIVE}) THEN change := change - OLD.quantity; END IF;
    IF TG_OP <> 'DELETE' AND NEW.state IN ({_LIVE}) THEN change := change + NEW.quantity; END IF;
    IF change <> 0 THEN
      UPDATE rewards_reward SET reserved = reserved + change WHERE id = COALESCE(NEW.reward_id, OLD.reward_id);
    END IF;
    RETURN NULL;
"""  # noqa: S608  (constants above)

FOLLOW_STATES = f"""
    IF NEW.state <> OLD.state AND NOT (
         (OLD.state = 'requested' AND NEW.state IN ('ready', 'cancelled', 'refused', 'expired'))
      OR (OLD.state = 'ready' AND NEW.state IN ('collected', 'cancelled', 'expired'))) THEN
      RAISE EXCEPTION 'redemption % cannot go from % to %', OLD.id, OLD.state, NEW.state
        USING ERRCODE = '{ENDED_STATE}';
    END IF;
    RETURN NEW;
"""

# Approving, refusing nobody's own: the day of the request and the day of the decision both count.
NOT_OWN = f"""
    moment := COALESCE(NEW.collected_at, NEW.second_approved_at, NEW.approved_at);
    SELECT time_zone INTO zone FROM communities_community WHERE id = NEW.community_id;
    FOREACH decider IN ARRAY ARRAY[NEW.approved_by_id, NEW.second_approved_by_id, NEW.handed_over_by_id] LOOP
      IF decider IS NOT NULL AND (
           EXISTS (SELECT 1 FROM communities_resident WHERE id = NEW.resident_id AND user_id = decider)
        OR communities_same_household(decider, NEW.resident_id, (NEW.requested_at AT TIME ZONE zone)::date)
        OR communities_same_household(decider, NEW.resident_id, (moment AT TIME ZONE zone)::date)
      ) THEN
        RAISE EXCEPTION 'user % cannot decide redemption %', decider, NEW.id USING ERRCODE = '{OWN_STATE}';
      END IF;
    END LOOP;
    RETURN NEW;
"""  # noqa: S608  (constants above)


class RedemptionQuerySet(models.QuerySet["Redemption"]):
    """Filters that callers share."""

    def for_community(self, community: Community) -> RedemptionQuerySet:
        """The redemptions of one community."""
        return self.filter(community=community)

    def of(self, resident: Resident) -> RedemptionQuerySet:
        """What one resident asked for."""
        return self.filter(resident=resident)

    def lapsed(self, now: datetime) -> RedemptionQuerySet:
        """Requests that nobody decided in time."""
        return self.filter(state=RedemptionState.REQUESTED, lapses_at__lte=now)

    def overdue(self, now: datetime) -> RedemptionQuerySet:
        """Ready ones that nobody collected in time."""
        return self.filter(state=RedemptionState.READY, expires_at__lte=now)


class Redemption(models.Model):
    """Goods asked for by one resident. Amounts come from the server; the terms never change after the request."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("communities.Community", models.PROTECT, related_name="redemptions")
    reward = models.ForeignKey("rewards.Reward", models.PROTECT, related_name="redemptions")
    resident = models.ForeignKey("communities.Resident", models.PROTECT, related_name="redemptions")
    via = models.CharField(max_length=8, choices=Via, default=Via.SELF)
    quantity = models.PositiveSmallIntegerField()
    unit_price_coins = models.PositiveIntegerField()
    amount_coins = models.PositiveIntegerField()
    wallet = models.ForeignKey("ledger.Account", models.PROTECT, related_name="+")
    hold = models.OneToOneField("ledger.Hold", models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=RedemptionState, default=RedemptionState.REQUESTED)

    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    undo_until = models.DateTimeField()
    lapses_at = models.DateTimeField()

    approved_automatically = models.BooleanField(default=False)
    needs_two = models.BooleanField(default=False)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    second_approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    second_approved_at = models.DateTimeField(null=True)

    code = models.CharField(max_length=CODE_DIGITS, blank=True)
    qr_token = models.CharField(max_length=32, unique=True, null=True)  # noqa: DJ001  (unique)
    expires_at = models.DateTimeField(null=True)
    collector = models.CharField(_("who collects it"), max_length=COLLECTOR_LENGTH, blank=True)

    handed_over_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    collected_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)
    undone = models.BooleanField(default=False)
    reversal = models.OneToOneField("ledger.ReversalRequest", models.PROTECT, null=True, related_name="+")
    reversed_at = models.DateTimeField(null=True)

    objects = RedemptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("redemption")
        verbose_name_plural = _("redemptions")
        ordering = ["-requested_at", "-id"]
        indexes = [
            models.Index(fields=["resident", "-requested_at"], name="rewards_redemption_resident"),
            models.Index(fields=["community", "state", "requested_at"], name="rewards_redemption_queue"),
            models.Index(fields=["code"], name="rewards_redemption_code_seen", condition=~Q(code="")),
            models.Index(fields=["lapses_at"], name="rewards_redemption_lapses", condition=Q(state="requested")),
            models.Index(fields=["expires_at"], name="rewards_redemption_expires", condition=Q(state="ready")),
        ]
        constraints = [
            models.UniqueConstraint(name="rewards_redemption_code", fields=["code"], condition=Q(state="ready")),
            models.CheckConstraint(
                name="rewards_redemption_amount",
                condition=Q(quantity__gte=1, quantity__lte=MAX_QUANTITY, unit_price_coins__gte=1)
                & Q(amount_coins=F("quantity") * F("unit_price_coins")),
            ),
            models.CheckConstraint(
                name="rewards_redemption_approved",
                condition=~Q(state__in=["ready", "collected"])
                | (
                    ~Q(code="")
                    & Q(qr_token__isnull=False, expires_at__isnull=False)
                    & (
                        Q(approved_automatically=True, needs_two=False)
                        | Q(approved_by__isnull=False, needs_two=False)
                        | Q(approved_by__isnull=False, second_approved_by__isnull=False)
                    )
                ),
            ),
            models.CheckConstraint(
                name="rewards_redemption_two_people",
                condition=Q(second_approved_by=None)
                | (Q(approved_by__isnull=False) & ~Q(second_approved_by=F("approved_by"))),
            ),
            models.CheckConstraint(
                name="rewards_redemption_not_enterer",
                condition=Q(via=Via.COUNTER)
                | (
                    (Q(approved_by=None) | ~Q(approved_by=F("requested_by")))
                    & (Q(second_approved_by=None) | ~Q(second_approved_by=F("requested_by")))
                ),
            ),
            models.CheckConstraint(
                name="rewards_redemption_ended",
                condition=Q(state__in=["requested", "ready"], ended_at=None, collected_at=None)
                | Q(state="collected", ended_at__isnull=False, collected_at__isnull=False, handed_over_by__isnull=False)
                | Q(state__in=["cancelled", "refused", "expired"], ended_at__isnull=False, collected_at=None),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="keep_reserved",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state") | pgtrigger.Delete,
                declare=[("change", "integer := 0")],
                func=KEEP_RESERVED,
            ),
            pgtrigger.Trigger(
                name="follow_states", when=pgtrigger.Before, operation=pgtrigger.UpdateOf("state"), func=FOLLOW_STATES
            ),
            pgtrigger.Trigger(
                name="not_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert
                | pgtrigger.UpdateOf("approved_by_id", "second_approved_by_id", "handed_over_by_id"),
                declare=[("decider", "bigint"), ("zone", "text"), ("moment", "timestamptz")],
                func=NOT_OWN,
            ),
            pgtrigger.ReadOnly(
                name="keep_terms",
                fields=[
                    "community",
                    "reward",
                    "resident",
                    "via",
                    "quantity",
                    "unit_price_coins",
                    "amount_coins",
                    "wallet",
                    "hold",
                    "requested_by",
                    "requested_at",
                    "needs_two",
                ],
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.reward_id} × {self.quantity} {self.state}"

    @property
    def reference(self) -> str:
        """The ledger reference of the hold."""
        return f"redemption:{self.id}"

    @property
    def collect_reference(self) -> str:
        """The ledger reference of the entry made on hand-over."""
        return f"redemption:{self.id}:collect"

    @property
    def is_live(self) -> bool:
        """Whether it still reserves goods and holds coins."""
        return self.state in LIVE

    @property
    def spoken_code(self) -> str:
        """The code as it is read aloud: two groups of four."""
        return f"{self.code[:4]} {self.code[4:]}"

    def can_undo_at(self, now: datetime) -> bool:
        """Whether it can still be taken back as if it had not been."""
        return self.is_live and now < self.undo_until
