"""verify_seals: clean books exit 0; a line that somebody altered is named and exits 1."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connections

from ledger.services import seals
from tests.ledger.conftest import NOW, World


def run() -> tuple[int, str]:
    """Exit code and output."""
    out = StringIO()
    try:
        call_command("verify_seals", stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_an_altered_line_is_named(real_world: World) -> None:
    real_world.earn(real_world.lin, 60, "hours")
    seals.seal_book(book_id=real_world.book.pk, now=NOW + timedelta(days=1))
    code, text = run()
    assert code == 0, text
    with connections["owner"].cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_journalentry DISABLE TRIGGER USER")
        cursor.execute("UPDATE ledger_journalentry SET actor_id = 4711 RETURNING id")
        entry_id = cursor.fetchone()[0]
        cursor.execute("ALTER TABLE ledger_journalentry ENABLE TRIGGER USER")
    code, text = run()
    assert code == 1
    assert f"entry {entry_id}, booked 2026-11-22, debit issuance, credit LIN" in text
