"""What stands in for each part of an address. A new part without a sample fails the walk, and is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.test import RequestFactory

from accounts.models import User
from audit.models import RecordView
from bookings.models import Course
from communities.models import Household, RoleGrant, Team
from core.clock import local_date
from ledger.models import Account, Book, Checkpoint, Hold, JournalEntry, MonthlyStatement, ReversalRequest, Seal
from notifications.models import OutboxMessage
from papers.codes import code
from tests.walks.routes import Route
from tests.walks.world import World, first, token_for

Make = Callable[[World], Any]


def _month(world: World) -> str:
    return f"{(world.now.replace(day=1) - timedelta(days=1)):%Y-%m}"


def _check_code(world: World) -> str:
    account = world.things["lin"].resident.wallet
    account.refresh_from_db()
    return code(
        book_id=account.book_id,
        account_number=account.number,
        month=world.now.date().replace(day=1),
        last_seq=account.seq,
        balance=account.balance,
    )


def _thing(name: str) -> Make:
    return lambda world: world.things[name].pk


# By route first, then by the part's name.
BY_ROUTE: dict[tuple[str, str], Make] = {
    ("tasks:publish_draft", "task_id"): _thing("draft"),
    ("tasks:hours_fix", "record_id"): _thing("record returned"),
    ("tasks:hours_appeal", "record_id"): _thing("record refused"),
    ("tasks:hours_withdraw", "record_id"): _thing("record submitted"),
    ("tasks:verify_one", "record_id"): _thing("record submitted"),
    ("tasks:reversal_ask", "record_id"): _thing("record verified"),
    ("tasks:reversal_decide", "record_id"): _thing("record asked"),
    ("tasks:check_in", "token"): token_for,
    ("tasks:sheet", "shift_id"): _thing("past shift"),
    ("communities:passbook_code", "token"): lambda world: world.things["lin"].resident.passbook_token,
    ("communities:join_step", "name"): lambda world: "name",
    ("rewards:scan", "token"): lambda world: world.things["ready"].qr_token,
    ("rewards:approve", "redemption_id"): _thing("requested"),
    ("rewards:refuse", "redemption_id"): _thing("requested"),
    ("rewards:ask_reversal", "redemption_id"): _thing("collected"),
    ("rewards:slip", "redemption_id"): _thing("collected"),
    ("rewards:tell_me", "reward_id"): _thing("sold out"),
    ("rewards:undo", "redemption_id"): _thing("requested"),
    ("communities:move", "move"): _thing("open move"),
    ("papers:settlement", "month"): lambda world: f"{local_date(world.now, 'Asia/Shanghai'):%Y-%m}",
    ("transfers:approve", "transfer_id"): _thing("transfer waiting"),
    ("transfers:refuse", "transfer_id"): _thing("transfer waiting"),
    ("transfers:cancel", "transfer_id"): _thing("transfer waiting"),
    ("communities:resident", "resident"): lambda world: world.things["lin"].resident.pk,
}
BY_PART: dict[str, Make] = {
    "community": lambda world: world.slug,
    "task_id": _thing("task"),
    "shift_id": _thing("shift"),
    "shift": _thing("shift"),
    "sign_up_id": _thing("sign_up"),
    "request_id": _thing("call"),
    "record_id": _thing("record verified"),
    "reward_id": _thing("reward"),
    "redemption_id": _thing("ready"),
    "lesson_id": _thing("lesson"),
    "booking_id": _thing("booking"),
    "course_id": lambda world: first(Course, community=world.place.community).pk,
    "resident": lambda world: world.things["lin"].resident.pk,
    "household": lambda world: first(Household, community=world.place.community).pk,
    "team": lambda world: first(Team, community=world.place.community).pk,
    "transfer_id": _thing("transfer"),
    "partner": lambda world: world.things["near"].slug,
    "partnership": _thing("partnership asked"),
    "grant": lambda world: first(RoleGrant, community=world.place.community).pk,
    "message": _thing("notice"),
    "move": _thing("move"),
    "holder": _thing("debtor"),
    "write_off": _thing("write-off"),
    "entry": _thing("entry"),
    "month": _month,
    "code": _check_code,
    "pk": lambda world: world.things["entry"].pk,
    "app_label": lambda world: "ledger",
}
ADMIN_MODELS: dict[str, Any] = {
    "ledger_book": Book,
    "ledger_account": Account,
    "ledger_journalentry": JournalEntry,
    "ledger_hold": Hold,
    "ledger_reversalrequest": ReversalRequest,
    "ledger_monthlystatement": MonthlyStatement,
    "ledger_checkpoint": Checkpoint,
    "ledger_seal": Seal,
    "accounts_user": User,
    "audit_recordview": RecordView,
    "communities_rolegrant": RoleGrant,
    "notifications_outboxmessage": OutboxMessage,
}


def sample(route: Route, world: World) -> dict[str, Any]:
    """Values for every part of a route. LookupError names the part that has none."""
    return {part: _value(route, part, world) for part in route.parts}


def _value(route: Route, part: str, world: World) -> Any:
    if part == "object_id" and route.name == "admin:ledger_journalentry_change":
        return world.things["entry"].pk  # one with a source, and the same with fifty rows
    if part == "object_id":
        return _admin_object(route, world)
    if route.name.startswith("admin:ledger_book_") and part == "pk":
        return world.place.community.book_id
    if route.name.startswith("admin:ledger_reversalrequest") and part == "pk":
        return first(ReversalRequest).pk
    make = BY_ROUTE.get((route.name, part)) or BY_PART.get(part)
    if make is None:
        raise LookupError(f"no sample for <{part}> of {route.name}: add one to tests/walks/samples.py")
    return make(world)


def _admin_object(route: Route, world: World) -> Any:
    """The newest row that the auditor's list shows, or the operator's, where names of people do not appear."""
    model = ADMIN_MODELS[route.name.removeprefix("admin:").rsplit("_", 1)[0]]
    for role in ("auditor", "operator"):
        request = RequestFactory().get("/")
        request.user = world.people[role]
        found = admin.site.get_model_admin(model).get_queryset(request).order_by("-pk").first()
        if found is not None:
            return found.pk
    raise LookupError(f"the world has no {model.__name__} for {route.name}")
