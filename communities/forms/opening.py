"""A list of opening balances, and the word that it is brought over."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from core.forms import KeyedForm

TOKEN_LENGTH = 40


class OpeningFileForm(forms.Form):
    """The file."""

    file = forms.FileField(
        label=_("The list"),
        help_text=_("CSV or XLSX, with a column each for the member number, the name and the coins."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )


class OpeningConfirmForm(KeyedForm):
    """The list that was looked through."""

    token = forms.CharField(max_length=TOKEN_LENGTH, widget=forms.HiddenInput)
