"""What a ledger reference means to a reader. Each app describes its own prefixes in ``sources.py``."""

from dataclasses import dataclass
from datetime import date


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
