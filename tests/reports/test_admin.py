"""The auditor's admin: within one's grants, read only, from entry to source, and reversals by two people."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse

from audit.services import log_view
from communities.actors import Actor
from communities.choices import Role, Wallets
from communities.services.founding import install_role
from core.wording import number_text
from ledger.choices import AccountKind, ReversalStatus
from ledger.models import Account, JournalEntry, ReversalRequest
from ledger.selectors import balance, trial_balance
from tasks.choices.hours import HourState
from tasks.models import HourRecord
from tasks.services.verification import verify
from tests.factories.hours import make_hours
from tests.factories.people import make_actor, make_community, make_user
from tests.factories.rewards import give_coins
from tests.factories.tasks import make_rule
from tests.factories.transfers import make_partner, send_coins

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Actor], Client]


@pytest.fixture
def entry(lin: Actor, zhou: Actor, now: datetime) -> JournalEntry:
    """The entry of an hour of lin's."""
    make_rule(lin.community)
    record = verify(actor=zhou, record_id=make_hours(lin, now=now).pk, now=now)
    return JournalEntry.objects.get(reference=record.reference)


@pytest.fixture
def stranger() -> Actor:
    """An auditor of another street's community."""
    return make_actor(make_community("sanjiang", street="zhaozhen"), "外审", Role.AUDITOR, resident=False)


def change(entry: JournalEntry) -> str:
    return reverse("admin:ledger_journalentry_change", args=[entry.pk])


def test_only_our_models_are_registered() -> None:
    get_resolver()._populate()
    names = {model._meta.label for model in admin.site._registry}
    assert "ledger.JournalEntry" in names
    assert not {"auth.Group", "account.EmailAddress", "mfa.Authenticator"} & names


@pytest.mark.parametrize(("who", "status"), [("lin", 302), ("zhou", 302), ("wu", 302), ("wang", 200), ("chen", 200)])
def test_who_gets_in(
    who: str, status: int, request: pytest.FixtureRequest, entry: JournalEntry, client_for: ClientFor
) -> None:
    client = client_for(request.getfixturevalue(who))
    assert client.get(reverse("admin:index")).status_code == status
    assert client.get(change(entry)).status_code == status


def test_another_communitys_auditor_sees_nothing(entry: JournalEntry, stranger: Actor, client_for: ClientFor) -> None:
    client = client_for(stranger)
    page = client.get(reverse("admin:ledger_journalentry_changelist"))
    assert page.status_code == 200
    assert list(page.context["cl"].queryset) == []
    assert client.get(change(entry)).status_code == 404
    assert client.get(reverse("admin:ledger_journalentry_reverse", args=[entry.pk])).status_code == 404
    assert client.get(reverse("admin:ledger_book_change", args=[entry.book_id])).status_code == 404


def test_an_entry_leads_to_its_source_and_person(entry: JournalEntry, chen: Actor, client_for: ClientFor) -> None:
    text = client_for(chen).get(change(entry)).content.decode()
    record = HourRecord.objects.get()
    assert reverse("tasks:verify_one", args=[record.community.slug, record.pk]) in text
    assert "林秀英" in text
    assert "周敏" in text


def test_an_entry_of_a_shared_wallet_names_who_lives_there(now: datetime, client_for: ClientFor) -> None:
    place = make_community("xincheng", wallets=Wallets.HOUSEHOLD)
    an = make_actor(place, "安秀兰")
    auditor = make_actor(place, "罗审计", Role.AUDITOR, resident=False)
    give_coins(an.resident, 50)
    given = JournalEntry.objects.get(book=place.book)
    text = client_for(auditor).get(change(given)).content.decode()
    assert f"{an.resident.member_number} 安秀兰" in text


@pytest.mark.parametrize("name", ["account", "book", "hold", "journalentry", "monthlystatement", "seal", "checkpoint"])
def test_nothing_is_added_or_changed(name: str, entry: JournalEntry, chen: Actor, client_for: ClientFor) -> None:
    client = client_for(chen)
    assert client.get(reverse(f"admin:ledger_{name}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:ledger_{name}_add")).status_code == 403
    if name == "journalentry":
        assert client.post(change(entry), {"amount": "1"}).status_code == 403
        assert client.post(reverse("admin:ledger_journalentry_delete", args=[entry.pk])).status_code == 403
    entry.refresh_from_db()
    assert entry.amount == 60


