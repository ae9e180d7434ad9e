"""Which community is asked to be a partner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.models import Community
from core.wording import dot


class AskForm(forms.Form):
    """One of the communities that count in the same unit; those of the street come first, under their own heading."""

    partner = forms.ChoiceField(label=_("Community"))

    def __init__(self, *args: Any, here: Community, communities: Sequence[Community], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near = [(one.pk, one.name) for one in communities if one.street_id == here.street_id]
        far = [
            (one.pk, f"{one.name}{dot()}{one.street.name}") for one in communities if one.street_id != here.street_id
        ]
        groups = [(_("In the same street"), near), (_("Elsewhere"), far)]
        self.fields["partner"].choices = [(label, rows) for label, rows in groups if rows]  # type: ignore[attr-defined]
