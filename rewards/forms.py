"""The shape of what is typed about goods and redemptions."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from communities.models import Community, Resident
from communities.selectors import residents_meant
from core.forms import KeyedForm, WholeNumberField
from rewards.choices import MovementKind
from rewards.models.redemption import COLLECTOR_LENGTH, MAX_QUANTITY, REASON_LENGTH
from rewards.models.reward import MAX_PRICE, NOTE_LENGTH, TITLE_LENGTH, Reward
from rewards.models.stock import MAX_QUANTITY as MOST_STOCK
from rewards.services.stock import Goods

KINDS = {"": _("Goods and classes"), "goods": _("Goods"), "lessons": _("Classes")}
CODE_LENGTH = 200  # a scanner types the whole address of the QR


class CatalogueFilter(forms.Form):
    """What of the catalogue is shown."""

    kind = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=list(KINDS.items()),
    )
    affordable = forms.BooleanField(label=_("Only what I can afford"), required=False)

    mark_optional = False

    def words(self) -> list[str]:
        """The filters that are on, in words."""
        kind = self.cleaned_data.get("kind")
        chosen = [str(KINDS[kind])] if kind else []
        if self.cleaned_data.get("affordable"):
            chosen.append(str(self.fields["affordable"].label))
        return chosen


class QuantityForm(forms.Form):
    """How many, before the review."""

    quantity = WholeNumberField(label=_("How many"), min_value=1, max_value=MAX_QUANTITY, initial=1)


class RequestForm(KeyedForm):
    """The confirmed request: the number and the price that were reviewed, and the one-time key."""

    quantity = WholeNumberField(min_value=1, max_value=MAX_QUANTITY, widget=forms.HiddenInput)
    price_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ConfirmForm(KeyedForm):
    """A confirmation: nothing but the one-time key."""


class ReasonForm(KeyedForm):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=REASON_LENGTH)

    def __init__(self, *args: Any, hint: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = hint


class CollectorForm(KeyedForm):
    """Who collects it on behalf."""

    collector = forms.CharField(
        label=_("Name of who collects it"),
        max_length=COLLECTOR_LENGTH,
        required=False,
        help_text=_(
            "They bring the code or the printed ticket and an identity card. Leave it empty to collect it yourself."
        ),
    )


class CodeForm(forms.Form):
    """The desk's code box."""

    code = forms.CharField(
        label=_("Pick-up code"),
        max_length=CODE_LENGTH,
        help_text=_("Eight digits, or scan the QR code."),
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )


class HandOverForm(KeyedForm):
    """Handing over what the code stands for."""

    code = forms.CharField(max_length=CODE_LENGTH, widget=forms.HiddenInput)


class FindForm(forms.Form):
    """Whom staff look for."""

    q = forms.CharField(
        label=_("Resident"),
        max_length=60,
        required=False,
        help_text=_("Name, pinyin, end of the phone number, member number, or the passbook's QR code."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    mark_optional = False


class CounterForm(KeyedForm):
    """Goods over the counter."""

    reward = forms.ModelChoiceField(
        label=_("Goods"), queryset=Reward.objects.none(), empty_label=None, widget=forms.RadioSelect
    )
    quantity = WholeNumberField(label=_("How many"), min_value=1, max_value=MAX_QUANTITY, initial=1)
    collector = forms.CharField(label=_("Handed to, if not the resident"), max_length=COLLECTOR_LENGTH, required=False)

    def __init__(self, *args: Any, community: Community, label: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reward"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Reward.objects.for_community(community).shown()
        field.label_from_instance = label  # type: ignore[method-assign]


class MovementForm(KeyedForm):
    """Something came, was counted, or was lost."""

    kind = forms.ChoiceField(
        label=_("What happened"),
        widget=forms.RadioSelect,
        choices=[
            (MovementKind.RECEIVED, _("Goods arrived")),
            (MovementKind.COUNTED, _("I counted the shelf")),
            (MovementKind.WRITTEN_OFF, _("Spoiled or lost")),
        ],
    )
    quantity = WholeNumberField(
        label=_("How many"),
        min_value=0,
        max_value=MOST_STOCK,
        help_text=_("For a count: how many stand on the shelf now."),
    )
    reason = forms.CharField(
        label=_("Note"),
        max_length=REASON_LENGTH,
        required=False,
        help_text=_("Needed when something is spoiled or lost."),
    )

    def clean(self) -> dict[str, Any]:
        """Zero can be counted, but nothing else."""
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("quantity") == 0 and cleaned.get("kind") != MovementKind.COUNTED:
            self.add_error("quantity", ValidationError(_("Type how many, at least 1.")))
        return cleaned


class GoodsForm(KeyedForm):
    """Words, price and warning of goods."""

    title_zh = forms.CharField(label=_("Title in Chinese"), max_length=TITLE_LENGTH)
    title_en = forms.CharField(label=_("Title in English"), max_length=TITLE_LENGTH, required=False)
    about = forms.CharField(
        label=_("What it is"), max_length=NOTE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    price_coins = WholeNumberField(label=_("Price in coins"), min_value=1, max_value=MAX_PRICE)
    low_stock = WholeNumberField(label=_("Warn when fewer are left than"), min_value=0, max_value=MOST_STOCK, initial=5)
    maker = forms.CharField(
        label=_("Made by a resident"),
        max_length=60,
        required=False,
        help_text=_("Member number or name of who made it by hand."),
    )

    def __init__(self, *args: Any, community: Community, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.community = community

    def clean_maker(self) -> Resident | None:
        """Exactly one resident, or none."""
        typed = self.cleaned_data["maker"].strip()
        if not typed:
            return None
        found = residents_meant(community=self.community, query=typed)
        if len(found) != 1:
            raise ValidationError(_("This does not name exactly one resident. Type the member number."))
        return found[0]

    def goods(self) -> Goods:
        """What was typed, for the service."""
        data = self.cleaned_data
        return Goods(
            title_zh=data["title_zh"],
            title_en=data["title_en"],
            about=data["about"],
            price_coins=data["price_coins"],
            low_stock=data["low_stock"],
            made_by=data["maker"],
        )


class ChangeGoodsForm(GoodsForm):
    """The same, and whether they are offered."""

    offered = forms.BooleanField(label=_("Offered in the catalogue"), required=False)
