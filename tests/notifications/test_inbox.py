"""The inbox page: unread actions first, read by POST, nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from communities.actors import Actor
from notifications import selectors
from notifications.models import InboxMessage
from notifications.services.delivery import deliver_due
from notifications.services.outbox import Announcement, announce_many
from tests.factories.notifications import HELLO, TODO, tell
from tests.factories.people import NOW

pytestmark = pytest.mark.django_db
ClientFor = Callable[[Actor], Client]


def inbox_of(actor: Actor) -> str:
    return reverse("notifications:inbox", kwargs={"community": actor.community.slug})


def read_url(actor: Actor, notice: InboxMessage) -> str:
    return reverse("notifications:read", kwargs={"community": actor.community.slug, "message": notice.pk})


def test_unread_actions_first(lin: Actor) -> None:
    for number, kind in enumerate([HELLO, TODO, HELLO, TODO]):
        tell(lin.user, kind=kind, subject=str(number), due_at=NOW + timedelta(minutes=number), payload={"n": number})
        deliver_due(now=NOW + timedelta(minutes=number))
    InboxMessage.objects.filter(payload__n=3).update(read_at=NOW)
    assert [notice.payload["n"] for notice in selectors.inbox(lin.user_id)] == [1, 2, 0, 3]
    assert selectors.unread_count(lin.user_id) == 3


def test_shown_with_what_people_typed_marked(lin: Actor, client_for: ClientFor) -> None:
    tell(lin.user, payload={"title_zh": "送馒头<b>", "body": "x"}, url="/c/jinshan/")
    deliver_due(now=NOW)
    page = client_for(lin).get(inbox_of(lin), headers={"Accept-Language": "en"}).content.decode()
    assert '<span lang="zh-Hans" data-typed>送馒头&lt;b&gt;</span>' in page


def test_empty_says_what_will_come(lin: Actor, client_for: ClientFor) -> None:
    assert client_for(lin).get(inbox_of(lin)).status_code == 200


def test_opening_marks_as_read_and_goes_there(lin: Actor, client_for: ClientFor) -> None:
    tell(lin.user, url="/c/jinshan/passbook/")
    deliver_due(now=NOW)
    notice = InboxMessage.objects.get()
    answer = client_for(lin).post(read_url(lin, notice))
    assert (answer.status_code, answer["Location"]) == (302, "/c/jinshan/passbook/")
    first = InboxMessage.objects.get().read_at
    assert first is not None
    answer = client_for(lin).post(read_url(lin, notice), {"stay": "1"})
    assert answer["Location"] == inbox_of(lin)
    assert InboxMessage.objects.get().read_at == first


def test_reading_is_a_post(lin: Actor, client_for: ClientFor) -> None:
    tell(lin.user)
    deliver_due(now=NOW)
    notice = InboxMessage.objects.get()
    client = client_for(lin)
    assert client.get(inbox_of(lin)).status_code == 200
    assert client.get(read_url(lin, notice)).status_code == 405
    assert InboxMessage.objects.get().read_at is None


def test_all_at_once(lin: Actor, mei: Actor, client_for: ClientFor) -> None:
    for actor in (lin, mei):
        tell(actor.user)
        tell(actor.user, subject="thing:2")
    deliver_due(now=NOW)
    client_for(lin).post(reverse("notifications:read_all", kwargs={"community": "jinshan"}))
    assert [selectors.unread_count(actor.user_id) for actor in (lin, mei)] == [0, 2]


def test_somebody_elses_is_not_there(lin: Actor, mei: Actor, outsider: Actor, client_for: ClientFor) -> None:
    tell(lin.user)
    deliver_due(now=NOW)
    notice = InboxMessage.objects.get()
    assert client_for(mei).post(read_url(mei, notice)).status_code == 404
    assert client_for(outsider).get(inbox_of(lin)).status_code == 404
    assert client_for(outsider).post(read_url(lin, notice)).status_code == 404
    assert InboxMessage.objects.get().read_at is None


def test_signed_out_goes_to_sign_in(lin: Actor) -> None:
    answer = Client().get(inbox_of(lin))
    assert answer.status_code == 302
    assert quote(inbox_of(lin)) in answer["Location"]


def test_a_kind_of_yesterday_breaks_no_page(lin: Actor, client_for: ClientFor) -> None:
    InboxMessage.objects.create(user=lin.user, kind="long-gone", created_at=NOW)
    assert client_for(lin).get(inbox_of(lin)).status_code == 200


def test_as_many_queries_at_fifty_as_at_one(lin: Actor, client_for: ClientFor) -> None:
    client = client_for(lin)
    tell(lin.user)
    deliver_due(now=NOW)
    client.get(inbox_of(lin))
    with CaptureQueriesContext(connection) as at_one:
        client.get(inbox_of(lin))
    announce_many(Announcement(HELLO, f"more:{number}", lin.user_id, NOW) for number in range(50))
    deliver_due(now=NOW)
    with CaptureQueriesContext(connection) as at_fifty:
        client.get(inbox_of(lin))
    assert len(at_one) == len(at_fifty) <= 8


def test_the_count_of_unread_notices_is_cheap_and_one_s_own(lin: Actor, mei: Actor, client_for: ClientFor) -> None:
    asked = {"path": inbox_of(lin), "headers": {"HX-Request": "true", "HX-Target": "unread", "HX-Trigger": "unread"}}
    queries, client = {}, client_for(lin)
    for waiting in (1, 120):
        for number in range(waiting):
            tell(lin.user, subject=f"{waiting}:{number}")
        deliver_due(now=NOW)
        with CaptureQueriesContext(connection) as captured:
            said = client.get(**asked).content.decode().strip()
        queries[said] = len(captured)
    assert queries == {'<span class="count">1</span>': 4, '<span class="count">99+</span>': 4}
    assert client_for(mei).get(**asked).content.decode().strip() == ""
