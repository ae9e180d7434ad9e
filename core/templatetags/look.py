"""Tags and filters of the look: icons, states, dates, coins, what people typed. Built in: no `{% load %}`."""

from collections.abc import Mapping
from datetime import date, datetime, time
from itertools import pairwise
from typing import Any

from django import template
from django.conf import settings
from django.forms import BaseForm
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from core import formpack, wording
from core.coins import CoinWord
from core.formpack import Fault, Part
from core.icons import icon_svg
from core.typed import Typed, typed_parts

register = template.Library()

# In the cascade's order. One link each: the set is 13 KB gzip, cached for good under hashed names.
STYLESHEETS = (
    *("tokens", "base", "nav", "button", "status", "card", "balance", "notice", "field"),
    *("passbook", "ticket", "table", "print"),
)
TINTS = frozenset({"", "ok", "wait", "urgent", "info"})
PHRASE_ENDS = "：，；"


@register.simple_tag
def stylesheets() -> SafeString:
    """The links to the look's CSS."""
    addresses = ((static(f"css/{name}.css"),) for name in STYLESHEETS)
    return format_html_join("\n", '<link rel="stylesheet" href="{}">', addresses)


@register.simple_tag
def page_lang() -> str:
    """The page's `lang`, which is known on error pages too: "zh-Hans" or "en"."""
    return "zh-Hans" if wording.in_chinese() else "en"


@register.simple_tag
def contact_phone() -> str:
    """The installation's own number, for pages that know no community; "" when there is none."""
    return str(getattr(settings, "CONTACT_PHONE", ""))


@register.simple_tag(takes_context=True)
def error_prefix(context: Context) -> str:
    """The word "Error: " before the document title when the page says `page_has_errors` or its `form` was refused."""
    form = context.get("form")
    refused = bool(form is not None and getattr(form, "is_bound", False) and form.errors)
    return _("Error: ") if refused or context.get("page_has_errors") else ""


@register.simple_tag(takes_context=True)
def bank_name(context: Context) -> str:
    """Such as "Rongshuli Time Bank", or "Community Time Bank" where no community is known. For the document title."""
    community = context.get("community")
    if not community:
        return _("Community Time Bank")
    return _("%(community)s Time Bank") % {"community": typed_parts(community, "name").text}


@register.simple_tag
def icon(name: str) -> SafeString:
    """The drawing of that name; core/icons.py has them all."""
    return icon_svg(name)


@register.simple_tag
def status(state: Any, tint: str | None = None, icon: str | None = None) -> SafeString:
    """A state as icon, word and tint: from an object or mapping with label, tint, icon, or from the three given."""
    read = state.get if isinstance(state, Mapping) else lambda key, default="": getattr(state, key, default)
    label = read("label", "") or state
    tint = (read("tint", "") if tint is None else tint) or ""
    icon = (read("icon", "") if icon is None else icon) or "info"
    if tint not in TINTS:
        raise ValueError(f"no such tint: {tint}")
    return format_html('<span class="status{}">{}{}</span>', f" status--{tint}" if tint else "", icon_svg(icon), label)


@register.simple_tag
def seal() -> SafeString:
    """The stamp of a page verified by staff: square and starless, so that it cannot pass for an official chop."""
    stamp = mark_safe('<span class="seal" lang="zh-Hans" aria-hidden="true" data-typed>已核实</span>')
    return format_html('{}<span class="hidden">{}</span>', stamp, _("Verified"))


def _time(machine: str, parts: list[str], joint: str) -> SafeString:
    body = format_html_join(joint, '<span class="nb">{}</span>', ((part,) for part in parts))
    return format_html('<time datetime="{}">{}</time>', machine, body)


def _day_parts(day: date, *, weekday: bool = True, year: bool = False) -> list[str]:
    numbers, name = wording.day_parts(day, year=year)
    if not weekday:
        return [numbers]
    return [numbers, f"（{name}）"] if wording.in_chinese() else [f"{name} {numbers}"]


@register.simple_tag
def when(start: datetime | None, end: datetime | None = None) -> SafeString:
    """An instant: "Sun 22 Nov, 9:00" / 「11月22日（周日）上午9:00」; with an end, its hours too. Nothing for none."""
    if not start:
        return SafeString("")
    begins = wording.local(start)
    hours = wording.span_text(begins.time(), wording.local(end).time() if end else None)
    parts = _day_parts(begins.date())
    if not wording.in_chinese():
        parts[-1] += ","
    return _time(begins.isoformat(timespec="minutes"), [*parts, hours], "" if wording.in_chinese() else " ")


@register.simple_tag
def day(value: date | datetime | None, weekday: bool = True, year: bool = False) -> SafeString:
    """A day: "Sun 22 Nov" / 「11月22日（周日）」; `weekday=False` for "22 Nov", `year=True` for its year."""
    if not value:
        return SafeString("")
    local = wording.local(value).date() if isinstance(value, datetime) else value
    return _time(local.isoformat(), _day_parts(local, weekday=weekday, year=year), "")


@register.simple_tag
def clock(value: datetime | time | None, end: datetime | time | None = None) -> SafeString:
    """A time: "9:00" / 「上午9:00」; with an end, "9:00–10:30"."""
    if not value:
        return SafeString("")
    start, stop = (wording.local(it).time() if isinstance(it, datetime) else it for it in (value, end))
    assert start is not None
    return _time(start.isoformat(timespec="minutes"), [wording.span_text(start, stop)], "")


@register.simple_tag
def month(value: date) -> SafeString:
    """A month: "November 2026" / 「2026年11月」."""
    return _time(f"{value:%Y-%m}", [wording.month_text(value)], "")


