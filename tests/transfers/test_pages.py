"""The pages: to whom, review, confirm, result; the staff's desk and queue; both passbooks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from communities.services import households
from ledger.models import JournalEntry
from tests.factories.people import NOW, make_actor, make_community
from tests.factories.rewards import coins_of, set_settings
from tests.factories.transfers import become_partners, send_coins
from transfers.models import Transfer
from transfers.services import deciding

pytestmark = pytest.mark.django_db


def typed(an, **more):
    return {
        "partner": an.community.pk,
        "member_number": an.resident.member_number,
        "surname": "安",
        "amount": "40",
    } | more


def text(response):
    return response.content.decode()


def words(response):
    """What is read, without the tags."""
    return " ".join(strip_tags(text(response)).split())


def key_of(response):
    return response.context["form"]["form_key"].value()


@pytest.fixture
def page(rich, client_for):
    client = client_for(rich)
    client.cookies["django_language"] = "en"
    return client


NEW = "/c/jinshan/transfers/new/"


def test_to_whom_review_confirm_result(page, rich, an):
    review = page.post(NEW, typed(an, amount="４０"))
    assert review.status_code == 302
    shown = page.get(review.url)
    assert "安**" in text(shown)
    assert "安秀兰" not in text(shown)
    assert "1,960" in text(shown)
    done = page.post(review.url, {"form_key": key_of(shown)})
    made = Transfer.objects.get()
    assert done.url == reverse("transfers:transfer", args=["jinshan", made.pk])
    result = words(page.get(done.url))
    assert "40 time coins were sent" in result
    assert "安秀兰" not in result
    assert coins_of(an.resident)[0] == 40
    again = page.post(review.url, {"form_key": key_of(shown)})
    assert (again.url, Transfer.objects.count()) == (done.url, 1)


def test_the_payee_reads_the_other_half(rich, an, client_for):
    made = send_coins(rich, an)
    there = client_for(an).get(f"/c/haihong/transfers/{made.pk}/")
    assert there.status_code == 200
    assert "林**" in text(there)
    assert "林秀英" not in text(there)
    assert client_for(an).get("/c/haihong/transfers/").status_code == 200


def test_neither_neighbours_nor_strangers_find_it(rich, an, mei, outsider, client_for):
    made = send_coins(rich, an)
    assert client_for(mei).get(f"/c/jinshan/transfers/{made.pk}/").status_code == 404
    assert client_for(outsider).get(f"/c/sanjiang/transfers/{made.pk}/").status_code == 404
    assert client_for(outsider).get(f"/c/jinshan/transfers/{made.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"member_number": "9999"}, "Nobody there takes coins under this member number and surname."),
        ({"surname": "王"}, "Nobody there takes coins under this member number and surname."),
        ({"amount": "0"}, "Write a whole number of coins, at least 1."),
        ({"amount": "-5"}, "Write a whole number of coins, at least 1."),
        ({"amount": "5-3"}, "Write a whole number of coins, at least 1."),
        ({"amount": "9" * 30}, "Write a whole number of coins, at least 1."),
        ({"amount": "4.5"}, "Write a whole number of coins, at least 1."),
        ({"partner": "1"}, "Please choose one of those shown."),
    ],
)
def test_refusals_are_said_in_the_form(page, an, change, said):
    answer = page.post(NEW, typed(an, **change))
    assert answer.status_code == 200
    assert said in text(answer)
    assert not Transfer.objects.exists()


def test_the_eleventh_look_up_is_refused(page, an):
    for _number in range(10):
        page.post(NEW, typed(an, surname="王"))
    assert "within a day" in text(page.post(NEW, typed(an)))


def test_too_many_coins_show_no_button(page, an):
    review = page.post(NEW, typed(an, amount="2001")).url
    shown = words(page.get(review))
    assert "1 time coin more is needed" in shown
    assert "Send the coins" not in shown


def test_anothers_or_an_old_review_begins_anew(page, rich, an, mei, client_for, monkeypatch):
    review = page.post(NEW, typed(an)).url
    assert client_for(mei).get(review).url == NEW
    assert page.get(f"{review}x").url == NEW
    assert page.get("/c/jinshan/transfers/review/").url == NEW
    real = timezone.now
    monkeypatch.setattr("django.core.signing.time.time", lambda: (real() + timedelta(hours=2)).timestamp())
    assert page.get(review).url == NEW


def test_without_partners_the_page_says_whom_to_ask(lin, client_for):
    client = client_for(lin)
    client.cookies["django_language"] = "en"
    assert "No partner communities yet" in text(client.get(NEW))


def test_staff_send_it_at_the_desk(rich, an, zhou, client_for):
    client = client_for(zhou)
    desk = reverse("transfers:desk_new", args=["jinshan", rich.resident.pk])
    assert desk in text(client.get(reverse("communities:resident", args=["jinshan", rich.resident.pk])))
    review = client.post(desk, typed(an)).url
    shown = client.get(review)
    assert "林秀英" in text(shown)
    client.post(review, {"form_key": key_of(shown)})
    assert Transfer.objects.get().asked_by_id == zhou.user_id
    assert client_for(rich).get(desk).status_code == 403


def test_above_the_limit_a_colleague_approves_on_the_page(rich, an, zhou, xu, jinshan, client_for):
    set_settings(jinshan, two_person_limit_coins=100)
    made = send_coins(rich, an, 101, by=zhou)
    url = reverse("transfers:transfer", args=["jinshan", made.pk])
    approve = reverse("transfers:approve", args=["jinshan", made.pk])
    first = client_for(zhou)
    assert approve not in text(first.get(url))
    refused = first.post(approve, {"form_key": "a" * 20})
    assert refused.status_code == 200
    assert coins_of(an.resident)[0] == 0
    second = client_for(xu)
    shown = second.get(url)
    assert approve in text(shown)
    assert second.post(approve, {"form_key": key_of(shown)}).url == url
    assert coins_of(an.resident)[0] == 101


def test_refused_on_the_page_the_resident_reads_why(rich, an, zhou, xu, client_for):
    made = send_coins(rich, an, 1500, by=zhou)
    refuse = reverse("transfers:refuse", args=["jinshan", made.pk])
    client = client_for(xu)
    assert client.post(refuse, {"form_key": "a" * 20, "reason": ""}).status_code == 200
    assert client.post(refuse, {"form_key": "b" * 20, "reason": "请本人到场"}).status_code == 302
    assert "请本人到场" in text(client_for(rich).get(f"/c/jinshan/transfers/{made.pk}/"))


def test_taken_back_on_the_page(rich, an, mei, client_for):
    made = send_coins(rich, an, 1500)
    cancel = reverse("transfers:cancel", args=["jinshan", made.pk])
    assert client_for(mei).post(cancel, {"form_key": "a" * 20}).status_code == 404
    assert client_for(rich).post(cancel, {"form_key": "a" * 20}).status_code == 302
    assert coins_of(rich.resident) == (2000, 0, 2000)


def test_the_queue_and_its_tabs(rich, an, zhou, he, client_for):
    send_coins(rich, an, 1500, by=zhou)
    send_coins(rich, an, 25)
    here, there = client_for(zhou), client_for(he)
    queue = "/c/jinshan/staff/transfers/"
    assert "−1,500" in text(here.get(queue))
    assert "−25" in text(here.get(f"{queue}?show=sent"))
    arrived = text(there.get("/c/haihong/staff/transfers/?show=received"))
    assert "+25" in arrived
    assert "1,500" not in arrived
    assert "林秀英" not in arrived


@pytest.mark.parametrize(("language", "out", "into"), [
    ("zh-hans", "转往 海虹社区 安**", "来自 金山大社区 林**"),
    ("en", "To Haihong Community, 安**", "From Greater Jinshan Community, 林**"),
])  # fmt: skip
def test_both_passbooks_tell_it(rich, an, client_for, language, out, into):
    now = timezone.now()
    send_coins(rich, an, 40, now=now)
    for actor, said in ((rich, out), (an, into)):
        client = client_for(actor)
        client.cookies["django_language"] = language
        shown = text(client.get(f"/c/{actor.community.slug}/passbook/"))
        assert said in shown
        csv = text(client.get(f"/c/{actor.community.slug}/passbook/passbook.csv"))
        assert said in csv


def test_the_sum_is_told_to_the_resident_when_staff_approve(rich, an, zhou, client_for):
    made = send_coins(rich, an, 1500)
    deciding.approve(actor=zhou, transfer_id=made.pk, now=made.asked_at)
    client = client_for(rich)
    client.cookies["django_language"] = "en"
    shown = words(client.get(f"/c/jinshan/transfers/{made.pk}/"))
    assert "1,500 time coins were sent" in shown
    assert "500 time coins" in shown


def test_a_households_line_leads_only_its_member_to_the_transfer(rich, jinshan, client_for):
    """The others read the line; the transfer's page is not theirs."""
    other = make_community("xinbu", wallets="household")
    become_partners(jinshan, other)
    an, bo = make_actor(other, "安秀兰"), make_actor(other, "薄小林")
    worker = make_actor(other, "何平", "worker", resident=False)
    home = an.resident.memberships.get().household
    households.move(actor=worker, household_id=home.pk, resident_id=bo.resident.pk, now=NOW)
    sent = send_coins(rich, bo, 50)
    entry = JournalEntry.objects.get(book_id=other.book_id, reference=sent.reference)
    line = reverse("papers:line", args=[other.slug, entry.pk])
    page = reverse("transfers:transfer", args=[other.slug, sent.pk])
    for actor, found in ((bo, 200), (an, 404)):
        client = client_for(actor)
        assert client.get(page).status_code == found
        assert (f'href="{page}"' in text(client.get(line))) == (found == 200)
