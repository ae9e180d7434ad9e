"""Who signs in, and the two small tables that guard every form: one-time keys and counts of guesses."""

from __future__ import annotations

from typing import Any

import pghistory
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.choices import Language, TextSize
from core import phones


class UserManager(BaseUserManager["User"]):
    """Makes users; email addresses are kept in lower case."""

    def create_user(self, *, phone: str | None = None, email: str | None = None, **extra: Any) -> User:
        """A user who signs in by code: no password works for them. ``phone`` is E.164."""
        user = self.model(phone=phone or None, email=email.lower() if email else None, **extra)
        user.set_unusable_password()
        user.save(using=self._db)
        return user


@pghistory.track(
    fields=["phone", "email", "display_name", "is_active", "is_staff", "holds_role"],
    model_name="UserEvent",
)
class User(AbstractBaseUser):
    """A person who can sign in by a code to the phone or the email address. What they may do are role grants.

    ``is_staff`` opens /admin/ and ``holds_role`` shortens web sessions; both are kept by the role grants.
    Django's superuser does not exist here.
    """

    phone = models.CharField(_("phone"), max_length=16, null=True, blank=True, unique=True)
    phone_verified_at = models.DateTimeField(_("phone verified at"), null=True, blank=True)
    email = models.EmailField(_("email"), null=True, blank=True, unique=True)
    display_name = models.CharField(_("name shown"), max_length=60, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True, choices=Language.choices)
    text_size = models.CharField(_("text size"), max_length=10, blank=True, choices=TextSize.choices)
    is_active = models.BooleanField(_("may sign in"), default=True)
    is_staff = models.BooleanField(_("may open the admin pages"), default=False)
    code_asked_at = models.DateTimeField(_("last asked for a code"), null=True, blank=True)
    holds_role = models.BooleanField(_("works for a community"), default=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    is_superuser = False

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(phone__isnull=True) | models.Q(phone__regex=r"^\+[1-9][0-9]{6,14}$"),
                name="user_phone_is_e164",
            ),
            models.CheckConstraint(
                condition=models.Q(email__isnull=True) | models.Q(email=Lower("email")),
                name="user_email_is_lower_case",
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or f"#{self.pk}"

    @property
    def shown_name(self) -> str:
        """How colleagues see this person; a masked number or address where no name is known."""
        return self.display_name or (phones.masked(self.phone) if self.phone else f"#{self.pk}")

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """No permission rows exist: the admin asks the role grants instead."""
        return False

    def has_perms(self, perm_list: Any, obj: Any = None) -> bool:
        """As ``has_perm``."""
        return False

    def has_module_perms(self, app_label: str) -> bool:
        """Whether the admin shows an app's section; each model there asks the role grants again."""
        return self.is_active and self.is_staff


class FormKey(models.Model):
    """The one-time key of a form that was sent, and where its first sending led."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=40)
    purpose = models.CharField(max_length=40)
    result = models.TextField(null=True)  # noqa: DJ001  (null: still being done)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("form key")
        verbose_name_plural = _("form keys")
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="form_key_used_once")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.key}"


class GuessCount(models.Model):
    """How often something was tried in its window. ``key`` holds a digest, never a phone number or an address."""

    key = models.CharField(max_length=100, primary_key=True)
    window_started_at = models.DateTimeField(db_index=True)
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("count of guesses")
        verbose_name_plural = _("counts of guesses")

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