@register.filter
def month_name(value: date) -> str:
    """A month as bare text, for a title."""
    return wording.month_text(value)


@register.simple_tag
def duration(minutes: int) -> SafeString:
    """Minutes as "1 h 30 min" / 「1 小时 30 分」, unbroken."""
    return format_html('<span class="nb">{}</span>', wording.duration_text(minutes))


def _coin(context: Context, coin: CoinWord | None) -> CoinWord:
    return coin or context.get("coin") or CoinWord()


@register.simple_tag(takes_context=True)
def coins(
    context: Context, count: int, coin: CoinWord | None = None, signed: bool = False, hours: bool = True
) -> SafeString:
    """An amount: "1,260 coins (21 h)"; hours where the rule is per minute, `hours=False` for none."""
    word = _coin(context, coin)
    amount = format_html('<span class="nb">{}</span>', word.amount(count, signed=signed))
    extra = word.hours(count) if hours else ""
    if not extra:
        return amount
    bracket = f"（{extra}）" if wording.in_chinese() else f"({extra})"
    return format_html('{}{}<span class="nb">{}</span>', amount, "" if wording.in_chinese() else " ", bracket)


@register.simple_tag(takes_context=True)
def coin_words(context: Context, count: int, coin: CoinWord | None = None) -> str:
    """What stands after a large figure: "coins (21 h)" / 「时间币（21 小时）」."""
    return _coin(context, coin).words(count)


@register.simple_tag(takes_context=True)
def coin_name(context: Context, count: int = 2, coin: CoinWord | None = None) -> str:
    """The coin's name alone: "coins" / 「时间币」."""
    return _coin(context, coin).name(count)


@register.filter
def num(value: int) -> str:
    """A number as "1,260"."""
    return wording.number_text(value)


@register.filter
def taken(value: int) -> str:
    """What is taken off a sum: "−40", and "0" as it is."""
    return wording.number_text(-value)


@register.filter
def signed(value: int) -> str:
    """A number with its sign: "+120", "−40", "0"."""
    return wording.number_text(value, signed=True)


@register.filter
def tel(value: object) -> str:
    """The number of a `tel:` link: digits and a leading + alone."""
    return "".join(char for char in str(value) if char.isascii() and (char.isdigit() or char == "+"))


@register.filter
def phrases(value: object) -> SafeString:
    """A title whose lines break after ：，； first: each phrase stays whole while it fits."""
    text, cuts = str(value), []
    for index, char in enumerate(text[:-1], start=1):
        if char in PHRASE_ENDS:
            cuts.append(index)
    if not cuts:
        return escape(text)
    bounds = [0, *cuts, len(text)]
    return format_html_join("", '<span class="ph">{}</span>', ((text[a:b],) for a, b in pairwise(bounds)))


def _typed(parts: Typed, *, phrased: bool) -> SafeString:
    if not parts.text:
        return SafeString("")
    body = phrases(parts.text) if phrased else escape(parts.text)
    return format_html('<span lang="{}" data-typed>{}</span>', parts.lang, body)


@register.simple_tag
def typed(obj: object, field: str, phrases: bool = False) -> SafeString:
    """What staff typed as `<field>_zh` and `<field>_en`, in the reader's language if it can, marked with its own."""
    return _typed(typed_parts(obj, field), phrased=phrases)


@register.simple_tag
def typed_text(value: object, lang: str = "zh-Hans", phrases: bool = False) -> SafeString:
    """What a person typed in a language that nobody asked for."""
    return _typed(Typed("" if value is None else str(value), lang), phrased=phrases)


@register.simple_tag
def typed_lines(value: object, lang: str = "zh-Hans") -> SafeString:
    """What a person typed over several lines, each on its own."""
    lines = format_html_join(mark_safe("<br>"), "{}", ((line,) for line in str(value or "").splitlines()))
    return format_html('<span lang="{}" data-typed>{}</span>', lang, lines)


@register.filter
def typed_plain(obj: object, field: str) -> str:
    """The same choice as `{% typed %}` as bare text, for a document title or an aria-label."""
    return typed_parts(obj, field).text


@register.simple_tag
def dot() -> str:
    """Between two names on one line: " · ", in Chinese without spaces."""
    return wording.dot()


@register.simple_tag
def near_day(moment: datetime) -> SafeString:
    """A day of a list to come: "Today", "Tomorrow", "Wed", then "5 Dec": for lists by day, whose year is this one."""
    local = wording.local(moment).date()
    return _time(local.isoformat(), [wording.near_day_text(local)], "")


LIVE = (
    ' hx-get="{}" hx-target="#results" hx-swap="outerHTML" hx-push-url="true"'
    ' hx-trigger="submit, change delay:300ms" hx-sync="this:replace"'
)


@register.simple_tag(takes_context=True)
def live_filter(context: Context) -> SafeString:
    """On a GET form's tag: what is chosen swaps the page's part "results" at once, and the address with it."""
    request = context.get("request")
    return format_html(LIVE, request.path) if request is not None else SafeString("")


@register.simple_tag
def form_part(field: BoundField) -> Part:
    """One field as the form pack draws it."""
    return formpack.part(field)


@register.filter
def faults(form: BaseForm) -> list[Fault]:
    """The error summary's lines."""
    return formpack.faults(form) if form and form.is_bound else []


@register.inclusion_tag("components/error_summary.html", takes_context=True)
def error_summary(context: Context) -> dict[str, Any]:
    """The summary of the page's `form` above its title; the form pack then leaves it out."""
    form = context.get("form")
    if not isinstance(form, BaseForm) or not form.is_bound or not form.errors:
        return {}
    form.summary_shown = True  # type: ignore[attr-defined]  # read by timebank_forms/errors.html
    return {"form": form}
