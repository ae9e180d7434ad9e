"""Coins that go from one household's wallet to another's when it splits, merges, or somebody dies."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.columns import done_by
from communities.choices import MoveKind, MoveState
from communities.models.deciding import decided_by_another
from communities.models.places import Community
from core.ids import new_id

REASON_LENGTH = 200
OWN_STATE = "CM001"  # SQLSTATE: who asks or confirms lives off one of the wallets
DECIDED_STATE = "CM002"  # SQLSTATE: what was decided changes no more

# The day of asking for who asks, the day of deciding for who confirms.
NOT_OWN = f"""
    SELECT time_zone INTO zone FROM communities_community WHERE id = NEW.community_id;
    FOR somebody, moment IN SELECT who, at FROM (VALUES
        (NEW.asked_by_id, NEW.asked_at), (NEW.decided_by_id, NEW.decided_at)) AS people (who, at)
        WHERE who IS NOT NULL AND NEW.state <> '{MoveState.DECLINED.value}'
    LOOP
        IF communities_lives_off(somebody, NEW.from_wallet_id, (moment AT TIME ZONE zone)::date)
            OR communities_lives_off(somebody, NEW.to_wallet_id, (moment AT TIME ZONE zone)::date) THEN
            RAISE EXCEPTION 'user % lives off a wallet of move %', somebody, NEW.id USING ERRCODE = '{OWN_STATE}';
        END IF;
    END LOOP;
    RETURN NEW;
"""  # noqa: S608  (constants above)

DECIDED_ONCE = f"""
    IF OLD.state <> '{MoveState.ASKED.value}' AND
       (NEW.state, NEW.kind, NEW.from_wallet_id, NEW.to_wallet_id, NEW.asked_coins, NEW.amount_coins, NEW.asked_by_id,
        NEW.decided_by_id) IS DISTINCT FROM
       (OLD.state, OLD.kind, OLD.from_wallet_id, OLD.to_wallet_id, OLD.asked_coins, OLD.amount_coins, OLD.asked_by_id,
        OLD.decided_by_id) THEN
        RAISE EXCEPTION 'move % was decided', OLD.id USING ERRCODE = '{DECIDED_STATE}';
    END IF;
    RETURN NEW;
"""


@pghistory.track()
class HouseholdMove(models.Model):
    """A move of coins. ``asked_coins`` is None for all that are free; ``amount_coins`` is what was moved."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="household_moves", verbose_name=_("community")
    )
    kind = models.CharField(_("why"), max_length=10, choices=MoveKind.choices)
    from_wallet = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, related_name="+", verbose_name=_("from the wallet")
    )
    to_wallet = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, related_name="+", verbose_name=_("to the wallet or fund")
    )
    asked_coins = models.PositiveIntegerField(_("coins asked for"), null=True, blank=True)
    amount_coins = models.PositiveIntegerField(_("coins moved"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH)
    state = models.CharField(_("state"), max_length=10, choices=MoveState.choices, default=MoveState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = done_by(_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    reversal = models.OneToOneField(
        "ledger.ReversalRequest",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reversal"),
    )
    reversed_at = models.DateTimeField(_("reversed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("move between wallets")
        verbose_name_plural = _("moves between wallets")
        constraints = [
            *decided_by_another("move", MoveState, wallet="from_wallet"),
            models.CheckConstraint(
                condition=Q(state=MoveState.CONFIRMED, amount_coins__gt=0)
                | (~Q(state=MoveState.CONFIRMED) & Q(amount_coins__isnull=True)),
                name="move_confirmed_has_coins",
            ),
            models.CheckConstraint(
                condition=Q(asked_coins__isnull=True) | Q(asked_coins__gt=0), name="move_asks_for_coins"
            ),
            models.CheckConstraint(condition=~Q(from_wallet=F("to_wallet")), name="move_to_another_wallet"),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True) | Q(state=MoveState.CONFIRMED, reversal__isnull=False),
                name="move_reversed_by_request",
            ),
        ]
        indexes = [models.Index(fields=["community", "-asked_at"], name="move_newest")]
        triggers = [
            pgtrigger.Trigger(
                name="move_not_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "asked_by_id", "decided_by_id"),
                declare=[("zone", "text"), ("somebody", "bigint"), ("moment", "timestamptz")],
                func=NOT_OWN,
            ),
            pgtrigger.Trigger(
                name="move_decided_once", when=pgtrigger.Before, operation=pgtrigger.Update, func=DECIDED_ONCE
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def reference(self) -> str:
        """Under which its entry stands in the ledger."""
        return f"household-move:{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for a second person."""
        return self.state == MoveState.ASKED
