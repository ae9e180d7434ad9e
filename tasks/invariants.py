"""What must hold of tasks, checked over the whole database by check_ledger; hours' part is in `invariants_hours`."""

from __future__ import annotations

from collections.abc import Callable

from core.invariants import Check, Finding, rows
from ledger.choices import HoldStatus
from tasks.invariants_hours import CHECKS_HOURS

TAKEN = """
SELECT s.id, s.taken, s.places, coalesce(sum(1 + u.companions) FILTER (WHERE u.state IN ('confirmed', 'attended')), 0)
FROM tasks_shift s LEFT JOIN tasks_signup u ON u.shift_id = s.id
GROUP BY s.id, s.taken, s.places
HAVING s.taken > s.places
    OR s.taken <> coalesce(sum(1 + u.companions) FILTER (WHERE u.state IN ('confirmed', 'attended')), 0)
"""
ONE_PAID_PLACE = """
SELECT t.id, count(s.id), coalesce(max(s.places), 0) FROM tasks_task t JOIN tasks_shift s ON s.task_id = t.id
WHERE t.funding = 'requester' AND s.cancelled_at IS NULL
GROUP BY t.id HAVING count(s.id) > 1 OR max(s.places) > 1
"""
HELD_FOR_NOTHING = f"""
SELECT t.id, t.state FROM tasks_task t JOIN ledger_hold h ON h.id = t.funding_hold_id
WHERE t.state <> 'published' AND h.status = {HoldStatus.ACTIVE:d}
"""  # noqa: S608  (a constant)
HOLDS_WITHOUT_TASK = f"""
SELECT h.reference FROM ledger_hold h LEFT JOIN tasks_task t ON t.funding_hold_id = h.id
WHERE h.reference LIKE 'task:%' AND h.status = {HoldStatus.ACTIVE:d} AND t.id IS NULL
"""  # noqa: S608  (a constant)
PROMISED_WITHOUT_HOLD = f"""
SELECT t.id, h.status FROM tasks_task t LEFT JOIN ledger_hold h ON h.id = t.funding_hold_id
WHERE t.funding = 'requester' AND t.state = 'published'
    AND (h.id IS NULL OR h.status NOT IN ({HoldStatus.ACTIVE:d}, {HoldStatus.POSTED:d}))
"""  # noqa: S608  (constants)


def _finds(sql: str, subject: str, detail: str) -> Callable[[], list[Finding]]:
    """A check whose query answers a subject's id and then the figures of its sentence."""

    def run() -> list[Finding]:
        return [Finding(subject.format(row[0]), detail.format(*row[1:])) for row in rows(sql)]

    return run


CHECKS: list[Check] = [
    Check(6, "sign-ups ≤ places", _finds(TAKEN, "shift {}", "taken {} of {}, signed up {}")),
    Check(6, "one place paid by a neighbour", _finds(ONE_PAID_PLACE, "task {}", "{} dates, up to {} places")),
    Check(3, "no coins held for a task that ended", _finds(HELD_FOR_NOTHING, "task {}", "is {}, its hold is active")),
    Check(3, "no coins held for no task", _finds(HOLDS_WITHOUT_TASK, "hold {}", "no task has this active hold")),
    Check(3, "a promised price is held", _finds(PROMISED_WITHOUT_HOLD, "task {}", "published, hold's status {}")),
    *CHECKS_HOURS,
]
