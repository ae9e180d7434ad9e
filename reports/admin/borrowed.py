"""Words of Django's admin that its Chinese catalogue lacks. Nothing imports this: it is read by `makemessages`."""

from django.utils.translation import gettext_lazy as _

WORDS = (_("Model name"), _("Add link"), _("Change or view list link"))
