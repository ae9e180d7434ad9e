"""The named values of tasks."""

from tasks.choices.work import (
    HELP_TILES,
    HOLDS_A_PLACE,
    LIVE,
    Category,
    CheckInMethod,
    Decision,
    Earning,
    Funding,
    HelpState,
    RuleKind,
    SignUpState,
    TaskState,
)

__all__ = [
    "HELP_TILES",
    "HOLDS_A_PLACE",
    "LIVE",
    "Category",
    "CheckInMethod",
    "Decision",
    "Earning",
    "Funding",
    "HelpState",
    "RuleKind",
    "SignUpState",
    "TaskState",
]
