"""The ledger's SQL: types, functions and the view, as migrations install them, and the rights on them.

Migrations read these files, so a released file is not edited: a later migration replaces a function by its own file.
"""

from pathlib import Path

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

HERE = Path(__file__).parent

# What the app's role may execute; everything else is for these functions alone.
API = (
    "ledger_open_book",
    "ledger_open_account",
    "ledger_set_cap",
    "ledger_pause_spending",
    "ledger_post_one",
    "ledger_post_many",
    "ledger_open_clearing",
    "ledger_post_transfer",
    "ledger_hold_coins",
    "ledger_end_holds",
    "ledger_ask_reversal",
    "ledger_confirm_reversal",
    "ledger_decline_reversal",
    "ledger_close_month",
    "ledger_state_month",
    "ledger_checkpoint_now",
    "ledger_seal_book",
    "ledger_verify_seals",
    "ledger_due_to_expire",
    "ledger_expire_coins",
    "ledger_set_credit_line",
)


def read(name: str) -> str:
    """The text of one file here."""
    return (HERE / name).read_text(encoding="utf-8")


def run(schema_editor: BaseDatabaseSchemaEditor, *names: str) -> None:
    """Execute files in order, each as one script."""
    with schema_editor.connection.cursor() as cursor:
        for name in names:
            cursor.execute(read(name))


def set_rights(schema_editor: BaseDatabaseSchemaEditor) -> None:
    """On every ledger table, view and function: the app's role may SELECT and EXECUTE ``API``, PUBLIC nothing.

    It takes back what the owner's default privileges gave. Where one role serves both aliases there is nothing to part.
    """
    connection = schema_editor.connection
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.oid::regprocedure::text, p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
            "WHERE n.nspname = 'public' AND p.proname LIKE 'ledger\\_%'"
        )
        functions = cursor.fetchall()
        cursor.execute(
            "SELECT c.oid::regclass::text, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE n.nspname = 'public' AND c.relname LIKE 'ledger\\_%' AND c.relkind IN ('r', 'v', 'S')"
        )
        relations = cursor.fetchall()
        for signature, _name in functions:
            cursor.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        app = settings.DATABASES["default"]["USER"]
        if app == connection.settings_dict["USER"]:
            return
        role = connection.ops.quote_name(app)
        for relation, relkind in relations:
            cursor.execute(f"REVOKE ALL ON {'SEQUENCE ' if relkind == 'S' else ''}{relation} FROM PUBLIC, {role}")
            if relkind != "S":
                cursor.execute(f"GRANT SELECT ON {relation} TO {role}")
        for signature, name in functions:
            cursor.execute(f"REVOKE ALL ON FUNCTION {signature} FROM {role}")
            if name in API:
                cursor.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {role}")
