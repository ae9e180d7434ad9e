"""What is taught, and when: a course and its lessons."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communities.models import Community
from core.ids import new_id
from core.typed import typed_plain

TITLE_LENGTH = 80
NOTE_LENGTH = 600
MAX_PLACES = 500


class CourseQuerySet(models.QuerySet["Course"]):
    """Filters that callers share."""

    def for_community(self, community: Community) -> CourseQuerySet:
        """The courses of one community."""
        return self.filter(community=community)


class Course(models.Model):
    """A class that a community offers. Price and places are what its new lessons begin with."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    community = models.ForeignKey("communities.Community", models.PROTECT, related_name="courses")
    title_zh = models.CharField(_("title in Chinese"), max_length=TITLE_LENGTH)
    title_en = models.CharField(_("title in English"), max_length=TITLE_LENGTH, blank=True)
    about = models.CharField(_("what it is about"), max_length=NOTE_LENGTH, blank=True)
    teacher = models.CharField(_("teacher"), max_length=TITLE_LENGTH, blank=True)
    place_zh = models.CharField(_("place in Chinese"), max_length=TITLE_LENGTH)
    place_en = models.CharField(_("place in English"), max_length=TITLE_LENGTH, blank=True)
    price_coins = models.PositiveIntegerField(_("price in coins"), default=0)
    places = models.PositiveSmallIntegerField(_("places"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    objects = CourseQuerySet.as_manager()

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        constraints = [
            models.CheckConstraint(name="bookings_course_places", condition=Q(places__gte=1, places__lte=MAX_PLACES)),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language, else in Chinese."""
        return typed_plain(self, "title")

    @property
    def place(self) -> str:
        """The place in the reader's language, else in Chinese."""
        return typed_plain(self, "place")


class LessonQuerySet(models.QuerySet["Lesson"]):
    """Filters that callers share."""

    def for_community(self, community: Community) -> LessonQuerySet:
        """The lessons of one community."""
        return self.filter(course__community=community)

    def upcoming(self, now: datetime) -> LessonQuerySet:
        """Not begun yet, in the order of time."""
        return self.filter(starts_at__gt=now).order_by("starts_at", "id")


class Lesson(models.Model):
    """One meeting of a course. `taken` is kept by the trigger on its bookings."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    course = models.ForeignKey(Course, models.PROTECT, related_name="lessons")
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    places = models.PositiveSmallIntegerField(_("places"))
    taken = models.PositiveSmallIntegerField(default=0, editable=False)
    price_coins = models.PositiveIntegerField(_("price in coins"))
    cancelled_at = models.DateTimeField(null=True, blank=True)
    cancelled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    cancel_reason = models.CharField(max_length=NOTE_LENGTH, blank=True)

    objects = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["starts_at"], name="bookings_lesson_starts")]
        constraints = [
            models.CheckConstraint(name="bookings_lesson_taken", condition=Q(taken__gte=0, taken__lte=F("places"))),
            models.CheckConstraint(name="bookings_lesson_span", condition=Q(ends_at__gt=F("starts_at"))),
            models.UniqueConstraint(
                name="bookings_lesson_once", fields=["course", "starts_at"], condition=Q(cancelled_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.starts_at.isoformat()}"

    @property
    def places_left(self) -> int:
        """Seats that are still free."""
        return self.places - self.taken

    @property
    def minutes(self) -> int:
        """How long the lesson is."""
        return int((self.ends_at - self.starts_at).total_seconds()) // 60
