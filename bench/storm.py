"""The long form of the tests that hammer: ``python -m bench storm``.

16 clients for two minutes under a snapshot that never moves, then kill -9 of PostgreSQL, ten times, under 16 clients.
They are the tests of every day, which take seconds, with larger numbers.
"""

import os
import subprocess
import sys

TESTS = ("tests/ledger/test_storm.py", "tests/faults/test_database_killed.py")
NUMBERS = {"STORM_CLIENTS": "16", "STORM_SECONDS": "120", "STORM_KILLS": "10"}
MOST_S = 15 * 60


def run() -> int:
    """0 when all held."""
    apart = ("DJANGO_SETTINGS_MODULE", "DATA_DIR", "EMBEDDED_DURABLE")  # the tests have their own
    kept = {name: value for name, value in os.environ.items() if name not in apart}
    command = [sys.executable, "-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", *TESTS]
    return subprocess.run(command, env={**kept, **NUMBERS}, timeout=MOST_S).returncode
