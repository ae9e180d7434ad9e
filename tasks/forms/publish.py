"""Publishing: the full form, the urgent one in four fields, a date."""

from __future__ import annotations

from dataclasses import fields as dataclass_fields
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from communities.models import Community, Team
from core.forms import KeyedForm, NearDateField, NearMomentField, TypedTextField
from tasks.choices import Category, Funding
from tasks.forms.claims import PicksResidents, number_field
from tasks.models import HelpRequest, Shift, Task
from tasks.models.task import PLACES_AT_MOST, TITLE_LENGTH
from tasks.recurrence import HOURS_AT_MOST, TIMES_AT_MOST, Every, Repetition, Slot, slots
from tasks.services.publishing import TaskText, Terms

EVERY = (
    (Every.ONCE, gettext_lazy("Once")),
    (Every.DAY, gettext_lazy("Every day")),
    (Every.WEEKDAY, gettext_lazy("Monday to Friday")),
    (Every.WEEK, gettext_lazy("Every week, on the same weekday")),
    (Every.FORTNIGHT, gettext_lazy("Every second week, on the same weekday")),
)
TEXT_FIELDS = tuple(one.name for one in dataclass_fields(TaskText))
BY_WORDS = {
    Category.CLINIC: ("医院", "看病", "陪诊", "体检", "clinic", "doctor", "hospital"),
    Category.HAIRCUT: ("理发", "剪发", "剪头", "haircut"),
    Category.REPAIRS: ("修", "repair", "fix"),
    Category.HOUSEWORK: ("打扫", "家务", "洗", "做饭", "housework", "clean", "cook"),
    Category.COMPANY: ("聊天", "陪", "company", "chat"),
    Category.SHOPPING: ("买", "取", "送", "代跑", "buy", "fetch", "bring", "shop"),
}


def kind_of(title: str) -> Category:
    """The kind that a few words point to, else "something else"; staff can change it."""
    low = title.lower()
    return next((kind for kind, words in BY_WORDS.items() if any(word in low for word in words)), Category.OTHER)


class DateForm(KeyedForm):
    """One date: day, time, length, places."""

    day = NearDateField(label=gettext_lazy("Day"))
    start = forms.TimeField(
        label=gettext_lazy("Begins at"),
        widget=forms.TimeInput(attrs={"type": "time", "class": "short"}, format="%H:%M"),
    )
    minutes = number_field(
        gettext_lazy("How long"), unit=gettext_lazy("minutes"), least=1, most=HOURS_AT_MOST * 60, initial=60
    )
    places = number_field(
        gettext_lazy("How many people"), unit=gettext_lazy("people"), least=1, most=PLACES_AT_MOST, initial=1
    )

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community = community

    def repetition(self, every: Every = Every.ONCE, times: int = 1) -> Repetition:
        """The date in wall time, repeated."""
        cleaned = self.cleaned_data
        return Repetition(
            first=cleaned["day"], at=cleaned["start"], minutes=cleaned["minutes"], zone=self.community.time_zone,
            every=every, times=times,
        )  # fmt: skip

    def slot(self) -> Slot:
        """The date alone."""
        return slots(self.repetition())[0]


class EditDateForm(DateForm):
    """A date to be moved, or its places changed: this one, or all later ones too."""

    all_later = forms.ChoiceField(
        label=gettext_lazy("Which dates"),
        choices=[("", gettext_lazy("This date alone")), ("later", gettext_lazy("This date and all later ones"))],
        widget=forms.RadioSelect, required=False,
    )  # fmt: skip

    @staticmethod
    def initial_of(shift: Shift) -> dict[str, Any]:
        """The date as it stands."""
        begins = timezone.localtime(shift.starts_at)
        return {"day": begins.date(), "start": begins.time(), "minutes": shift.minutes, "places": shift.places}


class MoreDatesForm(DateForm):
    """More dates of a task: repeated."""

    every = forms.ChoiceField(label=gettext_lazy("How often"), choices=EVERY, initial=Every.ONCE)
    times = number_field(
        gettext_lazy("How many times"), unit=gettext_lazy("times"), least=1, most=TIMES_AT_MOST, initial=1
    )

    def repetition_asked(self) -> Repetition:
        """Every date asked for."""
        return self.repetition(Every(self.cleaned_data["every"]), self.cleaned_data["times"])


