"""What staff write about a resident."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.forms import NO_SMS_THERE, address_of
from communities.choices import Role
from communities.forms.joining import MOST_NAME, birth_field, name_field
from communities.models import Household, Resident, Team
from communities.services.registration import Guardian, Person
from core import sms
from core.forms import KeyedForm, PhoneField, TypedTextField

SHOWN = [
    ("", _("Everybody")),
    ("waiting", _("Residence to be verified")),
    ("cleared", _("Cleared for home visits")),
    ("young", _("Under 18")),
]


class FindForm(forms.Form):
    """The search above the list."""

    mark_optional = False

    q = TypedTextField(
        label=_("Whom do you look for?"),
        help_text=_("Name, pinyin, end of the phone number, member number or passbook code"),
        max_length=300,
        required=False,
    )
    show = forms.ChoiceField(label=_("Show"), choices=SHOWN, required=False)


class DetailsForm(forms.Form):
    """Who a resident is and where they live."""

    full_name = name_field()
    address_form = TypedTextField(label=_("What neighbours may call them"), max_length=20, required=False)
    birth_date = birth_field()
    building = TypedTextField(label=_("Building"), max_length=60)
    door = TypedTextField(label=_("Door number"), max_length=30, required=False)
    phone_number = PhoneField(
        label=_("Phone number"), help_text=_("For staff to call; it may be a child's."), required=False
    )

    def person(self) -> Person:
        """What was written, for the service."""
        kept = self.cleaned_data
        return Person(
            full_name=kept["full_name"],
            birth_date=kept["birth_date"],
            building=kept["building"],
            door=kept["door"],
            phone=kept["phone_number"] or None,
            address_form=kept["address_form"],
        )


class RegisterForm(KeyedForm, DetailsForm):
    """A new resident at the desk."""

    guardian_name = TypedTextField(
        label=_("Name of the parent or guardian"),
        help_text=_("For someone under 18."),
        max_length=MOST_NAME,
        required=False,
    )
    guardian_phone = PhoneField(label=_("The guardian's mobile number"), required=False)
    may_sign_in = forms.BooleanField(label=_("They sign in by themselves with this phone number."), required=False)
    consent = forms.BooleanField(
        label=_("They have read the privacy sheet and signed it; a guardian signed for someone under 18."),
        error_messages={"required": _("Without a signed sheet nobody is registered.")},
    )

    def clean(self) -> dict[str, Any]:
        """To sign in with a number, one needs one."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("may_sign_in") and not cleaned.get("phone_number") and "phone_number" not in self.errors:
            self.add_error(
                "phone_number", ValidationError(_("Write the number that they sign in with."), code="required")
            )
        if cleaned.get("may_sign_in") and cleaned.get("phone_number") and not sms.reaches(cleaned["phone_number"]):
            self.add_error("phone_number", ValidationError(NO_SMS_THERE, code="sms_country"))
        return dict(cleaned)

    def guardian(self) -> Guardian | None:
        """Who signed for someone under 18."""
        name = self.cleaned_data["guardian_name"]
        return Guardian(name, self.cleaned_data["guardian_phone"]) if name else None


class CorrectForm(DetailsForm):
    """Corrections carry their reason."""

    reason = TypedTextField(label=_("Why is this changed?"), max_length=200)


class AccountForm(forms.Form):
    """The number or address that a resident signs in with."""

    login = forms.CharField(label=_("Mobile number or email address"), max_length=254)

    def clean_login(self) -> Any:
        """Where the code will go."""
        return address_of(self.cleaned_data["login"])


class ReplaceAccountForm(AccountForm):
    """The same, of somebody who signed in with another one so far."""

    seen = forms.BooleanField(label=_("They are here in person, and I have seen their ID"))


class HouseholdForm(forms.Form):
    """Which household a resident joins: one that exists, or a new one."""

    number = TypedTextField(
        label=_("Household number"), help_text=_("Left empty, they get a new household."), max_length=8, required=False
    )

    def __init__(self, *args: Any, community: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community = community
        self.household: Household | None = None

    def clean_number(self) -> str:
        """The number of a household of this community."""
        number: str = self.cleaned_data["number"]
        if number:
            self.household = Household.objects.filter(community=self.community, number=number.zfill(4)).first()
            if self.household is None:
                raise ValidationError(_("There is no household of this number here."), code="unknown")
        return number


class SpendersForm(forms.Form):
    """Who may spend from a household's wallet."""

    spenders = forms.MultipleChoiceField(label=_("May spend"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, members: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["spenders"].choices = [(str(one.resident_id), one.resident.full_name) for one in members]  # type: ignore[attr-defined]


class ResidentChoiceForm(forms.Form):
    """A resident by member number."""

    member_number = TypedTextField(label=_("Member number"), max_length=8)

    def __init__(self, *args: Any, community: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community = community
        self.resident: Resident | None = None

    def clean_member_number(self) -> str:
        """The number of somebody who lives here."""
        number: str = self.cleaned_data["member_number"].zfill(4)
        residents = Resident.objects.for_community(self.community).living_here()
        self.resident = residents.filter(member_number=number).first()
        if self.resident is None:
            raise ValidationError(_("Nobody here has this member number."), code="unknown")
        return number


class TeamForm(forms.Form):
    """A team's name and purpose."""

    name_zh = TypedTextField(label=_("Chinese name"), max_length=40)
    name_en = TypedTextField(label=_("English name"), max_length=80, required=False)
    does_zh = TypedTextField(label=_("What it does, in Chinese"), max_length=120, required=False)
    does_en = TypedTextField(label=_("What it does, in English"), max_length=160, required=False)


class GrantForm(forms.Form):
    """A role, for a person who signs in."""

    login = forms.CharField(label=_("Their mobile number or email address"), max_length=254)
    role = forms.ChoiceField(label=_("Role"))
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), required=False)
    street_wide = forms.BooleanField(label=_("For every community of the street"), required=False)

    def __init__(self, *args: Any, community: Any, roles: list[Role], for_street: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not for_street:
            del self.fields["street_wide"]
        self.fields["role"].choices = [(role.value, role.label) for role in roles]  # type: ignore[attr-defined]
        self.fields["team"].queryset = Team.objects.filter(community=community, closed_at__isnull=True)  # type: ignore[attr-defined]
        self.fields["team"].empty_label = _("No team")  # type: ignore[attr-defined]
        self.fields["team"].help_text = _("For a team leader.")

    def clean_login(self) -> Any:
        """Whose account it is."""
        return address_of(self.cleaned_data["login"])
