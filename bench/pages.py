"""The resident's home, the task board and the passbook: at town size against the base page, and against themselves.

Both sizes are made alike, thirty entries a resident, so that a page shows as much in a small place as in a town; only
what lies around it differs.
"""

from collections.abc import Iterator

from django.core.management import call_command

from bench.figures import QUICK, Figure, compare
from bench.site import PAGES, site

SMALL = (60, 1_800)
TOWN = (200, 6_000) if QUICK else (10_000, 300_000)
ENOUGH = 0.25  # of the base page's requests a second
ALIKE = 0.8  # ± 20 %
FIRST_VISIT_KB = 60


def run() -> Iterator[Figure]:
    """Every figure as it comes."""
    call_command("collectstatic", interactive=False, clear=True, verbosity=0)
    with site("bench_small", *SMALL) as small, site("bench_town", *TOWN) as town:
        for page in PAGES:
            yield compare(
                f"{page}, town / base page alone",
                lambda page=page: town.rate(page),
                lambda: town.rate("reference"),
                at_least=ENOUGH,
            )
            yield compare(
                f"{page}, town / small",
                lambda page=page: town.rate(page),
                lambda page=page: small.rate(page),
                at_least=ALIKE,
            )
        yield weight(town.first_visit())


def weight(parts: dict[str, int]) -> Figure:
    """The first visit's bytes, as a share of what it may weigh."""
    share = sum(parts.values()) / 1024 / FIRST_VISIT_KB
    return Figure(f"first visit, gzip / {FIRST_VISIT_KB} KB", share, [share], at_most=1.0)
