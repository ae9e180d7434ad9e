"""Volunteering: rules, tasks, shifts, sign-ups, attendance, requests for help, hour records."""

from tasks.models.earning import EarningRule
from tasks.models.help import HelpRequest
from tasks.models.hours import HourEvent, HourRecord
from tasks.models.sign_up import Attendance, SignUp
from tasks.models.task import Shift, Task

__all__ = ["Attendance", "EarningRule", "HelpRequest", "HourEvent", "HourRecord", "Shift", "SignUp", "Task"]
