"""The pages of rewards: ``catalogue`` and ``redemptions`` for residents; ``approvals``, ``stock`` and ``desk`` for staff."""
