"""Expiry: told thirty days before, taken on the first of a month, never more than was told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from communities.choices import Role
from communities.invariants_coins import expiry_was_announced
from communities.models import ExpiryNotice, ExpiryRun
from communities.selectors import expiring_from
from communities.services import expiring
from communities.services.settings import change_settings
from core import months
from core.sources import source_of
from core.wording import day_text
from ledger.choices import AccountKind, EntryKind
from ledger.models import JournalEntry
from ledger.selectors import balance, system_account_id
from ledger.services import books, holds
from ledger.services.expiry import expire_coins
from ledger.services.posting import LineRequest, post
from notifications import kinds
from notifications.models import OutboxMessage
from tests.factories.people import JOINED, NOW, make_actor, make_resident
from tests.factories.rewards import give_coins, set_settings

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
OLD = JOINED + DAY  # 6 January 2026
TOLD = datetime(2027, 1, 2, 1, 0, tzinfo=UTC)  # thirty days before
THE_DAY = datetime(2027, 1, 31, 16, 0, 1, tzinfo=UTC)  # 1 February, 0:00:01 in Shanghai


def spend(place, wallet, coins, now):
    redeemed = system_account_id(place.book_id, AccountKind.REDEEMED)
    post(LineRequest(place.book_id, f"spend:{now}", EntryKind.REDEMPTION, wallet, redeemed, coins), now=now)


def told():
    return list(OutboxMessage.objects.filter(kind=expiring.KIND, channel="inbox").order_by("pk"))


@pytest.fixture
def place(jinshan):
    """Coins are good for twelve months."""
    set_settings(jinshan, expiry_months=12)
    return jinshan


@pytest.mark.parametrize(
    ("today", "day"),
    [
        (date(2026, 12, 1), date(2027, 1, 1)),
        (date(2026, 12, 2), date(2027, 1, 1)),
        (date(2026, 12, 3), date(2027, 2, 1)),
        (date(2027, 1, 30), date(2027, 3, 1)),
        (date(2027, 1, 31), date(2027, 4, 1)),
        (date(2028, 1, 31), date(2028, 3, 1)),
    ],
)
def test_the_next_day_leaves_thirty_days_to_tell(today, day):
    assert expiring.next_day(today) == day


def test_holders_are_told_and_the_coins_expire(place, lin):
    wallet = give_coins(lin.resident, 100, now=OLD)
    give_coins(lin.resident, 40, now=NOW)
    assert expiring.sweep(TOLD) == 1
    (said,) = told()
    assert (said.recipient_id, said.payload["coins"], said.payload["last_day"]) == (lin.user_id, 100, "2027-01-31")
    assert said.url == "/c/jinshan/rewards/"
    assert expiring_from(community=place, account_id=wallet).coins == 100

    assert expiring.sweep(THE_DAY - DAY) == 0, "not a day too early"
    assert expiring.sweep(THE_DAY) == 1
    assert balance(wallet).balance == 40
    (entry,) = JournalEntry.objects.filter(kind=EntryKind.EXPIRY)
    assert (entry.amount, entry.booked_date) == (100, date(2027, 2, 1))
    assert expiring_from(community=place, account_id=wallet) is None


def test_the_notice_reads_well():
    payload = {"coins": 120, "last_day": "2027-01-31", "months": 12, "coin": ["时间币", "time coin", "time coins"]}
    payload["time_zone"] = "Asia/Shanghai"
    with translation.override("en"):
        assert (
            kinds.render(expiring.KIND, payload).title == f"120 time coins expire after {day_text(date(2027, 1, 31))}"
        )
    with translation.override("zh-hans"):
        assert kinds.render(expiring.KIND, payload).title == f"120 时间币在{day_text(date(2027, 1, 31))}之后过期"


def test_every_sweep_again_says_and_takes_it_once(place, lin):
    wallet = give_coins(lin.resident, 100, now=OLD)
    for _ in range(3):
        expiring.sweep(TOLD)
        expiring.sweep(TOLD + DAY)
    assert len(told()) == 1
    for hours in (0, 1, 30):
        expiring.sweep(THE_DAY + timedelta(hours=hours))
    assert balance(wallet).balance == 0
    assert JournalEntry.objects.filter(kind=EntryKind.EXPIRY).count() == 1


def test_without_old_coins_nobody_is_told_and_nothing_is_written(place, lin):
    give_coins(lin.resident, 100, now=NOW + 30 * DAY)
    assert expiring.sweep(TOLD) == expiring.sweep(THE_DAY) == 0
    assert told() == []
    assert ExpiryRun.objects.get(day=date(2027, 2, 1)).done_at == THE_DAY


def test_what_is_spent_after_the_notice_does_not_expire(place, lin):
    wallet = give_coins(lin.resident, 100, now=OLD)
    expiring.sweep(TOLD)
    spend(place, wallet, 70, TOLD + DAY)
    assert expiring_from(community=place, account_id=wallet).coins == 30
    expiring.sweep(THE_DAY)
    assert ExpiryNotice.objects.get().taken == 30
    assert balance(wallet).balance == 0


def test_never_more_than_was_told(place, lin, mei):
    """A hold that ends after the notice frees old coins: they wait for the next day, with a notice of their own."""
    wallet = give_coins(lin.resident, 100, now=OLD)
    held = holds.hold(
        book_id=place.book_id, reference="redemption:x", debit_id=wallet, amount=60, kind=EntryKind.REDEMPTION,
        actor_id=None, now=NOW,
    )  # fmt: skip
    expiring.sweep(TOLD)
    holds.release(hold_ids=[held], now=TOLD + DAY)
    expiring.sweep(THE_DAY)
    assert balance(wallet).balance == 60
    expiring.sweep(THE_DAY + DAY)  # 2 February: thirty days would be 4 March
    assert expiring_from(community=place, account_id=wallet) is None
    expiring.sweep(datetime(2027, 2, 25, tzinfo=UTC))
    assert expiring_from(community=place, account_id=wallet).coins == 60


def test_what_expires_before_is_not_told_again(place, lin):
    """A day is announced before the one ahead of it has come: its coins are told once."""
    wallet = give_coins(lin.resident, 100, now=OLD)
    give_coins(lin.resident, 20, now=datetime(2026, 2, 10, tzinfo=UTC))
    expiring.sweep(TOLD)
    expiring.sweep(datetime(2027, 1, 27, tzinfo=UTC))
    assert [said.payload["coins"] for said in told()] == [100, 20]
    expiring.sweep(THE_DAY)
    assert balance(wallet).balance == 20
    expiring.sweep(datetime(2027, 3, 1, tzinfo=UTC))
    assert balance(wallet).balance == 0


def test_switched_on_it_takes_nothing_for_thirty_days(jinshan, wang, lin):
    wallet = give_coins(lin.resident, 100, now=OLD)
    change_settings(actor=wang, values={"expiry_months": 1}, reason="居民议事会", now=NOW)
    expiring.sweep(NOW)
    expiring.sweep(datetime(2026, 12, 3, tzinfo=UTC))
    expiring.sweep(datetime(2027, 1, 1, tzinfo=UTC))  # not announced: left out
    assert balance(wallet).balance == 100
    assert [run.day for run in ExpiryRun.objects.order_by("day")] == [date(2027, 2, 1)]


def test_switched_off_in_between_nothing_expires(place, wang, lin):
    wallet = give_coins(lin.resident, 100, now=OLD)
    expiring.sweep(TOLD)
    change_settings(actor=wang, values={"expiry_months": None}, reason="居民议事会", now=TOLD)
    place.settings.refresh_from_db()
    assert expiring_from(community=place, account_id=wallet) is None
    assert expiring.sweep(THE_DAY) == 0
    assert balance(wallet).balance == 100
    assert ExpiryRun.objects.get().done_at == THE_DAY


def test_made_longer_in_between_the_longer_time_counts(place, wang, lin):
    wallet = give_coins(lin.resident, 100, now=OLD)
    expiring.sweep(TOLD)
    change_settings(actor=wang, values={"expiry_months": 24}, reason="居民议事会", now=TOLD)
    assert expiring.sweep(THE_DAY) == 0
    assert balance(wallet).balance == 100


def test_made_shorter_in_between_what_was_told_counts(place, wang, lin):
    give_coins(lin.resident, 100, now=OLD)
    wallet = give_coins(lin.resident, 50, now=NOW)
    expiring.sweep(TOLD)
    change_settings(actor=wang, values={"expiry_months": 1}, reason="居民议事会", now=TOLD)
    expiring.sweep(THE_DAY)
    assert balance(wallet).balance == 50


def test_after_an_outage_the_day_is_made_up_for(place, lin):
    wallet = give_coins(lin.resident, 100, now=OLD)
    expiring.sweep(TOLD)
    spend(place, wallet, 30, THE_DAY + 2 * DAY)
    expiring.sweep(THE_DAY + 9 * DAY)
    assert ExpiryNotice.objects.get(run__day=date(2027, 2, 1)).taken == 70
    assert JournalEntry.objects.get(kind=EntryKind.EXPIRY).booked_date == date(2027, 2, 10)


def test_while_spending_is_paused_nothing_expires(place, lin):
    wallet = give_coins(lin.resident, 100, now=OLD)
    expiring.sweep(TOLD)
    books.pause_spending(book_id=place.book_id, now=TOLD)
    assert expiring.sweep(THE_DAY) == 0
    books.resume_spending(book_id=place.book_id)
    assert expiring.sweep(THE_DAY + DAY) == 1
    assert balance(wallet).balance == 0


def test_a_household_is_told_together(xincheng):
    set_settings(xincheng, expiry_months=12)
    he = make_actor(xincheng, "何建国")
    household = he.resident.memberships.get().household
    partner = make_actor(xincheng, "李红")
    member = partner.resident.memberships.get()
    type(member).objects.filter(pk=member.pk).update(household=household)
    give_coins(he.resident, 100, now=OLD)
    assert expiring.sweep(TOLD) == 1
    assert {said.recipient_id for said in told()} == {he.user_id, partner.user_id}


def test_other_communities_are_left_alone(place, lin, outsider):
    wallet = give_coins(outsider.resident, 100, now=OLD)
    expiring.sweep(TOLD)
    expiring.sweep(THE_DAY)
    assert balance(wallet).balance == 100


def test_the_list_for_staff_names_who_must_be_called(place, lin, zhou, client_for, monkeypatch):
    give_coins(lin.resident, 100, now=OLD)
    phoneless = make_resident(place, "何玉珍")
    give_coins(phoneless, 70, now=OLD)
    expiring.sweep(TOLD)
    page = client_for(zhou).get("/c/jinshan/people/expiring/", headers={"accept-language": "en"}).content.decode()
    assert "林秀英" in page
    assert "何玉珍" in page
    assert page.count("not yet") == 1
    assert "170" in page
    assert client_for(lin).get("/c/jinshan/people/expiring/").status_code == 403


def test_of_a_household_somebody_must_sign_in_to_be_told(xincheng, client_for):
    set_settings(xincheng, expiry_months=12)
    staff = make_actor(xincheng, "新主任", Role.MANAGER, resident=False)
    reader = make_actor(xincheng, "何建国")
    give_coins(reader.resident, 60, now=OLD)
    give_coins(make_resident(xincheng, "何玉珍"), 70, now=OLD)
    expiring.sweep(TOLD)
    page = client_for(staff).get("/c/xincheng/people/expiring/", headers={"accept-language": "en"}).content.decode()
    assert (page.count("by a notice"), page.count("not yet")) == (1, 1)


def test_home_and_passbook_say_what_expires(place, lin, client_for):
    give_coins(lin.resident, 100, now=OLD)
    expiring.sweep(TOLD)
    for address in ("/c/jinshan/home/", "/c/jinshan/passbook/"):
        page = client_for(lin).get(address, headers={"accept-language": "en"}).content.decode()
        assert "See what there is" in page
        assert "100 time coins</span> expire after" in page
    assert "Expire after 31 Jan" in page, "on paper, too"
    page = client_for(lin).get("/c/jinshan/how/", headers={"accept-language": "en"}).content.decode()
    assert "Coins are good for 12 months" in page


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once(place, lin, together):
    wallet = give_coins(lin.resident, 100, now=OLD)
    assert sorted(together(4, lambda _at: expiring.sweep(TOLD))) == [0, 0, 0, 1]
    assert len(told()) == 1
    assert sorted(together(4, lambda _at: expiring.sweep(THE_DAY))) == [0, 0, 0, 1]
    assert balance(wallet).balance == 0


def test_many_wallets_cost_no_more_queries(place, django_assert_max_num_queries):
    numbers = [f"T{n}" for n in range(200)]
    wallets = books.open_accounts(book_id=place.book_id, kind=AccountKind.WALLET, numbers=numbers, now=OLD)
    opening = system_account_id(place.book_id, AccountKind.OPENING)
    for wallet in wallets:
        post(LineRequest(place.book_id, f"o:{wallet}", EntryKind.OPENING_BALANCE, opening, wallet, 5), now=OLD)
    with django_assert_max_num_queries(20):
        assert expiring.sweep(TOLD) == 200
    with django_assert_max_num_queries(25):
        assert expiring.sweep(THE_DAY) == 200
    assert months.earlier(date(2027, 2, 1), 14) == date(2025, 12, 1)


def test_the_passbook_says_which_coins_expired(place, lin, client_for):
    give_coins(lin.resident, 100, now=OLD)
    expiring.sweep(TOLD)
    expiring.sweep(THE_DAY)
    said = source_of(JournalEntry.objects.get(kind=EntryKind.EXPIRY).reference)
    assert said.title_en == "paid in by 1 Feb 2026"
    assert said.title_zh == "2026年2月1日及以前存入"


def test_what_expired_unannounced_is_named(place, lin):
    wallet = give_coins(lin.resident, 100, now=OLD)
    expiring.sweep(TOLD)
    expiring.sweep(THE_DAY)
    assert expiry_was_announced() == []
    give_coins(lin.resident, 30, now=THE_DAY)
    day = date(2027, 2, 2)
    expire_coins(book_id=place.book_id, day=day, through=date(2027, 2, 1), most={wallet: 9}, now=THE_DAY + DAY)
    ExpiryNotice.objects.update(taken=99)
    assert {finding.subject for finding in expiry_was_announced()} == {
        f"book {place.book_id} expiry:{wallet}-{day}",
        f"book {place.book_id} expiry:{wallet}-2027-02-01",
    }
