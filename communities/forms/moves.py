"""What a move of coins between wallets asks: from whom, to whom, how many, why."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from communities.choices import MOST_COINS, MoveKind, Wallets
from communities.models.moves import REASON_LENGTH
from communities.selectors_moves import fund_of, wallet_numbered
from communities.services.moves import Terms
from core.forms import KeyedForm, TypedTextField


class MoveForm(KeyedForm):
    """The wallets by household number, or by member number where everybody has their own."""

    kind = forms.ChoiceField(label=_("What happened?"), choices=MoveKind.choices, widget=forms.RadioSelect)
    from_number = TypedTextField(max_length=8, widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}))
    to_number = TypedTextField(
        max_length=8, required=False, widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"})
    )
    coins = forms.IntegerField(
        label=_("How many coins"),
        required=False,
        min_value=1,
        max_value=MOST_COINS,
        help_text=_("Leave empty to move all. Held coins stay until their hold ends."),
        widget=forms.TextInput(attrs={"class": "short", "inputmode": "numeric"}),
    )
    reason = TypedTextField(
        label=_("Reason"),
        max_length=REASON_LENGTH,
        help_text=_("It stands on the slip that is signed. No illness, no family quarrel."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, community: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community = community
        shared = community.settings.wallets == Wallets.HOUSEHOLD
        self.fields["from_number"].label = _("From household number") if shared else _("From member number")
        self.fields["to_number"].label = _("To household number") if shared else _("To member number")
        self.fields["to_number"].help_text = _("After a death, leave it empty for the community fund.")
        if not shared:
            kind: Any = self.fields["kind"]
            kind.choices = [(MoveKind.DEATH.value, MoveKind.DEATH.label)]
            kind.initial = MoveKind.DEATH

    def clean_from_number(self) -> int:
        """The wallet that pays."""
        return self._wallet(self.cleaned_data["from_number"])

    def clean_to_number(self) -> int:
        """The wallet that gets the coins, or the fund."""
        number = self.cleaned_data["to_number"]
        return self._wallet(number) if number else fund_of(self.community)

    def _wallet(self, number: str) -> int:
        found = wallet_numbered(self.community, number)
        if found is None:
            raise ValidationError(_("There is no wallet of this number here."), code="unknown")
        return found

    @property
    def terms(self) -> Terms:
        """What is asked for."""
        cleaned = self.cleaned_data
        return Terms(
            kind=MoveKind(cleaned["kind"]),
            from_wallet_id=cleaned["from_number"],
            to_wallet_id=cleaned["to_number"],
            coins=cleaned["coins"],
            reason=cleaned["reason"],
        )


class MoveReversalForm(KeyedForm):
    """Why the coins should go back."""

    reason = TypedTextField(
        label=_("Reason"), max_length=REASON_LENGTH, widget=forms.Textarea(attrs={"rows": 2}), required=True
    )
