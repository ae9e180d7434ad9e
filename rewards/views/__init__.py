"""The pages of rewards: ``catalogue``, ``redemptions`` for residents; ``approvals``, ``stock``, ``desk`` for staff."""
