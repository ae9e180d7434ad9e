"""What a wallet still owes after a reversal, let go by two people: the community's fund pays it."""

from __future__ import annotations

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.columns import done_by
from communities.choices import WriteOffState
from communities.models.deciding import decided_by_another
from communities.models.places import Community
from core.ids import new_id

REASON_LENGTH = 200
OWN_DEBT_STATE = "CM003"  # SQLSTATE: who asks or confirms lives off the wallet
WRITE_OFF_DECIDED_STATE = "CM004"  # SQLSTATE: what was decided changes no more

NOT_OWN = f"""
    SELECT time_zone INTO zone FROM communities_community WHERE id = NEW.community_id;
    IF communities_lives_off(NEW.asked_by_id, NEW.wallet_id, (NEW.asked_at AT TIME ZONE zone)::date)
        OR (NEW.state = '{WriteOffState.CONFIRMED.value}'
            AND communities_lives_off(NEW.decided_by_id, NEW.wallet_id, (NEW.decided_at AT TIME ZONE zone)::date)) THEN
        RAISE EXCEPTION 'write-off % is asked or confirmed by who lives off the wallet', NEW.id
            USING ERRCODE = '{OWN_DEBT_STATE}';
    END IF;
    RETURN NEW;
"""  # noqa: S608  (constants above)

DECIDED_ONCE = f"""
    IF OLD.state <> '{WriteOffState.ASKED.value}' THEN
        RAISE EXCEPTION 'write-off % was decided', OLD.id USING ERRCODE = '{WRITE_OFF_DECIDED_STATE}';
    END IF;
    RETURN NEW;
"""


@pghistory.track()
class WriteOff(models.Model):
    """Asked for with a reason, decided by another manager. ``coins``: what was let go, at most ``asked_coins``."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="write_offs", verbose_name=_("community")
    )
    wallet = models.ForeignKey(
        "ledger.Account", on_delete=models.PROTECT, related_name="write_offs", verbose_name=_("wallet")
    )
    asked_coins = models.PositiveIntegerField(_("coins asked for"))
    coins = models.PositiveIntegerField(_("coins written off"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=REASON_LENGTH)
    state = models.CharField(_("state"), max_length=10, choices=WriteOffState, default=WriteOffState.ASKED)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("asked by")
    )
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = done_by(_("decided by"))
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    class Meta:
        verbose_name = _("write-off")
        verbose_name_plural = _("write-offs")
        constraints = [
            *decided_by_another("write_off", WriteOffState, wallet="wallet"),
            models.CheckConstraint(
                condition=Q(state=WriteOffState.CONFIRMED, coins__gt=0, coins__lte=F("asked_coins"))
                | (~Q(state=WriteOffState.CONFIRMED) & Q(coins__isnull=True)),
                name="write_off_confirmed_has_coins",
            ),
            models.CheckConstraint(condition=Q(asked_coins__gt=0), name="write_off_asks_for_coins"),
            models.CheckConstraint(condition=~Q(reason=""), name="write_off_says_why"),
        ]
        indexes = [models.Index(fields=["community", "-asked_at"], name="write_off_newest")]
        triggers = [
            pgtrigger.Trigger(
                name="write_off_not_own",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("state", "asked_by_id", "decided_by_id"),
                declare=[("zone", "text")],
                func=NOT_OWN,
            ),
            pgtrigger.Trigger(
                name="write_off_decided_once", when=pgtrigger.Before, operation=pgtrigger.Update, func=DECIDED_ONCE
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wallet_id} {self.pk}"

    @property
    def reference(self) -> str:
        """Under which its entry stands in the ledger."""
        return f"write-off:{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it waits for a second person."""
        return self.state == WriteOffState.ASKED
