"""Forms of the audit."""

from django import forms
from django.utils.translation import gettext_lazy as _

REASON_LENGTH = 200


class ReasonForm(forms.Form):
    """Why an entry is to be reversed."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("One sentence. It stays with both entries for good."),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
