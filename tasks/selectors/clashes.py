"""What stands in the way of hours: a resident's other hours and sign-ups at once, of one or of a whole sheet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from tasks.choices import SignUpState
from tasks.models import HourRecord, Shift, SignUp
from tasks.rules.hours import Span


@dataclass(frozen=True, slots=True)
class Clashes:
    """Live records and sign-ups for other shifts around a span, by resident, the earliest first."""

    records: Mapping[UUID, Sequence[HourRecord]]
    sign_ups: Mapping[UUID, Sequence[Shift]]

    def record(self, resident_id: UUID, span: Span, *, but: UUID | None = None) -> HourRecord | None:
        """The first record of a resident that shares time with a span, or None. ``but``: the record itself."""
        found = (one for one in self.records.get(resident_id, ()) if one.pk != but and _share(one, span))
        return next(found, None)

    def sign_up(self, resident_id: UUID, span: Span) -> bool:
        """Whether a resident signed up for another shift that shares time with a span."""
        return any(_share(shift, span) for shift in self.sign_ups.get(resident_id, ()))


def clashes_around(span: Span, resident_ids: Collection[UUID], *, shift: Shift | None = None) -> Clashes:
    """Everything of these residents that shares time with a span; sign-ups for ``shift`` itself do not count."""
    records: dict[UUID, list[HourRecord]] = defaultdict(list)
    for record in (
        HourRecord.objects.filter(resident_id__in=resident_ids)
        .live()
        .overlapping(span.starts_at, span.ends_at)
        .order_by("starts_at")
    ):
        records[record.resident_id].append(record)
    sign_ups: dict[UUID, list[Shift]] = defaultdict(list)
    for sign_up in SignUp.objects.filter(
        resident_id__in=resident_ids,
        state__in=(SignUpState.CONFIRMED, SignUpState.ATTENDED),
        shift__starts_at__lt=span.ends_at,
        shift__ends_at__gt=span.starts_at,
        shift__cancelled_at__isnull=True,
    ).select_related("shift"):
        if shift is None or sign_up.shift_id != shift.pk:
            sign_ups[sign_up.resident_id].append(sign_up.shift)
    return Clashes(records, sign_ups)


def _share(one: HourRecord | Shift, span: Span) -> bool:
    return one.starts_at < span.ends_at and one.ends_at > span.starts_at
