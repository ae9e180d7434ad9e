"""The community's settings, with the reason for a change."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from communities.choices import BOUNDS
from communities.models import CommunitySettings
from communities.services.settings import CHANGEABLE
from core.forms import TypedTextField

# The page's parts; a field that is named in none of them is shown at the end.
PARTS = (
    (_("Coins and passbooks"), ("wallets", "coin_zh", "coin_en", "coin_en_plural", "wallet_cap_coins")),
    (
        _("Earning"),
        ("earning_cap_day_minutes", "earning_cap_month_minutes", "flag_minutes", "max_minutes"),
    ),
    (
        _("Spending"),
        (
            "two_person_limit_coins",
            "automatic_approval_up_to",
            "minimum_age_to_redeem",
            "undo_minutes",
            "request_lapses_days",
            "code_valid_days",
            "seat_cancel_hours",
        ),
    ),
    (_("Expiry and credit"), ("expiry_months", "credit_line_coins")),
)


def _bound(field: forms.Field, least: int, most: int) -> None:
    said = _("Write a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
    field.validators = [MinValueValidator(least, said), MaxValueValidator(most, said)]
    field.error_messages["invalid"] = said
    field.widget.attrs |= {"min": least, "max": most}


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """Explicit fields alone; the service changes what may be changed."""

    reason = TypedTextField(label=_("Why is this changed?"), max_length=200)

    class Meta:
        model = CommunitySettings
        fields: ClassVar = [*CHANGEABLE]
        widgets: ClassVar = {"wallets": forms.RadioSelect}
        help_texts: ClassVar = {
            "expiry_months": _("Left empty, coins never expire. Holders are told 30 days before the first ones do."),
            "credit_line_coins": _("0: nobody spends more than they have. Who is below a narrower line repays first."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in BOUNDS.keys() & self.fields.keys():
            _bound(self.fields[name], *BOUNDS[name])

    def parts(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Title and fields of each part of the page; what none of them names comes last."""
        named = {name for _title, names in PARTS for name in names}
        rest = [name for name in self.fields if name not in named]
        return [(str(title), [self[name] for name in names]) for title, names in (*PARTS, ("", rest))]

    def _post_clean(self) -> None:
        """The service writes, so the instance is left as it is."""
