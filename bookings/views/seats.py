"""The calendar, a lesson, booking a seat and giving it up."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.services.form_keys import once
from bookings import selectors
from bookings.calendars import seat_calendar
from bookings.forms import SeatForm
from bookings.models import Booking, Lesson
from bookings.policies import can_cancel
from bookings.services import seats
from communities.access import member_page, resident_page
from communities.actors import Actor
from communities.selectors import spender_wallet
from core import clock
from core.errors import DomainError
from core.forms import day_asked, refuse
from ledger.selectors import balance


@member_page
@require_safe
def calendar(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The coming lessons by day, and one's own seats on top."""
    now = clock.now()
    mine = list(selectors.seats_ahead(actor.resident, now)) if actor.resident else []
    days = selectors.calendar_days(community=actor.community, seats=mine, now=now)
    return render(request, "bookings/calendar.html", {"days": days, "mine": mine})


@member_page
@require_safe
def week(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One week as a grid; ``?from=`` names any of its days."""
    now = clock.now()
    today = clock.local_date(now, actor.community.time_zone)
    asked = day_asked(request.GET.get("from", "")) or today
    monday = asked - timedelta(days=asked.weekday())
    mine = list(selectors.seats_ahead(actor.resident, now)) if actor.resident else []
    context = {
        "days": selectors.week_days(community=actor.community, seats=mine, monday=monday),
        "today": today,
        "before": monday - timedelta(days=7),
        "after": monday + timedelta(days=7),
    }
    return render(request, "bookings/week.html", context)


@member_page
@require_safe
def lesson(request: HttpRequest, actor: Actor, lesson_id: UUID) -> HttpResponse:
    """One lesson: when, where, what it costs, places left, one's own seat."""
    found = _lesson(actor, lesson_id)
    now = clock.now()
    seat = selectors.seat_in(found, actor.resident)
    context = {
        "lesson": found,
        "seat": seat,
        "can_cancel": seat is not None and _open(seat),
        "is_over": found.starts_at <= now,
    }
    return render(request, "bookings/lesson.html", context)


@resident_page
@require_http_methods(["GET", "HEAD", "POST"])
def book(request: HttpRequest, actor: Actor, lesson_id: UUID) -> HttpResponse:
    """Review, then confirm: the seat is booked at once and its price held."""
    found = _lesson(actor, lesson_id)
    form = SeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_book_once(form, actor, found))
        except DomainError as error:
            refuse(form, error)
    return render(request, "bookings/book.html", _review(actor, found, form))


@member_page
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, actor: Actor, booking_id: UUID) -> HttpResponse:
    """Give a seat up before its deadline."""
    booking = _booking(actor, booking_id)
    form = SeatForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(_cancel_once(form, actor, booking))
        except DomainError as error:
            refuse(form, error)
    return render(
        request,
        "bookings/cancel.html",
        {"booking": booking, "lesson": booking.lesson, "form": form, "can_cancel": _open(booking)},
    )


@member_page
@require_safe
def ical(request: HttpRequest, actor: Actor, booking_id: UUID) -> HttpResponse:
    """The seat as a calendar file."""
    content = seat_calendar(_booking(actor, booking_id), host=request.get_host())
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="lesson.ics"'
    return answer


def _lesson(actor: Actor, lesson_id: UUID) -> Lesson:
    found = selectors.lesson_of(actor.community, lesson_id)
    if found is None:
        raise Http404
    return found


def _booking(actor: Actor, booking_id: UUID) -> Booking:
    booking = selectors.booking_of(actor.community, booking_id)
    if booking is None or not can_cancel(actor, booking):
        raise Http404
    return booking


def _open(booking: Booking) -> bool:
    return booking.state == "confirmed" and booking.paid_at is None and clock.now() < booking.cancel_until


def _book_once(form: SeatForm, actor: Actor, found: Lesson) -> str:
    assert actor.resident is not None
    resident_id = actor.resident.pk

    def run() -> str:
        seats.book(actor=actor, lesson_id=found.pk, resident_id=resident_id, now=clock.now())
        return reverse("bookings:lesson", kwargs={"community": actor.community.slug, "lesson_id": found.pk})

    return once(key=form.key, user_id=actor.user_id, purpose="book-seat", run=run)


def _cancel_once(form: SeatForm, actor: Actor, booking: Booking) -> str:
    def run() -> str:
        seats.cancel(actor=actor, booking_id=booking.pk, now=clock.now())
        own = actor.resident is not None and actor.resident.pk == booking.resident_id
        page = "bookings:lesson" if own else "bookings:staff_lesson"
        return reverse(page, kwargs={"community": actor.community.slug, "lesson_id": booking.lesson_id})

    return once(key=form.key, user_id=actor.user_id, purpose="cancel-seat", run=run)


def _review(actor: Actor, found: Lesson, form: SeatForm) -> dict[str, object]:
    assert actor.resident is not None
    now = clock.now()
    wallet_id, may_spend = spender_wallet(actor.resident, clock.local_date(now, actor.community.time_zone))
    available = balance(wallet_id).available if wallet_id and may_spend else 0
    seat = selectors.seat_in(found, actor.resident)
    return {
        "lesson": found,
        "form": form,
        "available": available,
        "after": available - found.price_coins,
        "short": max(0, found.price_coins - available),
        "can_book": seat is None
        and found.places_left > 0
        and found.starts_at > now
        and not found.cancelled_at
        and available >= found.price_coins,
        "seat": seat,
        "hours": actor.community.settings.seat_cancel_hours,
    }
