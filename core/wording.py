"""Dates, times, durations and numbers as sentences carry them, in the reader's language and the current time zone.

Strings only: the tags in `templatetags/look.py` wrap them in `<time>`; mail, papers and refusals use them as they are.
"""

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core import clock

WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAYS_ZH = "一二三四五六日"
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
PARTS_OF_DAY = ((5, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))  # up to this hour
MINUS = "−"


def in_chinese() -> bool:
    """Whether the reader's language is Chinese."""
    return (get_language() or "").startswith("zh")


def local(moment: datetime) -> datetime:
    """The instant in the current time zone, which a view sets to the community's."""
    return timezone.localtime(moment)


def day_parts(day: date, *, today: date | None = None, year: bool = False) -> tuple[str, str]:
    """Day and weekday: ("22 Nov", "Sun") / (「11月22日」, 「周日」). The year is named when asked or another."""
    this = (today or local(clock.now()).date()).year
    year_text = str(day.year) if year or day.year != this else ""
    if in_chinese():
        return f"{year_text + '年' if year_text else ''}{day.month}月{day.day}日", f"周{WEEKDAYS_ZH[day.weekday()]}"
    return f"{day.day} {MONTHS_EN[day.month - 1]}{' ' + year_text if year_text else ''}", WEEKDAYS_EN[day.weekday()]


def day_text(day: date, *, today: date | None = None, weekday: bool = True, year: bool = False) -> str:
    """A day: "Sun 22 Nov" / 「11月22日（周日）」."""
    numbers, name = day_parts(day, today=today, year=year)
    if not weekday:
        return numbers
    return f"{numbers}（{name}）" if in_chinese() else f"{name} {numbers}"


def near_day_text(day: date, *, today: date | None = None) -> str:
    """A day to come: "Today", "Tomorrow", the weekday in the week, then "5 Dec": 今天 明天 周三 12月5日."""
    away = (day - (today or local(clock.now()).date())).days
    if away in (0, 1):
        return _("Today") if away == 0 else _("Tomorrow")
    numbers, name = day_parts(day, today=today)
    return name if 1 < away < 7 else numbers


def part_of_day(moment: time) -> str:
    """The Chinese word for the part of the day: 上午."""
    return next(word for end, word in PARTS_OF_DAY if moment.hour < end)


def clock_text(moment: time, *, after: time | None = None) -> str:
    """A time: "9:00" / 「上午9:00」. `after`: the span's beginning, whose part of the day is not said twice."""
    digits = f"{moment.hour}:{moment.minute:02d}"
    if not in_chinese():
        return digits
    if moment.hour > 12:
        digits = f"{moment.hour - 12}:{moment.minute:02d}"
    word = part_of_day(moment)
    return digits if after is not None and part_of_day(after) == word else word + digits


def span_text(start: time, end: time | None) -> str:
    """A span: "8:30–10:30" / 「上午8:30–10:30」, or the beginning alone."""
    return clock_text(start) if end is None else f"{clock_text(start)}–{clock_text(end, after=start)}"


def when_text(start: datetime, end: datetime | None = None, *, today: date | None = None) -> str:
    """An instant: "Sun 22 Nov, 9:00" / 「11月22日（周日）上午9:00」; with an end, "…, 9:00–10:30"."""
    begins, ends = local(start), local(end) if end else None
    hours = span_text(begins.time(), ends.time() if ends else None)
    day = day_text(begins.date(), today=today)
    return f"{day}{hours}" if in_chinese() else f"{day}, {hours}"


def month_text(day: date) -> str:
    """A month: "November 2026" / 「2026年11月」."""
    return f"{day.year}年{day.month}月" if in_chinese() else day.strftime("%B %Y")


def duration_text(minutes: int) -> str:
    """Minutes as "1 h 30 min" / 「1 小时 30 分」; 0 is "0 min"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)d min") % {"minutes": rest}
    if not rest:
        return _("%(hours)s h") % {"hours": number_text(hours)}
    return _("%(hours)s h %(minutes)d min") % {"hours": number_text(hours), "minutes": rest}


def number_text(number: int, *, signed: bool = False) -> str:
    """A number as "1,260"; signed, "+120" and "−40" with a true minus."""
    sign = MINUS if number < 0 else "+" if signed and number > 0 else ""
    return f"{sign}{abs(number):,}"


def dot() -> str:
    """What stands between two names on one line: " · ", in Chinese without spaces."""
    return "·" if in_chinese() else " · "
