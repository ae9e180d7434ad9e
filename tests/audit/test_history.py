"""Who stands behind a change: the request's account, for whom, why; and what the database does with a lost one."""

from __future__ import annotations

import psycopg
import pytest
from django.db import IntegrityError, OperationalError
from django.test import Client, RequestFactory
from django.utils import translation

from audit.selectors import changes_of
from audit.services import acting
from communities.models import Resident
from core.middleware import DatabaseDown, is_away
from tests.factories.people import NOW

EVENTS = Resident.pgh_event_model


@pytest.mark.django_db
def test_a_request_names_its_account(lin, zhou, client_for):
    Resident.objects.filter(pk=lin.resident.pk).update(residence_verified_at=None)
    client_for(zhou).post(f"/c/jinshan/people/{lin.resident.pk}/verify/")
    with translation.override("en"):
        change = changes_of(EVENTS, lin.resident.pk)[0]
        assert change.who == zhou.user
        assert [field.after for field in change.fields if field.label == "residence verified by"] == ["周敏"]


@pytest.mark.django_db
def test_a_command_names_actor_reason_and_for_whom(lin, zhou):
    with acting(on_behalf_of=lin.resident.pk, reason="来电", actor_id=zhou.user_id):
        lin.resident.door = "502"
        lin.resident.save()
    event = EVENTS.objects.filter(pgh_obj_id=lin.resident.pk).latest("pgh_id")
    assert event.pgh_context.metadata == {"on_behalf_of": str(lin.resident.pk), "reason": "来电", "actor": zhou.user_id}
    assert changes_of(EVENTS, lin.resident.pk)[0].reason == "来电"


@pytest.mark.django_db
def test_what_is_read_opens_no_context(lin, zhou, client_for, django_assert_max_num_queries):
    from pghistory.models import Context

    before = Context.objects.count()
    client_for(zhou).get(f"/c/jinshan/people/{lin.resident.pk}/")
    assert Context.objects.count() == before


def lost() -> OperationalError:
    error = OperationalError("connection refused")
    error.__cause__ = psycopg.OperationalError("connection refused")
    return error


def test_a_lost_database_is_a_readable_503():
    request = RequestFactory().get("/c/jinshan/")
    answer = DatabaseDown(lambda _: None).process_exception(request, lost())
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "<h1" in answer.content.decode()


@pytest.mark.parametrize(("error", "status"), [(lost(), 503), (ValueError(), 500)])
def test_outside_a_view_too(error, status, monkeypatch):
    def fail(request):
        raise error

    monkeypatch.setattr("core.middleware.language_of", fail)
    answer = Client(raise_request_exception=False).get("/healthz")
    assert answer.status_code == status


def test_a_deadlock_or_a_broken_rule_is_no_lost_database():
    deadlock = OperationalError()
    deadlock.__cause__ = psycopg.errors.DeadlockDetected()
    assert not is_away(deadlock)
    assert not is_away(IntegrityError())
    assert not is_away(ValueError())
    shutdown = OperationalError()
    shutdown.__cause__ = psycopg.errors.AdminShutdown()
    assert is_away(shutdown)
    assert DatabaseDown(lambda _: None).process_exception(RequestFactory().get("/"), deadlock) is None


@pytest.mark.django_db
def test_now_is_written_as_it_is_passed(lin, zhou, client_for):
    from audit.models import RecordView
    from audit.services import log_view

    log_view(viewer_id=zhou.user_id, kind="resident", record_id=lin.resident.pk, now=NOW)
    assert RecordView.objects.get().viewed_at == NOW
