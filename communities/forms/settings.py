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

    def _post_clean(self) -> None:
        """The service writes, so the instance is left as it is."""
