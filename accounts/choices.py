"""What a person may choose for every page."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Language(models.TextChoices):
    """The languages of the product; an empty value on the account means: as the browser asks."""

    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class TextSize(models.TextChoices):
    """18, 22 and 30 px of root text."""

    STANDARD = "standard", _("Standard")
    LARGE = "large", _("Large")
    LARGEST = "largest", _("Largest")


class Way(models.TextChoices):
    """Where a code goes."""

    PHONE = "phone", _("Phone number")
    EMAIL = "email", _("Email address")
