"""Run all benchmarks, print a table, write ``.local/bench.json``; the exit code is 1 when a bound is missed."""

import json
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from bench import storm
from bench.figures import Figure

RESULT = Path(".local/bench.json")


def main() -> int:
    """Every figure, printed as it comes; ``python -m bench pages`` runs some alone, ``storm`` none of them."""
    chosen = [name for name in sys.argv[1:] if not name.startswith("-")] or list(PARTS)
    if chosen == ["storm"]:
        return storm.run()
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    import django

    django.setup()
    figures: list[Figure] = []
    try:
        for name in chosen:
            for figure in PARTS[name]():
                figures.append(figure)
                print(figure, flush=True)
    finally:  # what was measured before something failed is kept
        RESULT.parent.mkdir(exist_ok=True)
        RESULT.write_text(json.dumps([figure.as_dict() for figure in figures], indent=1))
    missed = [figure for figure in figures if not figure.is_reached]
    print(f"{len(figures) - len(missed)} of {len(figures)} reached; written to {RESULT}")
    return 1 if missed else 0


def _pages() -> Iterable[Figure]:
    from bench import pages

    return pages.run()


def _ledger() -> Iterable[Figure]:
    from bench import ledger

    return ledger.run()


PARTS: dict[str, Callable[[], Iterable[Figure]]] = {"pages": _pages, "ledger": _ledger}

if __name__ == "__main__":
    sys.exit(main())
