"""The same form sent again, or twenty times at once: one effect, one answer."""

from __future__ import annotations

import pytest

from accounts.models import FormKey, GuessCount, User
from accounts.services.form_keys import new_key, once
from core.errors import DomainError
from tests.factories.people import NOW, make_user


class Refused(DomainError):
    code = "refused"


def effect() -> str:
    GuessCount.objects.create(key=new_key(), window_started_at=NOW, count=1)
    return f"/done/{GuessCount.objects.count()}/"


@pytest.mark.django_db
def test_a_replay_answers_the_first_result():
    user, key = make_user(), new_key()
    first = once(key=key, user_id=user.pk, purpose="gift", run=effect)
    assert once(key=key, user_id=user.pk, purpose="gift", run=effect) == first == "/done/1/"
    assert GuessCount.objects.count() == 1


@pytest.mark.django_db
def test_another_person_with_the_same_key_is_another_form():
    key = new_key()
    for user in (make_user(), make_user()):
        once(key=key, user_id=user.pk, purpose="gift", run=effect)
    assert GuessCount.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_refusal_leaves_the_key_unused():
    user, key = make_user(), new_key()

    def refuse() -> str:
        effect()
        raise Refused

    with pytest.raises(Refused):
        once(key=key, user_id=user.pk, purpose="gift", run=refuse)
    assert not FormKey.objects.exists()
    assert not GuessCount.objects.exists()
    assert once(key=key, user_id=user.pk, purpose="gift", run=effect) == "/done/1/"


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once(together):
    user, key = make_user(), new_key()
    answers = together(20, lambda at: once(key=key, user_id=user.pk, purpose="gift", run=effect))
    assert answers == ["/done/1/"] * 20
    assert GuessCount.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_people_at_once(together):
    users = [make_user() for _ in range(20)]
    together(20, lambda at: once(key="same", user_id=users[at].pk, purpose="gift", run=effect))
    assert GuessCount.objects.count() == User.objects.count() == 20
