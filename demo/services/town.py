"""Large demonstrations, set-based: one community of a town's or a district's size, without sign-up rows."""

from __future__ import annotations

from datetime import datetime

from demo.services.seeding import Login


def seed_sized(size: str, *, now: datetime) -> list[Login]:
    """To be written next."""
    raise NotImplementedError(size)
