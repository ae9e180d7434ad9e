"""The named values of tasks, shifts, sign-ups, attendance and requests for help."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Funding(models.TextChoices):
    """Who pays for the hours: the community issues coins, or the neighbour who asked gives theirs."""

    COMMUNITY = "community", _("The community")
    REQUESTER = "requester", _("The neighbour who asked")


class Earning(models.TextChoices):
    """How a helper's coins are counted: by the community's rule, or by the amount written on the task."""

    RULE = "rule", _("By the community's rule")
    PER_TASK = "per_task", _("A fixed amount for this task")


class RuleKind(models.TextChoices):
    """A community's rule: coins by the minute, or a fixed amount each time one came."""

    PER_MINUTE = "per_minute", _("By the minute")
    PER_ATTENDANCE = "per_attendance", _("Each time one comes")


class TaskState(models.TextChoices):
    """Drafts are staff's alone; a cancelled task keeps its page, so that no link leads nowhere."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("Published")
    CANCELLED = "cancelled", pgettext_lazy("task", "Called off")


class Category(models.TextChoices):
    """What kind of help it is. The first five and `other` are also the tiles of "ask for help"."""

    SHOPPING = "shopping", _("Shopping and errands")
    CLINIC = "clinic", _("Going to the doctor")
    HAIRCUT = "haircut", _("Haircut")
    HOUSEWORK = "housework", _("Housework")
    REPAIRS = "repairs", _("Repairs")
    COMPANY = "company", _("Keeping company")
    CLEANING = "cleaning", _("Cleaning up")
    PATROL = "patrol", _("Patrol")
    CHILDREN = "children", _("Children and learning")
    EVENT = "event", _("Events and classes")
    OTHER = "other", _("Something else")


HELP_TILES = (
    Category.SHOPPING,
    Category.CLINIC,
    Category.HAIRCUT,
    Category.HOUSEWORK,
    Category.REPAIRS,
    Category.OTHER,
)


class SignUpState(models.TextChoices):
    """asked → confirmed | waitlisted | declined; waitlisted → confirmed → attended | absent | excused.

    Every one of them may end as withdrawn (by the resident) or called off (with the shift).
    """

    ASKED = "asked", _("Waiting for staff's answer")
    WAITLISTED = "waitlisted", _("On the wait list")
    CONFIRMED = "confirmed", _("Signed up")
    WITHDRAWN = "withdrawn", pgettext_lazy("sign-up", "Withdrawn")
    DECLINED = "declined", pgettext_lazy("sign-up", "Not accepted")
    CALLED_OFF = "called_off", _("Called off")
    ATTENDED = "attended", pgettext_lazy("sign-up", "Attended")
    ABSENT = "absent", pgettext_lazy("sign-up", "Absent")
    EXCUSED = "excused", pgettext_lazy("sign-up", "Excused")


# Who takes up a place of the shift; the trigger on sign-ups counts the same.
HOLDS_A_PLACE = (SignUpState.CONFIRMED, SignUpState.ATTENDED)
# Who is in: a second sign-up of the same resident for the same shift is refused while one of these stands.
LIVE = (
    SignUpState.ASKED,
    SignUpState.WAITLISTED,
    SignUpState.CONFIRMED,
    SignUpState.ATTENDED,
    SignUpState.ABSENT,
    SignUpState.EXCUSED,
)


class CheckInMethod(models.TextChoices):
    """How the evidence of presence came in."""

    QR = "qr", _("QR code")
    WORD = "word", _("Code word")
    STAFF = "staff", _("By staff")


class Decision(models.TextChoices):
    """The leader's or staff's tick, which decides."""

    PRESENT = "present", pgettext_lazy("attendance", "Came")
    ABSENT = "absent", pgettext_lazy("attendance", "Did not come")
    EXCUSED = "excused", pgettext_lazy("attendance", "Excused")


class HelpState(models.TextChoices):
    """A call waiting until staff make a task of it, settle it otherwise, or the resident takes it back."""

    WAITING = "waiting", _("Waiting for staff")
    PUBLISHED = "published", _("Published as a task")
    SETTLED = "settled", _("Settled")
    WITHDRAWN = "withdrawn", pgettext_lazy("request for help", "Taken back")
