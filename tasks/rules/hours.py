"""What counts as hours at all: the refusals that need nothing but the figures typed and the clock."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from core.errors import DomainError
from core.wording import duration_text
from tasks.choices.hours import MAX_MINUTES
from tasks.rules.earning import whole_minutes

MINUTES = re.compile(r"[+-]?[0-9]{1,8}")


class HoursRefused(DomainError):
    """The figures cannot be hours of service; the message says why and what to write."""

    code = "hours_refused"


@dataclass(frozen=True, slots=True)
class Span:
    """The time served: two instants and the whole minutes between them."""

    starts_at: datetime
    ends_at: datetime

    @property
    def minutes(self) -> int:
        """Elapsed time down to whole minutes."""
        return whole_minutes(self.starts_at, self.ends_at)


def plain_digits(text: str) -> str:
    """What was typed with full-width digits and signs made plain and outer spaces gone: 「９０」 → "90"."""
    return unicodedata.normalize("NFKC", text).strip()


def read_minutes(text: str) -> int | None:
    """The minutes typed, None when nothing was. Minutes are whole: 1.5 is refused with the way to write it."""
    typed = plain_digits(text)
    if not typed:
        return None
    if MINUTES.fullmatch(typed):
        return int(typed)
    raise HoursRefused(
        _("Minutes are a whole number. You wrote “%(typed)s”: for one hour and a half write 90.")
        % {"typed": typed[:20]},
        field="minutes",
    )


def check_minutes(minutes: int, *, most: int = MAX_MINUTES) -> None:
    """Refuse 0, a negative number, and more than one record may hold (12 hours)."""
    if minutes <= 0:
        raise HoursRefused(
            _("Write how long you helped, at least 1 minute. You wrote %(minutes)d.") % {"minutes": minutes},
            field="minutes",
        )
    if minutes > most:
        raise HoursRefused(
            _("That is %(duration)s. One record holds at most %(most)s: log each part of the day by itself.")
            % {"duration": duration_text(minutes), "most": duration_text(most)},
            field="minutes",
        )


def check_span(span: Span, *, now: datetime, most: int = MAX_MINUTES) -> None:
    """Refuse hours that are none, too many, or not over yet."""
    if span.ends_at > now:
        raise HoursRefused(
            _("These hours are not over yet. Log them after the service has ended."), field="service_date"
        )
    check_minutes(span.minutes, most=most)


def span_of(*, day: date, start: time, end: time | None, minutes: int | None, zone: str) -> Span:
    """The span from what was typed: a day and a start, with an end or the minutes (or both, if they agree)."""
    starts_at = datetime.combine(day, start, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    if end is None and minutes is None:
        raise HoursRefused(_("Write when it ended, or how many minutes it took."), field="end")
    if end is None:
        assert minutes is not None
        if not 0 < minutes <= 24 * 60:  # what is more than this community takes is said by check_span
            check_minutes(minutes)
        return Span(starts_at, starts_at + timedelta(minutes=minutes))
    ends_at = datetime.combine(day, end, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    span = Span(starts_at, ends_at)
    _check_end(span, minutes)
    return span


def _check_end(span: Span, minutes: int | None) -> None:
    """Refuse an end that is not after the start, and minutes that say something else than the clock."""
    if span.minutes <= 0:
        raise HoursRefused(
            _("The end is not after the start. After midnight? Leave the end empty and write the minutes."),
            field="end",
        )
    if minutes is not None and minutes != span.minutes:
        raise HoursRefused(
            ngettext(
                "From start to end is %(elapsed)d minute, and you wrote %(minutes)d. Leave one of the two empty.",
                "From start to end is %(elapsed)d minutes, and you wrote %(minutes)d. Leave one of the two empty.",
                span.minutes,
            )
            % {"elapsed": span.minutes, "minutes": minutes},
            field="minutes",
        )
