"""What the ledger's references of this app mean to a reader: which coins expired."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from communities.models import ExpiryNotice
from core.sources import SourceLine
from core.wording import day_text

EXPIRY = re.compile(r"expiry:(\d{1,18})-(\d{4}-\d\d-\d\d)(?::reverse)?")


def describe(references: Iterable[str]) -> dict[str, SourceLine]:
    """Reference → up to which day the coins had come in. One query."""
    asked = {
        ref: (int(found[1]), date.fromisoformat(found[2])) for ref in references if (found := EXPIRY.fullmatch(ref))
    }
    notices = ExpiryNotice.objects.filter(
        account_id__in={account for account, _day in asked.values()},
        run__day__in={day for _account, day in asked.values()},
    ).select_related("run__community")
    lines = {(one.account_id, one.run.day): _line(one) for one in notices}
    return {ref: lines[key] for ref, key in asked.items() if key in lines}


def _line(notice: ExpiryNotice) -> SourceLine:
    return SourceLine(
        title_zh=_came_in("zh-hans", notice.run.through),
        title_en=_came_in("en", notice.run.through),
        url=reverse("communities:expiring", kwargs={"community": notice.run.community.slug}),
        resident_url=reverse("home:how", kwargs={"community": notice.run.community.slug}),
    )


def _came_in(language: str, through: date) -> str:
    with translation.override(language):
        return _("paid in by %(day)s") % {"day": day_text(through, weekday=False, year=True)}
