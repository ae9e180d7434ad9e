"""What a person may have typed, planted into every text column there is, whatever form or file it came by.

A new column is planted without being named here; what no person types is, with the reason.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connections, models, transaction

from communities.models import Community

SHORT = 30  # letters: a column too short for most payloads gets the short one
# Not typed by anybody.
NOT_TYPED = {
    "key": "made here",
    "code": "made here",
    "qr_token": "made here",
    "passbook_token": "made here",
    "word_code": "made here",
    "check_in_secret": "made here",
    "checked_in_from": "a digest",
    "file_hash": "a digest",
    "session_key": "made here",
    "number": "made here",
    "member_number": "made here",
    "reference": "made here",
    "reversal_reference": "made here",
    "kind": "a name of ours",
    "record_kind": "a name of ours",
    "record_id": "an id",
    "subject": "an id with a name of ours",
    "purpose": "a name of ours",
    "result": "an address of ours",
    "url": "an address of ours",
    "password": "not in use",
    "phone": "a number, proved by a code or read by the form",
    "guardian_phone": "a number, read by the form",
    "email": "proved by a code",
    "time_zone": "chosen from a list by the operator's command",
    "unit": "chosen by the operator's command",
}
IDS = (
    "_id",
    "_url",
    "_at",
    "_date",
    "kind",
    "url",
    "slug",
    "month",
    "language",
    "state",
    "reference",
    "number",
    "zone",
)


def typed_columns() -> list[tuple[str, models.Field[Any, Any]]]:
    """Table and field of everything that somebody may have typed."""
    return [
        (model._meta.db_table, one)
        for model in apps.get_models(include_auto_created=True)
        if not model.__module__.startswith(("django.", "allauth.", "pghistory."))
        for one in model._meta.concrete_fields
        if isinstance(one, models.CharField | models.TextField)
        and not isinstance(one, models.SlugField)
        and not (one.choices or one.primary_key or one.name in NOT_TYPED)
    ]


def plant(payloads: list[str], *, short: str) -> list[str]:
    """Put them into every typed column, row by row in turn; answers the columns that took them.

    A column whose constraint refuses them all is guarded by that. The caller puts the world back (`Kept`).
    """
    took = []
    connection = connections["owner"]
    columns = typed_columns()
    tables = sorted({table for table, _one in columns} | {table for table, _one in payload_columns()})
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        for number, (table, one) in enumerate(columns):
            if _planted(cursor, table, one, payloads, short, number):
                took.append(f"{table}.{one.column}")
        for table, one in payload_columns():
            _plant_json(cursor, table, one.column, payloads)
        for table in tables:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')
    return took


def _planted(cursor: Any, table: str, one: Any, payloads: list[str], short: str, number: int) -> bool:
    fitting = [text for text in payloads if not one.max_length or len(text) <= one.max_length]
    fitting = fitting if (one.max_length or SHORT) >= SHORT and fitting else [short[: one.max_length]]
    try:
        with transaction.atomic(using="owner"):
            cursor.execute(
                f'UPDATE "{table}" AS t SET "{one.column}" = (%s::text[])[1 + (r.number + %s) %% %s] '
                f'FROM (SELECT ctid, row_number() OVER () AS number FROM "{table}") AS r '
                f'WHERE t.ctid = r.ctid AND t."{one.column}" IS NOT NULL',
                [fitting, number, len(fitting)],
            )
            return bool(cursor.rowcount)
    except DatabaseError:
        return False


def payload_columns() -> list[tuple[str, Any]]:
    """What notices say."""
    return [
        (model._meta.db_table, one)
        for model in apps.get_models()
        for one in model._meta.concrete_fields
        if one.name == "payload"
    ]


def _plant_json(cursor: Any, table: str, column: str, payloads: list[str]) -> None:
    """Every text within: titles, names, reasons; not what is an id, a date or an address."""
    cursor.execute(
        f'UPDATE "{table}" AS t SET "{column}" = said.new FROM ('
        f"SELECT s.ctid, jsonb_object_agg(e.key, CASE WHEN jsonb_typeof(e.value) = 'string' "
        "AND e.value #>> '{}' <> '' AND NOT e.key ~ %s AND NOT e.value #>> '{}' ~ '^[-0-9a-zT:.+Z/_]+$' "
        "THEN to_jsonb((%s::text[])[1 + (length(e.value::text) + s.number) %% %s]) ELSE e.value END) AS new "
        f'FROM (SELECT ctid, "{column}" AS was, row_number() OVER () AS number FROM "{table}") AS s, '
        "jsonb_each(s.was) AS e GROUP BY s.ctid) AS said WHERE t.ctid = said.ctid",
        [f"({'|'.join(IDS)})$", payloads, len(payloads)],
    )


def plant_in(community: Community, word: str) -> None:
    """The word in every typed column of what belongs to a community; its own names aside, which all may read."""
    for model in apps.get_models():
        path = path_to_community(model)
        names = [one.name for table, one in typed_columns() if table == model._meta.db_table]
        if path and names:
            _write(model, path, community, names, word)


def _write(model: type[models.Model], path: str, community: Community, names: list[str], word: str) -> None:
    table = model._meta.db_table
    with connections["owner"].cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        for name in names:
            limit = getattr(model._meta.get_field(name), "max_length", None) or len(word)
            with suppress(DatabaseError), transaction.atomic(using="owner"):
                model._base_manager.using("owner").filter(**{path: community}).update(**{name: word[:limit]})
        cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def path_to_community(model: type[models.Model], seen: tuple[type[models.Model], ...] = ()) -> str | None:
    """The shortest way along required foreign keys, such as ``task__community``."""
    keys = [one for one in model._meta.concrete_fields if one.many_to_one or one.one_to_one]
    for one in keys:
        if one.related_model is Community:
            return one.name
    for one in keys:
        if one.related_model not in (*seen, model) and len(seen) < 3:
            rest = path_to_community(one.related_model, (*seen, model))
            if rest:
                return f"{one.name}__{rest}"
    return None
