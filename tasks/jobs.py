"""Due work of tasks, called by the sweep."""

from datetime import datetime

from tasks.services import sweeping


def end_unhelped(now: datetime) -> int:
    """End paid tasks that nobody came to, and give the held coins back."""
    return sweeping.end_unhelped(now=now)
