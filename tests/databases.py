"""The test database as a copy: migrations run once for a state of the code, every later run copies the result.

The template carries the fingerprint of everything that migrations are made of, so a changed migration makes a new one.
xdist's workers wait for each other with an advisory lock.
"""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test.utils import setup_databases

ROOT = Path(__file__).resolve().parents[1]
MADE_OF = ("*/migrations/*.py", "ledger/sql/*", "requirements.txt", "timebank/settings/*.py")
PREFIX = "test_template_"
READY = "ready"


def fingerprint() -> str:
    """Twelve letters that change with any file that migrations depend on."""
    digest = hashlib.sha256()
    for pattern in MADE_OF:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file():
                digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def make(*, anew: bool) -> None:
    """Copy the template, made first if need be, to the test database, and point both aliases at the copy."""
    owner = connections["owner"]
    name, template = owner.creation._get_test_db_name(), PREFIX + fingerprint()
    with owner.creation._nodb_cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [PREFIX])
        cursor.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname LIKE %s",
            [f"{PREFIX}%"],
        )
        found = dict(cursor.fetchall())
        if anew or found.get(template) != READY:
            for stale in found:
                cursor.execute(f'DROP DATABASE "{stale}"')
            migrate(template)
            cursor.execute(f"COMMENT ON DATABASE \"{template}\" IS '{READY}'")
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}"')
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = settings.DATABASES[alias]["NAME"] = name
        refuse_real_data(alias)


def migrate(template: str) -> None:
    """Create and migrate the template through alias ``owner``; ``default`` mirrors it."""
    tests = [connections[alias].settings_dict["TEST"] for alias in ("default", "owner")]
    names = [test["NAME"] for test in tests]
    for test in tests:
        test["NAME"] = template
    setup_databases(verbosity=0, interactive=False, aliases=["owner"], serialized_aliases=[])
    for test, name in zip(tests, names, strict=True):
        test["NAME"] = name
    connections.close_all()


def refuse_real_data(alias: str) -> None:
    """Stop the whole run when an alias points at anything but a test database."""
    name = connections[alias].settings_dict["NAME"]
    if "test_" not in name:
        pytest.exit(f"alias {alias} points at {name}, which is not a test database", returncode=3)
