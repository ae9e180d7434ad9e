"""Refusals of the reports."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class NoWayBack(DomainError):
    """A reference that is reversed elsewhere, or not at all."""

    code = "no_way_back"
    message = _(
        "This entry is reversed where it came from: open its source. What the ledger made itself is not reversed."
    )
