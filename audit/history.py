"""What migrations say of history tables: the app's role adds to them and reads them, nothing else."""

from __future__ import annotations

from collections.abc import Callable

from django.apps.registry import Apps
from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import RunPython

FORBIDDEN = "UPDATE, DELETE, TRUNCATE"


def append_only(*tables: str, forbidden: str = FORBIDDEN) -> RunPython:
    """A migration's operation that takes from the app's role the rights to change or delete rows of event tables."""

    def run(verb: str, word: str) -> Callable[[Apps, BaseDatabaseSchemaEditor], None]:
        def change(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
            role = str(settings.DATABASES["default"].get("USER") or "")
            owner = str(editor.connection.settings_dict.get("USER") or "")
            if not role or role == owner:
                return  # one role for both: the deploy check refuses that in production
            for table in tables:
                rights = f"{verb} {forbidden} ON {editor.quote_name(table)} {word} {editor.quote_name(role)}"
                editor.execute(rights)

        return change

    return RunPython(run("REVOKE", "FROM"), run("GRANT", "TO"), elidable=False)
