"""The kinds that only these tests know."""

from tests.factories.notifications import test_kinds

__all__ = ["test_kinds"]
