"""What a ledger reference means to a reader. Each app describes its own prefixes in ``sources.py``.

The descriptions are registered in ``apps.ready``; the passbook and the auditor's pages read them here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class SourceLine:
    """The source of an entry: its title in both languages, the day of service, minutes, and where it is shown."""

    title_zh: str
    title_en: str = ""
    service_date: date | None = None
    minutes: int | None = None
    person: str = ""  # the member of a household wallet
    url: str = ""  # the source's page for staff and auditors
    resident_url: str = ""  # the same for its resident
    verified_by: str = ""
    incoming: SourceLine | None = None  # where it is told otherwise to who receives: a transfer, in the other book

    def told(self, *, receiving: bool) -> SourceLine:
        """As this side reads it."""
        return self.incoming if receiving and self.incoming is not None else self


Describe = Callable[[Iterable[str]], dict[str, SourceLine]]
DESCRIBERS: dict[str, Describe] = {}


def register(describe: Describe, *prefixes: str) -> None:
    """Say who describes references that begin with these words, such as ``hour-record``."""
    DESCRIBERS.update(dict.fromkeys(prefixes, describe))


def sources_of(references: Iterable[str]) -> dict[str, SourceLine]:
    """Reference → its source, one call an app; a reference that no app knows is left out."""
    asked: dict[Describe, list[str]] = defaultdict(list)
    for reference in dict.fromkeys(references):
        describe = DESCRIBERS.get(reference.partition(":")[0])
        if describe is not None:
            asked[describe].append(reference)
    found: dict[str, SourceLine] = {}
    for describe, mine in asked.items():
        found |= describe(mine)
    return found


def id_of(reference: str, prefix: str) -> UUID | None:
    """The id in ``<prefix>:<id>:…``, None where the reference is of another prefix or has none."""
    said, _colon, rest = reference.partition(":")
    try:
        return UUID(rest.partition(":")[0]) if said == prefix else None
    except ValueError:
        return None


def source_of(reference: str) -> SourceLine | None:
    """The source of one reference, None when no app knows it."""
    return sources_of([reference]).get(reference)