def test_accounts_without_a_stored_balance_show_what_their_entries_make(
    lin: Actor, entry: JournalEntry, chen: Actor, now: datetime, client_for: ClientFor
) -> None:
    partner = make_partner(lin.community)
    send_coins(lin, make_actor(partner, "汤秀兰"), now=now)
    client, book = client_for(chen), lin.community.book
    page = client.get(reverse("admin:ledger_account_changelist"))
    shown = {one.number: one.normal_balance for one in page.context["cl"].result_list}
    totals = {line.kind: line.balance for line in trial_balance(book.pk)}
    assert shown["issuance"] == totals[AccountKind.ISSUANCE] == 60
    clearing = Account.objects.get(book=book, kind=AccountKind.CLEARING)
    assert shown[clearing.number] == totals[AccountKind.CLEARING] != 0
    one = client.get(reverse("admin:ledger_account_change", args=[clearing.pk])).content.decode()
    assert partner.book.name_zh in one
    assert f'<div class="readonly">{number_text(totals[AccountKind.CLEARING])}</div>' in one


def test_the_list_of_accounts_asks_as_often_with_more_of_them(
    lin: Actor, entry: JournalEntry, chen: Actor, client_for: ClientFor
) -> None:
    client = client_for(chen)
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("admin:ledger_account_changelist"))
    for at in range(5):
        make_partner(lin.community, f"near{at}")
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("admin:ledger_account_changelist"))
    assert len(many) == len(few)


def test_two_people_reverse(
    entry: JournalEntry, lin: Actor, wang: Actor, chen: Actor, now: datetime, client_for: ClientFor
) -> None:
    ask = reverse("admin:ledger_journalentry_reverse", args=[entry.pk])
    assert client_for(chen).get(ask).status_code == 403  # an auditor changes nothing
    refused = client_for(wang).post(ask, {"reason": " "})
    assert refused.status_code == 200
    assert not ReversalRequest.objects.exists()
    assert client_for(wang).post(ask, {"reason": "登记错了人"}).status_code == 302
    asked = ReversalRequest.objects.get()

    confirm = reverse("admin:ledger_reversalrequest_confirm", args=[asked.pk])
    client_for(wang).post(confirm)
    asked.refresh_from_db()
    assert asked.status == ReversalStatus.ASKED  # not the one who asked

    second = make_actor(lin.community, "李建华", Role.MANAGER, resident=False)
    assert client_for(second).get(confirm).status_code == 405
    client_for(second).post(confirm)
    asked.refresh_from_db()
    assert asked.status == ReversalStatus.CONFIRMED
    assert HourRecord.objects.get().state == HourState.REVERSED
    assert balance(entry.credit_id).balance == 0


def test_an_operator_sees_totals_and_no_names(
    entry: JournalEntry, client_for: ClientFor, lin: Actor, now: datetime
) -> None:
    user = make_user("运维")
    install_role(user=user, role=Role.OPERATOR, now=now)
    client = client_for(Actor(user=user, community=lin.community))
    assert client.get(reverse("admin:ledger_book_changelist")).status_code == 200
    assert client.get(reverse("admin:ledger_book_change", args=[entry.book_id])).status_code == 200
    for name in ("ledger_account", "ledger_journalentry", "accounts_user", "audit_recordview"):
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 403


def test_opened_records_are_told_and_filtered_by_kind_in_words(
    lin: Actor, zhou: Actor, chen: Actor, now: datetime, client_for: ClientFor
) -> None:
    for kind in ("resident", "passbook", "passbook"):
        log_view(viewer_id=zhou.user_id, kind=kind, record_id=lin.resident.pk, community_id=lin.community.pk, now=now)
    client, address = client_for(chen), reverse("admin:audit_recordview_changelist")
    shown = client.get(address).content.decode()
    assert [shown.count(f'<td class="field-kind">{word}</td>') for word in ("居民", "存折")] == [1, 2]
    assert client.get(f"{address}?record_kind=passbook").context["cl"].result_count == 2


def test_queries_do_not_grow(lin: Actor, zhou: Actor, chen: Actor, now: datetime, client_for: ClientFor,
                             django_assert_max_num_queries: Callable[..., object]) -> None:  # fmt: skip
    from datetime import timedelta

    make_rule(lin.community)
    for number in range(12):
        starts = now - timedelta(days=2 + number)
        verify(actor=zhou, record_id=make_hours(lin, now=now, starts_at=starts).pk, now=now)
    client = client_for(chen)
    with django_assert_max_num_queries(14):  # type: ignore[attr-defined]
        assert client.get(reverse("admin:ledger_journalentry_changelist")).status_code == 200


@pytest.mark.parametrize(
    "address", ["/admin/r/1/1/", "/admin/password_change/", "/admin/ledger/journalentry/?booked_date__year=99999"]
)
def test_odd_addresses_of_the_admin(address: str, entry: JournalEntry, chen: Actor, client_for: ClientFor) -> None:
    assert client_for(chen).get(address).status_code in (302, 404)
