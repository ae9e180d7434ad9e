"""What is to be done, and when: a task and its shifts."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core.ids import new_id
from tasks.choices import Category, Earning, Funding, TaskState
from tasks.models.secrets import new_secret, new_word_code

if TYPE_CHECKING:
    from communities.models import Community

TITLE_LENGTH = 80
PLACES_AT_MOST = 500


class TaskQuerySet(models.QuerySet["Task"]):
    def for_community(self, community: Community) -> Self:
        """The tasks of one community."""
        return self.filter(community=community)


class Task(models.Model):
    """One piece of service, offered in one or more shifts.

    `private_note` and `private_address` are for the accepted helper and staff, until 24 hours after the shift;
    everything else may be read by the neighbours. A requester-funded task pays `price_coins` out of `funding_hold`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("communities.Community", on_delete=models.PROTECT, related_name="tasks")
    title_zh = models.CharField(_("title in Chinese"), max_length=TITLE_LENGTH, blank=True)
    title_en = models.CharField(_("title in English"), max_length=TITLE_LENGTH, blank=True)
    description = models.TextField(_("what is to be done"), max_length=1000, blank=True)
    private_note = models.TextField(_("private note"), max_length=500, blank=True)
    private_address = models.CharField(_("private address"), max_length=120, blank=True)
    landmark_zh = models.CharField(_("landmark in Chinese"), max_length=60, blank=True)
    landmark_en = models.CharField(_("landmark in English"), max_length=60, blank=True)
    area = models.CharField(_("area"), max_length=40, blank=True)
    category = models.CharField(_("kind"), max_length=16, choices=Category, default=Category.OTHER)
    team = models.ForeignKey(
        "communities.Team",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks",
        verbose_name=_("team"),
    )
    funding = models.CharField(_("who pays"), max_length=12, choices=Funding, default=Funding.COMMUNITY)
    requester = models.ForeignKey(
        "communities.Resident",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("who pays"),
    )
    funding_hold = models.OneToOneField(
        "ledger.Hold", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    price_coins = models.PositiveIntegerField(_("agreed price in coins"), null=True, blank=True)
    earning = models.CharField(_("coins"), max_length=12, choices=Earning, default=Earning.RULE)
    coins_per_task = models.PositiveIntegerField(_("coins for this task"), null=True, blank=True)
    home_visit = models.BooleanField(_("in somebody's home"), default=False)
    urgent = models.BooleanField(_("urgent"), default=False)
    by_phone = models.BooleanField(_("asked for by phone"), default=False)
    suits_elders = models.BooleanField(_("suits elders"), default=False)
    needs = models.CharField(_("what helpers need"), max_length=200, blank=True)
    risks = models.CharField(_("risks"), max_length=200, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=32, blank=True)
    beneficiary = models.ForeignKey(
        "communities.Resident",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="tasks_for",
        verbose_name=_("for whom"),
    )
    state = models.CharField(_("state"), max_length=12, choices=TaskState, default=TaskState.DRAFT)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [models.Index(fields=["community", "state", "-created_at"], name="task_of_community")]
        constraints = [
            models.CheckConstraint(
                name="task_funding",
                condition=Q(
                    funding=Funding.COMMUNITY,
                    requester__isnull=True,
                    price_coins__isnull=True,
                    funding_hold__isnull=True,
                )
                | Q(
                    funding=Funding.REQUESTER,
                    requester__isnull=False,
                    price_coins__isnull=False,
                    price_coins__gte=1,
                    earning=Earning.RULE,
                ),
            ),
            models.CheckConstraint(
                name="task_published_is_funded",
                condition=~Q(state=TaskState.PUBLISHED, funding=Funding.REQUESTER, funding_hold__isnull=True),
            ),
            models.CheckConstraint(
                name="task_earning",
                condition=Q(earning=Earning.RULE, coins_per_task__isnull=True)
                | Q(earning=Earning.PER_TASK, coins_per_task__isnull=False),
            ),
            models.CheckConstraint(name="task_has_title", condition=~Q(title_zh="", title_en="")),
        ]
        triggers = [
            # A shift carries its task's community and funding, so neither may change under it.
            pgtrigger.Trigger(
                name="task_keeps_funding",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("community_id", "funding"),
                condition=pgtrigger.Q(old__community__df=pgtrigger.F("new__community"))
                | pgtrigger.Q(old__funding__df=pgtrigger.F("new__funding")),
                func="""
                    IF EXISTS (SELECT FROM tasks_shift WHERE task_id = NEW.id) THEN
                        RAISE EXCEPTION 'a task with shifts keeps its community and its funding'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'task_keeps_funding';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return self.title_zh or self.title_en

    @property
    def is_published(self) -> bool:
        """Whether neighbours can see it."""
        return self.state == TaskState.PUBLISHED

    @property
    def is_requester_funded(self) -> bool:
        """Whether the neighbour who asked pays."""
        return self.funding == Funding.REQUESTER


class ShiftQuerySet(models.QuerySet["Shift"]):
    def for_community(self, community: Community) -> Self:
        """The shifts of one community."""
        return self.filter(community=community)

    def published(self) -> Self:
        """Of published tasks, the cancelled dates left out."""
        return self.filter(task__state=TaskState.PUBLISHED, cancelled_at__isnull=True)

    def open(self, now: datetime) -> Self:
        """Published and not yet begun."""
        return self.published().filter(starts_at__gt=now)


class Shift(models.Model):
    """One date of a task with its places. `taken` counts who signed up and their companions; a trigger keeps it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    task = models.ForeignKey(Task, on_delete=models.PROTECT, related_name="shifts")
    community = models.ForeignKey("communities.Community", on_delete=models.PROTECT, related_name="shifts")
    funding = models.CharField(max_length=12, choices=Funding, default=Funding.COMMUNITY, editable=False)
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    places = models.PositiveSmallIntegerField(_("places"), default=1)
    taken = models.PositiveSmallIntegerField(_("taken"), default=0, editable=False)
    word_code = models.CharField(_("code word"), max_length=12, default=new_word_code)
    check_in_secret = models.CharField(max_length=64, default=new_secret, editable=False)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        indexes = [
            models.Index(fields=["community", "starts_at"], name="shift_by_date"),
        ]
        constraints = [
            models.CheckConstraint(name="shift_places", condition=Q(taken__gte=0, taken__lte=F("places"))),
            models.CheckConstraint(name="shift_places_limit", condition=Q(places__gte=1, places__lte=PLACES_AT_MOST)),
            models.CheckConstraint(name="shift_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(name="shift_one_paid_place", condition=~Q(funding=Funding.REQUESTER) | Q(places=1)),
            models.UniqueConstraint(
                name="shift_one_paid_date",
                fields=["task"],
                condition=Q(funding=Funding.REQUESTER, cancelled_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="shift_copies_task",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("task_id", "community_id", "funding"),
                func="""
                    SELECT community_id, funding INTO NEW.community_id, NEW.funding
                    FROM tasks_task WHERE id = NEW.task_id;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"

    @property
    def places_left(self) -> int:
        """Free places; the wait list may still be before a newcomer."""
        return self.places - self.taken

    @property
    def minutes(self) -> int:
        """The planned length."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60

    def has_begun(self, now: datetime) -> bool:
        """Whether claiming is over."""
        return self.starts_at <= now

    def has_ended(self, now: datetime) -> bool:
        """Whether it is past."""
        return self.ends_at <= now
