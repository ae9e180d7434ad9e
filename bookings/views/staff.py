"""The staff's pages of courses: plan, book for somebody, tick who came, cancel, confirm refunds."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.services.form_keys import once
from bookings import selectors
from bookings.forms import CancelLessonForm, CourseForm, FindForm, LessonsForm, SeatForm
from bookings.models import Course, Lesson
from bookings.services import attendance, lessons, seats
from communities.access import manager_page, staff_page
from communities.actors import Actor
from communities.models import Resident
from communities.selectors import find_residents
from core import clock
from core.errors import DomainError
from core.forms import KeyedForm, refuse

RESIDENTS_SHOWN = 12


@staff_page
@require_safe
def staff_lessons(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The courses with their lessons."""
    return render(
        request, "bookings/staff_lessons.html", {"courses": selectors.courses_of(actor.community, clock.now())}
    )


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A new course with its first lessons."""
    form = CourseForm(request.POST or None, zone=actor.community.time_zone)
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            lessons.plan_course(actor=actor, plan=form.plan(), spans=form.spans(), now=clock.now())
            return reverse("bookings:staff_lessons", kwargs={"community": actor.community.slug})

        if url := _try(form, actor, "plan-course", run):
            return redirect(url)
    return render(request, "bookings/plan.html", {"form": form})


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def add_lessons(request: HttpRequest, actor: Actor, course_id: UUID) -> HttpResponse:
    """More lessons of a course."""
    course = get_object_or_404(Course.objects.for_community(actor.community), pk=course_id)
    form = LessonsForm(request.POST or None, zone=actor.community.time_zone)
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            lessons.add_lessons(actor=actor, course_id=course.pk, spans=form.spans(), now=clock.now())
            return reverse("bookings:staff_lessons", kwargs={"community": actor.community.slug})

        if url := _try(form, actor, "add-lessons", run):
            return redirect(url)
    return render(request, "bookings/plan.html", {"form": form, "course": course})


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def staff_lesson(request: HttpRequest, actor: Actor, lesson_id: UUID) -> HttpResponse:
    """Who booked a lesson; tick who came and save."""
    lesson = _lesson(actor, lesson_id)
    form = KeyedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        present = {UUID(text) for text in request.POST.getlist("present") if _is_uuid(text)}
        if url := _try(form, actor, "attendance", lambda: _tick(actor, lesson, present)):
            messages.success(request, _("Saved: who came is ticked."))
            return redirect(url)
    context = {
        "lesson": lesson,
        "form": form,
        "seats": selectors.attendance_list(lesson),
        "refunds": selectors.refunds_waiting(lesson),
        "may_confirm": actor.is_manager,
        "can_tick": not lesson.cancelled_at and clock.now() >= lesson.starts_at - attendance.TICKS_OPEN,
        "is_ahead": lesson.starts_at > clock.now() and not lesson.cancelled_at,
    }
    return render(request, "bookings/staff_lesson.html", context)


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def cancel_lesson(request: HttpRequest, actor: Actor, lesson_id: UUID) -> HttpResponse:
    """Cancel a lesson, with a reason."""
    lesson = _lesson(actor, lesson_id)
    form = CancelLessonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():

        def run() -> str:
            lessons.cancel_lesson(actor=actor, lesson_id=lesson.pk, reason=form.cleaned_data["reason"], now=clock.now())
            return _lesson_url(actor, lesson)

        if url := _try(form, actor, "cancel-lesson", run):
            return redirect(url)
    return render(request, "bookings/cancel_lesson.html", {"lesson": lesson, "form": form})


@manager_page
@require_POST
def confirm_refunds(request: HttpRequest, actor: Actor, lesson_id: UUID) -> HttpResponse:
    """The second person's confirmation of a cancelled lesson's refunds."""
    lesson = _lesson(actor, lesson_id)
    try:
        count = lessons.confirm_refunds(actor=actor, lesson_id=lesson.pk, now=clock.now())
        messages.success(
            request,
            ngettext("%(count)s seat was refunded.", "%(count)s seats were refunded.", count) % {"count": count},
        )
    except DomainError as error:
        messages.error(request, str(error))
    return redirect(_lesson_url(actor, lesson))


@staff_page
@require_http_methods(["GET", "HEAD", "POST"])
def book_for(request: HttpRequest, actor: Actor, lesson_id: UUID) -> HttpResponse:
    """Find a resident and book for them."""
    lesson = _lesson(actor, lesson_id)
    find = FindForm(request.GET or None)
    query = find.cleaned_data["q"] if find.is_valid() else ""
    found = find_residents(community=actor.community, query=query)[:RESIDENTS_SHOWN] if query else []
    form = SeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        resident = _resident(actor, request.POST.get("resident", ""))

        def run() -> str:
            seats.book(actor=actor, lesson_id=lesson.pk, resident_id=resident.pk, now=clock.now())
            return _lesson_url(actor, lesson)

        if url := _try(form, actor, "book-for", run):
            return redirect(url)
    return render(
        request,
        "bookings/book_for.html",
        {"lesson": lesson, "find": find, "query": query, "found": found, "form": form},
    )


def _tick(actor: Actor, lesson: Lesson, present: set[UUID]) -> str:
    attendance.take_attendance(actor=actor, lesson_id=lesson.pk, present=present, now=clock.now())
    return _lesson_url(actor, lesson)


def _try(form: KeyedForm, actor: Actor, purpose: str, run: Callable[[], str]) -> str | None:
    try:
        return once(key=form.key, user_id=actor.user_id, purpose=purpose, run=run)
    except DomainError as error:
        refuse(form, error)
        return None


def _lesson(actor: Actor, lesson_id: UUID) -> Lesson:
    found = selectors.lesson_of(actor.community, lesson_id)
    if found is None:
        raise Http404
    return found


def _lesson_url(actor: Actor, lesson: Lesson) -> str:
    return reverse("bookings:staff_lesson", kwargs={"community": actor.community.slug, "lesson_id": lesson.pk})


def _resident(actor: Actor, text: str) -> Resident:
    if not _is_uuid(text):
        raise Http404
    return get_object_or_404(Resident.objects.for_community(actor.community).living_here(), pk=text)


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
