"""A transfer of coins from a resident here to one in a partner community, and the guards that hold from psql too."""

from __future__ import annotations

from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communities.models import Community, Resident
from core.ids import new_id
from transfers.choices import TransferState, Via

REASON_LENGTH = 200
MOST_COINS = 1_000_000
ENDED_STATE = "TF001"  # SQLSTATE: the step does not follow from the state it is in
OWN_STATE = "TF002"  # SQLSTATE: who decides gains or gives, or lives with who does

FOLLOW_STATES = f"""
    IF NEW.state <> OLD.state AND OLD.state <> 'requested' THEN
      RAISE EXCEPTION 'transfer % cannot go from % to %', OLD.id, OLD.state, NEW.state
        USING ERRCODE = '{ENDED_STATE}';
    END IF;
    RETURN NEW;
"""

# Staff who enter or approve it: on the day of asking and on the day of the decision, of neither household.
NOT_OWN = f"""
    SELECT time_zone INTO zone FROM communities_community WHERE id = NEW.community_id;
    moment := coalesce(NEW.approved_at, NEW.asked_at);
    FOREACH decider IN ARRAY ARRAY[CASE WHEN NEW.via = 'staff' THEN NEW.asked_by_id END, NEW.approved_by_id] LOOP
      FOREACH party IN ARRAY ARRAY[NEW.resident_id, NEW.payee_id] LOOP
        IF decider IS NOT NULL AND (
             communities_same_household(decider, party, (NEW.asked_at AT TIME ZONE zone)::date)
          OR communities_same_household(decider, party, (moment AT TIME ZONE zone)::date)
        ) THEN
          RAISE EXCEPTION 'user % cannot decide transfer %', decider, NEW.id USING ERRCODE = '{OWN_STATE}';
        END IF;
      END LOOP;
    END LOOP;
    RETURN NEW;
"""  # noqa: S608  (constants above)


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Filters that callers share."""

    def sent_from(self, community: Community) -> TransferQuerySet:
        """Those whose payer lives there."""
        return self.filter(community=community)

    def received_in(self, community: Community) -> TransferQuerySet:
        """Those that came to somebody there."""
        return self.filter(partner=community, state=TransferState.SENT)

    def of(self, resident: Resident) -> TransferQuerySet:
        """What a resident sent, asked to send, or received."""
        return self.filter(Q(resident=resident) | Q(payee=resident, state=TransferState.SENT))

    def lapsed(self, now: datetime) -> TransferQuerySet:
        """Requests that nobody decided in time."""
        return self.filter(state=TransferState.REQUESTED, lapses_at__lte=now)


class Transfer(models.Model):
    """``resident`` of ``community`` pays, ``payee`` of ``partner`` receives. The terms never change.

    Above the community's limit the coins are held until a second person approves.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("communities.Community", models.PROTECT, related_name="transfers_sent")
    partner = models.ForeignKey("communities.Community", models.PROTECT, related_name="transfers_received")
    resident = models.ForeignKey("communities.Resident", models.PROTECT, related_name="transfers_sent")
    payee = models.ForeignKey("communities.Resident", models.PROTECT, related_name="transfers_received")
    wallet = models.ForeignKey("ledger.Account", models.PROTECT, related_name="+")
    payee_wallet = models.ForeignKey("ledger.Account", models.PROTECT, related_name="+")
    amount_coins = models.PositiveIntegerField()
    via = models.CharField(max_length=8, choices=Via.choices, default=Via.SELF)
    state = models.CharField(max_length=10, choices=TransferState.choices, default=TransferState.REQUESTED)
    hold = models.OneToOneField("ledger.Hold", models.PROTECT, null=True, related_name="+")

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    lapses_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH, blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        ordering = ["-asked_at", "-id"]
        indexes = [
            models.Index(fields=["resident", "-asked_at"], name="transfers_of_payer"),
            models.Index(fields=["payee", "-asked_at"], name="transfers_of_payee"),
            models.Index(fields=["community", "state", "-asked_at"], name="transfers_queue"),
            models.Index(fields=["partner", "state", "-asked_at"], name="transfers_arrived"),
            models.Index(fields=["lapses_at"], condition=Q(state="requested"), name="transfers_lapse"),
        ]
        constraints = [
            models.CheckConstraint(
                name="transfer_amount", condition=Q(amount_coins__gte=1, amount_coins__lte=MOST_COINS)
            ),
            models.CheckConstraint(name="transfer_between_two", condition=~Q(community=F("partner"))),
            models.CheckConstraint(
                name="transfer_two_people", condition=Q(approved_by=None) | ~Q(approved_by=F("asked_by"))
            ),
            # What waits holds its coins; what was held is sent by a second person's word alone.
            models.CheckConstraint(
                name="transfer_held",
                condition=Q(hold=None, state="sent", approved_by=None)
                | (Q(hold__isnull=False, lapses_at__isnull=False) & (~Q(state="sent") | Q(approved_by__isnull=False))),
            ),
            models.CheckConstraint(
                name="transfer_state",
                condition=Q(state="requested", sent_at=None, ended_at=None)
                | Q(state="sent", sent_at__isnull=False, ended_at=None)
                | Q(state__in=["refused", "cancelled", "expired"], sent_at=None, ended_at__isnull=False),
            ),
            models.CheckConstraint(name="transfer_refused_why", condition=~Q(state="refused") | ~Q(reason="")),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="follow_states", when=pgtrigger.Before, operation=pgtrigger.UpdateOf("state"), func=FOLLOW_STATES
            ),
            pgtrigger.Trigger(
                name="not_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("approved_by_id"),
                declare=[("decider", "bigint"), ("party", "uuid"), ("zone", "text"), ("moment", "timestamptz")],
                func=NOT_OWN,
            ),
            pgtrigger.ReadOnly(
                name="keep_terms",
                fields=[
                    "community",
                    "partner",
                    "resident",
                    "payee",
                    "wallet",
                    "payee_wallet",
                    "amount_coins",
                    "via",
                    "hold",
                    "asked_by",
                    "asked_at",
                ],
            ),
            pgtrigger.Protect(name="kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.amount_coins} {self.state}"

    @property
    def hold_reference(self) -> str:
        """The ledger reference of the hold."""
        return f"transfer:{self.id}"

    @property
    def reference(self) -> str:
        """The ledger reference of both halves."""
        return f"transfer:{self.id}:send"

    @property
    def is_waiting(self) -> bool:
        """Whether its coins are held for a second person's word."""
        return self.state == TransferState.REQUESTED
