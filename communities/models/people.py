"""A resident: a person as one community knows them, with or without a phone and an account to sign in."""

from __future__ import annotations

import secrets
from datetime import date

import pghistory
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.columns import done_by
from communities.choices import ADULT_AGE
from communities.models.places import Community
from core import names
from core.ids import new_id


def new_passbook_token() -> str:
    """The unguessable text in a printed passbook's QR code: 144 bits."""
    return secrets.token_urlsafe(18)


class ResidentQuerySet(models.QuerySet["Resident"]):
    """Filters of residents."""

    def for_community(self, community: Community) -> ResidentQuerySet:
        """Those of one community."""
        return self.filter(community=community)

    def living_here(self) -> ResidentQuerySet:
        """Those who have not left."""
        return self.filter(left_at__isnull=True)


@pghistory.track(exclude=["passbook_token"])
class Resident(models.Model):
    """One person in one community. ``phone`` is for staff to call; signing in is the account's."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="residents", verbose_name=_("community")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="residents",
        verbose_name=_("sign-in account"),
    )
    member_number = models.CharField(_("member number"), max_length=8)
    full_name = models.CharField(_("name"), max_length=60)
    surname = models.CharField(_("surname"), max_length=names.LONGEST_SURNAME)
    pinyin = models.CharField(_("pinyin"), max_length=names.LONGEST_KEY, blank=True)
    address_form = models.CharField(_("how neighbours call them"), max_length=20, blank=True)
    birth_date = models.DateField(_("birth date"))
    building = models.CharField(_("building"), max_length=60, blank=True)
    door = models.CharField(_("door"), max_length=30, blank=True)
    phone = models.CharField(_("phone"), max_length=16, null=True, blank=True)  # noqa: DJ001  (unknown is not empty)
    wallet = models.OneToOneField(
        "ledger.Account",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="resident",
        verbose_name=_("wallet"),
    )
    passbook_token = models.CharField(max_length=40, unique=True, default=new_passbook_token, editable=False)
    registered_at = models.DateTimeField(_("registered at"))
    registered_by = done_by(_("registered by"), on_delete=models.SET_NULL)
    consented_at = models.DateTimeField(_("consented at"))
    guardian_name = models.CharField(_("guardian's name"), max_length=60, blank=True)
    guardian_phone = models.CharField(_("guardian's phone"), max_length=16, blank=True)
    guardian_consent_at = models.DateTimeField(_("guardian consented at"), null=True, blank=True)
    residence_verified_at = models.DateTimeField(_("residence verified at"), null=True, blank=True)
    residence_verified_by = done_by(_("residence verified by"), on_delete=models.SET_NULL)
    home_visits_cleared_at = models.DateTimeField(_("cleared for home visits at"), null=True, blank=True)
    home_visits_cleared_by = done_by(_("cleared for home visits by"), on_delete=models.SET_NULL)
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    objects = ResidentQuerySet.as_manager()

    class Meta:
        verbose_name = _("resident")
        verbose_name_plural = _("residents")
        constraints = [
            models.UniqueConstraint(fields=["community", "member_number"], name="member_number_once_a_community"),
            models.UniqueConstraint(
                fields=["community", "user"],
                condition=models.Q(user__isnull=False, left_at__isnull=True),
                name="one_resident_an_account",
            ),
            models.CheckConstraint(
                condition=models.Q(home_visits_cleared_at__isnull=True) | models.Q(residence_verified_at__isnull=False),
                name="home_visits_need_verified_residence",
            ),
            models.CheckConstraint(
                condition=models.Q(guardian_consent_at__isnull=True) | ~models.Q(guardian_name=""),
                name="guardian_consent_names_guardian",
            ),
        ]
        indexes = [
            models.Index(fields=["community", "left_at", "member_number"], name="resident_list"),
            models.Index(fields=["phone"], name="resident_by_phone"),
            models.Index(
                fields=["community", "member_number"],
                condition=models.Q(left_at__isnull=True, residence_verified_at__isnull=True),
                name="resident_to_verify",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_name} {self.member_number}"

    @property
    def public_name(self) -> str:
        """How neighbours see them: the form of address they chose, or 张**."""
        return self.address_form or names.masked(self.surname)

    @property
    def is_verified(self) -> bool:
        """Whether staff have seen that they live here."""
        return self.residence_verified_at is not None

    def age_on(self, day: date) -> int:
        """Completed years of life on a day."""
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday

    def is_minor_on(self, day: date) -> bool:
        """Whether they are under 18 on a day."""
        return self.age_on(day) < ADULT_AGE