class TextForm(PicksResidents, forms.Form):
    """What stands on a task."""

    title_zh = TypedTextField(
        label=gettext_lazy("What, in Chinese"), max_length=TITLE_LENGTH, required=False,
        help_text=gettext_lazy("What is to be done, as neighbours read it: no name, no door, no illness."),
    )  # fmt: skip
    title_en = TypedTextField(label=gettext_lazy("What, in English"), max_length=TITLE_LENGTH, required=False)
    category = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Category.choices, initial=Category.OTHER)
    description = forms.CharField(
        label=gettext_lazy("More about it"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    landmark_zh = TypedTextField(
        label=gettext_lazy("Where to meet, in Chinese"), max_length=60, required=False,
        help_text=gettext_lazy("A landmark that everybody knows."),
    )  # fmt: skip
    landmark_en = TypedTextField(label=gettext_lazy("Where to meet, in English"), max_length=60, required=False)
    area = TypedTextField(
        label=gettext_lazy("Area"), max_length=40, required=False,
        help_text=gettext_lazy("A part of the community, as in the board's filter."),
    )  # fmt: skip
    needs = TypedTextField(label=gettext_lazy("What helpers need"), max_length=200, required=False)
    risks = TypedTextField(label=gettext_lazy("What to mind"), max_length=200, required=False)
    contact_phone = TypedTextField(label=gettext_lazy("Whom to call"), max_length=32, required=False)
    suits_elders = forms.BooleanField(label=gettext_lazy("Suits elders"), required=False)
    urgent = forms.BooleanField(label=gettext_lazy("Urgent"), required=False)
    home_visit = forms.BooleanField(
        label=gettext_lazy("In somebody's home"), required=False,
        help_text=gettext_lazy("Only adults whom staff cleared can claim it at once; others ask."),
    )  # fmt: skip
    private_address = TypedTextField(
        label=gettext_lazy("Private address"), max_length=120, required=False,
        help_text=gettext_lazy("For the accepted helper and staff; hidden again 24 hours after."),
    )  # fmt: skip
    private_note = forms.CharField(
        label=gettext_lazy("Private note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For the accepted helper and staff. No illness, no door number."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """A title in one language at least."""
        if not self.cleaned_data.get("title_zh") and not self.cleaned_data.get("title_en"):
            self.add_error("title_zh", _("Write what is to be done."))
        return self.cleaned_data

    def text(self, *, by_phone: bool = False) -> TaskText:
        """The cleaned words."""
        values = {name: self.cleaned_data[name] for name in TEXT_FIELDS if name in self.cleaned_data}
        values["category"] = Category(values["category"])
        return TaskText(**values | {"by_phone": by_phone})

    @staticmethod
    def initial_of(task: Task, *, private: bool) -> dict[str, Any]:
        """What stands on a task; a copy leaves the private part and the urgency behind."""
        names = [name for name in TEXT_FIELDS if private or not name.startswith("private_")]
        values = {name: getattr(task, name) for name in names}
        return values if private else values | {"urgent": False}


class EditTextForm(TextForm, KeyedForm):
    """What stands on a task, changed for all its dates."""

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community = community


class PublishForm(TextForm, MoreDatesForm):
    """What, when, where, people, coins."""

    mark_optional = False
    GROUPS = (
        (gettext_lazy("What"), ("title_zh", "title_en", "category", "description")),
        (gettext_lazy("When"), ("day", "start", "minutes", "every", "times")),
        (gettext_lazy("Where"), ("landmark_zh", "landmark_en", "area")),
        (
            gettext_lazy("People needed"),
            ("places", "team", "needs", "risks", "contact_phone", "suits_elders", "urgent"),
        ),
        (
            gettext_lazy("Who pays, and how much"),
            ("funding", "coins_per_task", "requester", "requester_choice", "price_coins"),
        ),
        (
            gettext_lazy("Only for the helper and staff"),
            ("home_visit", "person", "person_choice", "private_address", "private_note"),
        ),
    )
    team = forms.ModelChoiceField(
        label=gettext_lazy("Team in charge"),
        queryset=Team.objects.none(),
        required=False,
        empty_label=gettext_lazy("None"),
    )
    funding = forms.ChoiceField(
        label=gettext_lazy("Who pays"), choices=Funding.choices, initial=Funding.COMMUNITY, widget=forms.RadioSelect
    )
    coins_per_task = number_field(
        gettext_lazy("Fixed coins for this task"), required=False, least=1,
        help_text=gettext_lazy("Leave it empty: the community's rule counts."),
    )  # fmt: skip
    requester = TypedTextField(
        label=gettext_lazy("Neighbour who pays"), max_length=100, required=False,
        help_text=gettext_lazy("Name, end of the phone number, or member number. The price is held in their wallet."),
    )  # fmt: skip
    price_coins = number_field(gettext_lazy("Agreed price in coins"), required=False, least=1)
    person = TypedTextField(
        label=pgettext_lazy("task", "For whom"), max_length=100, required=False,
        help_text=gettext_lazy("Name, end of the phone number, or member number. Neighbours do not see it."),
    )  # fmt: skip

    def __init__(self, *args: Any, community: Community, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, community=community, **kwargs)
        self.now = now
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)
        team.queryset = Team.objects.filter(community=community, closed_at__isnull=True)

    @property
    def groups(self) -> list[tuple[Any, list[Any]]]:
        """The fields by section, in order."""
        return [(title, [self[name] for name in names if name in self.fields]) for title, names in self.GROUPS]

    def clean(self) -> dict[str, Any]:
        """Look the people up; a payer and a price belong together; the first date is to come."""
        cleaned = super().clean()
        cleaned["beneficiary"] = self.picked("person")
        paid = cleaned.get("funding") == Funding.REQUESTER
        cleaned["payer"] = self.picked("requester") if paid else None
        if paid and not cleaned.get("requester"):
            self.add_error("requester", _("Write who pays."))
        if paid and not cleaned.get("price_coins"):
            self.add_error("price_coins", _("Write the agreed price."))
        if {"day", "start", "minutes", "every", "times"} <= cleaned.keys():
            cleaned["dates"] = slots(self.repetition_asked())
            if cleaned["dates"][0].starts_at <= self.now:
                self.add_error("day", _("This time is past. Choose one to come."))
        return cleaned

    def terms(self) -> Terms:
        """Who pays how much."""
        cleaned = self.cleaned_data
        if cleaned["funding"] == Funding.REQUESTER:
            return Terms(
                funding=Funding.REQUESTER, requester_id=cleaned["payer"].pk, price_coins=cleaned["price_coins"]
            )
        return Terms(coins_per_task=cleaned.get("coins_per_task"))


class UrgentForm(PicksResidents, KeyedForm):
    """Four fields in under a minute: what, when, where, for whom. The rest has its usual value."""

    mark_optional = False
    what = TypedTextField(
        label=gettext_lazy("What"), max_length=TITLE_LENGTH,
        help_text=gettext_lazy("As neighbours read it: “Buy steamed buns and bring them”."),
    )  # fmt: skip
    at = NearMomentField(label=gettext_lazy("When"))
    where = TypedTextField(
        label=gettext_lazy("Where"), max_length=60,
        help_text=gettext_lazy("A landmark near by. The door comes from the resident's record and stays private."),
    )  # fmt: skip
    person = TypedTextField(
        label=pgettext_lazy("task", "For whom"), max_length=100,
        help_text=gettext_lazy("Name, pinyin, end of the phone number, or member number. Neighbours do not see it."),
    )  # fmt: skip
    minutes = number_field(
        gettext_lazy("How long"), unit=gettext_lazy("minutes"), least=5, most=HOURS_AT_MOST * 60, initial=60,
        required=False,
    )  # fmt: skip
    not_at_home = forms.BooleanField(label=gettext_lazy("They meet outside, not at home"), required=False)
    private_note = forms.CharField(
        label=gettext_lazy("Private note"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("For the accepted helper and staff. No illness, no door number."),
    )  # fmt: skip
    FOUR = ("what", "at", "where", "person", "person_choice")

    def __init__(self, *args: Any, community: Community, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community, self.now = community, now

    @property
    def first_fields(self) -> list[Any]:
        """The four, and the choice among several residents where it is asked."""
        return [self[name] for name in self.FOUR if name in self.fields]

    @property
    def more_fields(self) -> list[Any]:
        """What has its usual value."""
        return [self[name] for name in ("minutes", "not_at_home", "private_note")]

    def clean(self) -> dict[str, Any]:
        """Look the resident up; the time is to come."""
        cleaned = self.cleaned_data
        cleaned["resident"] = self.picked("person")
        if cleaned.get("at") and cleaned["at"] <= self.now:
            self.add_error("at", _("This time is past. Choose one to come."))
        return cleaned

    def slot(self) -> Slot:
        """From the chosen time on, an hour unless said otherwise."""
        return Slot(
            self.cleaned_data["at"],
            self.cleaned_data["at"] + timedelta(minutes=self.cleaned_data.get("minutes") or 60),
        )

    def text(self) -> TaskText:
        """What is known beyond the four."""
        return TaskText(
            category=kind_of(self.cleaned_data["what"]),
            home_visit=not self.cleaned_data["not_at_home"],
            private_note=self.cleaned_data["private_note"],
        )


def next_full_hour(now: datetime, zone: str) -> datetime:
    """What the urgent form offers: the next full hour but not sooner than in half an hour."""
    soon = now.astimezone(ZoneInfo(zone)) + timedelta(minutes=30)
    return (soon + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0) if soon.minute else soon


def help_initial(request: HelpRequest, now: datetime) -> dict[str, Any]:
    """The publish form as a request for help fills it: paid by the one who asked, unless staff choose otherwise."""
    resident, offers = request.resident, request.offers_coins
    begins = timezone.localtime(request.wanted_at or now + timedelta(days=1))
    day: date = begins.date()
    at: time = begins.time().replace(second=0, microsecond=0)
    return {
        "category": request.category, "day": day, "start": at, "minutes": 60, "places": 1,
        "funding": Funding.REQUESTER if offers else Funding.COMMUNITY,
        "requester": resident.member_number if offers else "",
        "price_coins": offers,
        "person": resident.member_number,
        "private_address": f"{resident.building} {resident.door}".strip(),
        "home_visit": True,
    }  # fmt: skip
