"""Who comes, and who came: sign-ups in the order of claiming, and attendance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.columns import done_by
from core.ids import new_id
from tasks.choices import HOLDS_A_PLACE, LIVE, CheckInMethod, Decision, SignUpState
from tasks.models.task import Shift

if TYPE_CHECKING:
    from communities.models import Community

COMPANIONS_AT_MOST = 5
_HOLDING = ", ".join(f"'{state.value}'" for state in HOLDS_A_PLACE)


class SignUpQuerySet(models.QuerySet["SignUp"]):
    def for_community(self, community: Community) -> Self:
        """The sign-ups of one community."""
        return self.filter(shift__community=community)

    def live(self) -> Self:
        """Neither withdrawn nor declined nor called off."""
        return self.filter(state__in=LIVE)

    def waiting(self) -> Self:
        """The wait list, first come first."""
        return self.filter(state=SignUpState.WAITLISTED).order_by("line")


class SignUp(models.Model):
    """A resident's place in a shift or in its queue. `line` is the order of claiming, given under the shift's lock."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="sign_ups")
    resident = models.ForeignKey("communities.Resident", on_delete=models.PROTECT, related_name="sign_ups")
    line = models.PositiveIntegerField(_("order of claiming"))
    state = models.CharField(_("state"), max_length=12, choices=SignUpState)
    companions = models.PositiveSmallIntegerField(_("companions"), default=0)
    claimed_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("entered by")
    )
    created_at = models.DateTimeField(_("claimed at"))
    state_at = models.DateTimeField(_("state since"))
    state_by = models.ForeignKey(
        "accounts.User", null=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("state set by")
    )

    objects = SignUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign-up")
        verbose_name_plural = _("sign-ups")
        ordering = ["line"]
        indexes = [models.Index(fields=["resident", "state"], name="sign_up_of_resident")]
        constraints = [
            models.UniqueConstraint(fields=["shift", "line"], name="sign_up_line"),
            models.UniqueConstraint(fields=["shift", "resident"], condition=Q(state__in=LIVE), name="sign_up_once"),
            models.CheckConstraint(condition=Q(companions__lte=COMPANIONS_AT_MOST), name="sign_up_companions"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="shift_counts_taken",
                when=pgtrigger.After,
                operation=pgtrigger.Insert | pgtrigger.Delete | pgtrigger.UpdateOf("state", "companions", "shift_id"),
                declare=[("before_heads", "integer := 0"), ("after_heads", "integer := 0")],
                func=f"""
                    IF TG_OP <> 'INSERT' AND OLD.state IN ({_HOLDING}) THEN
                        before_heads := 1 + OLD.companions;
                    END IF;
                    IF TG_OP <> 'DELETE' AND NEW.state IN ({_HOLDING}) THEN
                        after_heads := 1 + NEW.companions;
                    END IF;
                    IF TG_OP = 'UPDATE' AND OLD.shift_id = NEW.shift_id THEN
                        IF before_heads <> after_heads THEN
                            UPDATE tasks_shift SET taken = taken + after_heads - before_heads WHERE id = NEW.shift_id;
                        END IF;
                        RETURN NULL;
                    END IF;
                    IF before_heads > 0 THEN
                        UPDATE tasks_shift SET taken = taken - before_heads WHERE id = OLD.shift_id;
                    END IF;
                    IF after_heads > 0 THEN
                        UPDATE tasks_shift SET taken = taken + after_heads WHERE id = NEW.shift_id;
                    END IF;
                    RETURN NULL;
                """,  # noqa: S608  (constants of this file)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.line}"

    @property
    def heads(self) -> int:
        """The resident and the companions: the places asked for."""
        return 1 + self.companions

    @property
    def is_live(self) -> bool:
        """Neither withdrawn nor declined nor called off."""
        return self.state in LIVE


class Attendance(models.Model):
    """Evidence of presence, and the leader's or staff's tick, which alone decides.

    `checked_in_from` is a keyed digest of the sender's address, kept to see several check-ins from one place at once.
    """

    sign_up = models.OneToOneField(SignUp, on_delete=models.PROTECT, related_name="attendance")
    checked_in_at = models.DateTimeField(_("checked in at"), null=True, blank=True)
    checked_out_at = models.DateTimeField(_("checked out at"), null=True, blank=True)
    method = models.CharField(_("how"), max_length=8, choices=CheckInMethod, blank=True)
    checked_in_from = models.CharField(max_length=32, blank=True, editable=False)
    burst = models.BooleanField(_("several at once from one address"), default=False)
    decision = models.CharField(_("tick"), max_length=8, choices=Decision, null=True, blank=True)  # noqa: DJ001  (null: no tick yet)
    decided_by = done_by(_("ticked by"), on_delete=models.SET_NULL)
    decided_at = models.DateTimeField(_("ticked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [
            models.CheckConstraint(
                name="attendance_out_after_in",
                condition=Q(checked_out_at__isnull=True)
                | Q(checked_in_at__isnull=False, checked_out_at__gte=models.F("checked_in_at")),
            ),
            models.CheckConstraint(
                name="attendance_decided",
                condition=Q(decision__isnull=True, decided_at__isnull=True)
                | Q(decision__isnull=False, decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.sign_up_id)
