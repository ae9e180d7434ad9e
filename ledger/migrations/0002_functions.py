"""The functions through which alone the ledger is written, the view for auditors, and the app's rights."""

from typing import ClassVar

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from ledger import sql

FILES = (
    "01_types.sql",
    "02_books.sql",
    "03_post_one.sql",
    "04_post_many.sql",
    "05_holds.sql",
    "06_reversals.sql",
    "07_months.sql",
    "08_views.sql",
    "09_transfers.sql",
    "10_expiry.sql",
    "11_credit_lines.sql",
)


def install(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    sql.run(schema_editor, *FILES)
    sql.set_rights(schema_editor)


def drop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    sql.run(schema_editor, "99_drop.sql")


class Migration(migrations.Migration):
    dependencies: ClassVar = [("ledger", "0001_schema")]
    operations: ClassVar = [migrations.RunPython(install, drop)]
