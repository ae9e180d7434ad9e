"""The board's filter: a GET form that is never refused, since a wrong value only means "any"."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.models import Community
from core.forms import NearDateField
from core.wording import day_text
from tasks.choices import Category
from tasks.selectors.board import Filters, day_bounds

ANY = ("", gettext_lazy("Any"))
WHEN = (
    ("", gettext_lazy("Any day")),
    ("today", gettext_lazy("Today")),
    ("tomorrow", gettext_lazy("Tomorrow")),
    ("week", gettext_lazy("In the next 7 days")),
    ("weekend", gettext_lazy("At the weekend")),
)


class FilterForm(forms.Form):
    """Date, area, kind, suits elders, urgent."""

    mark_optional = False

    when = forms.ChoiceField(label=gettext_lazy("When"), choices=WHEN, required=False)
    day = NearDateField(label=gettext_lazy("On one day"), required=False)
    area = forms.ChoiceField(label=gettext_lazy("Area"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=[ANY, *Category.choices], required=False)
    elders = forms.BooleanField(label=gettext_lazy("Suits elders"), required=False)
    urgent = forms.BooleanField(label=gettext_lazy("Urgent"), required=False)

    def __init__(self, *args: Any, community: Community, areas: list[str], now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community, self.now = community, now
        self.areas = areas
        area = self.fields["area"]
        assert isinstance(area, forms.ChoiceField)
        area.choices = [ANY, *((one, one) for one in areas)]
        if not areas:
            del self.fields["area"]

    def filters(self) -> Filters:
        """What was asked for; what is wrong counts as not asked."""
        self.is_valid()
        wanted = self.cleaned_data
        first, last = self._days()
        return Filters(
            first=first,
            last=last,
            area=wanted.get("area", ""),
            category=wanted.get("kind", ""),
            suits_elders=wanted.get("elders", False),
            urgent=wanted.get("urgent", False),
        )

    def words(self) -> list[str]:
        """The active filters as the page says them; typed areas are told apart by `area_words`."""
        wanted = self.cleaned_data
        found: list[str] = []
        if wanted.get("day"):
            found.append(day_text(wanted["day"]))
        elif wanted.get("when"):
            found.append(str(dict(WHEN)[wanted["when"]]))
        if wanted.get("kind"):
            found.append(str(Category(wanted["kind"]).label))
        if wanted.get("elders"):
            found.append(_("suits elders"))
        if wanted.get("urgent"):
            found.append(_("urgent"))
        return found

    def area_words(self) -> str:
        """The chosen area, which staff typed."""
        return str(self.cleaned_data.get("area", ""))

    def _days(self) -> tuple[datetime | None, datetime | None]:
        day: date | None = self.cleaned_data.get("day")
        if day:
            zone = ZoneInfo(self.community.time_zone)
            return day_bounds(self.community, datetime.combine(day, time(12), tzinfo=zone), 1)
        match self.cleaned_data.get("when"):
            case "today":
                return day_bounds(self.community, self.now, 1)
            case "tomorrow":
                return day_bounds(self.community, self.now + timedelta(days=1), 1)
            case "week":
                return day_bounds(self.community, self.now, 7)
            case "weekend":
                return self._weekend()
        return None, None

    def _weekend(self) -> tuple[datetime, datetime]:
        weekday = self.now.astimezone(ZoneInfo(self.community.time_zone)).weekday()
        if weekday == 6:
            return day_bounds(self.community, self.now, 1)
        return day_bounds(self.community, self.now + timedelta(days=5 - weekday), 2)
