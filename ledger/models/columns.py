"""What several tables have: triggers that keep them as they are, and references without a constraint."""

from typing import TYPE_CHECKING

import pgtrigger
from django.db import models

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

FROZEN = "LG000"


def frozen() -> list[pgtrigger.Trigger]:
    """Triggers that refuse UPDATE and DELETE for everyone. By statement: they cost nothing on INSERT."""
    return [
        pgtrigger.Trigger(
            name="frozen",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Delete,
            func="RAISE EXCEPTION 'the ledger is append-only: % on %', TG_OP, TG_TABLE_NAME "
            f"USING ERRCODE = '{FROZEN}';",
        )
    ]


def to(model: str, name: "_StrPromise", *, null: bool = False, related: str = "+") -> "models.ForeignKey[models.Model]":
    """A reference that the functions keep, without a constraint or an index of its own."""
    return models.ForeignKey(
        model,
        models.DO_NOTHING,
        verbose_name=name,
        null=null,
        db_constraint=False,
        db_index=False,
        related_name=related,
    )
