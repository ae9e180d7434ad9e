"""Staff register somebody without a phone, verify where they live, clear adults for home visits, correct records."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from audit.models import RecordView
from communities.errors import GuardianMissing, NotAdult, NotVerified
from communities.models import Resident
from communities.policies import can_visit_homes
from communities.services.registration import (
    Guardian,
    Person,
    clear_for_home_visits,
    register_resident,
    verify_residence,
)
from core.errors import NotAllowed
from tests.factories.people import NOW, make_resident

DESK = "/c/jinshan/people/new/"
FORM = {
    "full_name": "何玉珍",
    "birth_date": "1944-02-29",
    "building": "3栋2单元",
    "door": "501",
    "phone_number": "",
    "consent": "on",
    "form_key": "k1",
}


@pytest.mark.django_db
def test_every_opening_is_shown_to_whom_it_concerns(lin, zhou, chen, client_for):
    there = f"/c/jinshan/people/{lin.resident.pk}"
    client = client_for(zhou)
    passbook = f"/c/jinshan/staff/passbook/{lin.resident.pk}/"
    for page in (f"{there}/", f"{there}/history/", f"{there}/correct/", passbook):
        assert client.get(page).status_code == 200, page
    assert client_for(chen).get(passbook).status_code == 200
    kinds = list(RecordView.objects.order_by("pk").values_list("record_kind", flat=True))
    assert kinds == ["resident", "resident", "resident", "passbook", "passbook"]
    mine = client_for(lin).get("/c/jinshan/my-data/")
    assert [one.viewer for one in mine.context["openings"]] == [chen.user, *[zhou.user] * 4]
    assert "/c/jinshan/my-data/" in client_for(lin).get("/c/jinshan/me/").content.decode()


def test_an_elder_without_a_phone(jinshan, zhou, client_for):
    answer = client_for(zhou).post(DESK, FORM)
    resident = Resident.objects.get(full_name="何玉珍")
    assert answer.url == f"/c/jinshan/people/{resident.pk}/"
    assert (resident.user, resident.phone) == (None, None)
    assert (resident.registered_by, resident.residence_verified_by) == (zhou.user, zhou.user)
    assert resident.wallet_id is not None
    assert len(resident.passbook_token) >= 22


@pytest.mark.django_db
def test_the_same_form_again_is_the_same_person(jinshan, zhou, client_for):
    client = client_for(zhou)
    assert client.post(DESK, FORM).url == client.post(DESK, FORM).url
    assert Resident.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["x" * 60, f"Anna {'Ü' * 31}", "ﬃ" * 20, "İ" * 60, "欧阳" + "明" * 58])
def test_names_of_any_kind(jinshan, zhou, client_for, name):
    assert client_for(zhou).post(DESK, FORM | {"full_name": name}).status_code == 302
    resident = Resident.objects.get()
    assert 1 <= len(resident.surname) <= 30
    form = FORM | {"full_name": name[::-1], "reason": "x"}
    assert client_for(zhou).post(f"/c/jinshan/people/{resident.pk}/correct/", form).status_code == 302


@pytest.mark.django_db
def test_a_child_of_ten_comes_with_a_guardian(jinshan, zhou, client_for):
    child = FORM | {"full_name": "何小宝", "birth_date": "2016-05-05"}
    page = client_for(zhou).post(DESK, child)
    assert page.status_code == 200
    assert not Resident.objects.exists()
    client_for(zhou).post(DESK, child | {"guardian_name": "何建国", "guardian_phone": "13900000001"})
    assert Resident.objects.get().guardian_name == "何建国"


@pytest.mark.django_db
def test_who_signs_in_by_themselves_has_an_account(jinshan, zhou, client_for):
    client_for(zhou).post(DESK, FORM | {"may_sign_in": "on", "phone_number": "１３８ ００１３ ８０００"})
    resident = Resident.objects.get()
    assert resident.user.phone == "+8613800138000"
    assert resident.user.phone_verified_at is None  # the first code proves it
    assert (
        "Write the number"
        in client_for(zhou)
        .post(DESK, FORM | {"may_sign_in": "on", "form_key": "k2"}, headers={"accept-language": "en"})
        .content.decode()
    )


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["lin", "mei", "wu", "chen", "outsider"])
def test_nobody_else_registers(who, request, zhou, client_for):
    actor = request.getfixturevalue(who)
    person = Person(full_name="何玉珍", birth_date=date(1944, 2, 29), building="3栋")
    with pytest.raises(NotAllowed):
        register_resident(actor=actor, person=person, consented=True, now=NOW)
    assert client_for(actor).post(DESK, FORM).status_code in (403, 404)


@pytest.mark.django_db
def test_minors_need_their_guardian_at_the_desk_too(zhou):
    person = Person(full_name="何小宝", birth_date=date(2016, 5, 5), building="3栋")
    with pytest.raises(GuardianMissing):
        register_resident(actor=zhou, person=person, consented=True, now=NOW)
    assert register_resident(
        actor=zhou, person=person, consented=True, guardian=Guardian("何建国", ""), now=NOW
    ).guardian_consent_at


@pytest.mark.django_db
def test_residence_is_verified_once_by_somebody_else(jinshan, zhou, wang, mei, client_for):
    resident = make_resident(jinshan, verified=False)
    with pytest.raises(NotAllowed):
        verify_residence(actor=mei, resident_id=resident.pk, now=NOW)
    client_for(zhou).post(f"/c/jinshan/people/{resident.pk}/verify/")
    client_for(wang).post(f"/c/jinshan/people/{resident.pk}/verify/")
    resident.refresh_from_db()
    assert resident.residence_verified_by == zhou.user


@pytest.mark.django_db
def test_nobody_verifies_themselves(jinshan):
    from communities.choices import Role
    from tests.factories.people import make_actor

    worker = make_actor(jinshan, "赵住户", Role.WORKER, verified=False)
    with pytest.raises(NotAllowed):
        verify_residence(actor=worker, resident_id=worker.resident.pk, now=NOW)
    with pytest.raises(NotAllowed):
        clear_for_home_visits(actor=worker, resident_id=worker.resident.pk, now=NOW)


@pytest.mark.django_db
def test_homes_are_visited_by_cleared_adults_alone(jinshan, zhou):
    adult = make_resident(jinshan, "赵成年", birth_date=date(2008, 11, 22), verified=False)
    minor = make_resident(jinshan, "赵未成", birth_date=date(2008, 11, 23))
    with pytest.raises(NotVerified):
        clear_for_home_visits(actor=zhou, resident_id=adult.pk, now=NOW)
    with pytest.raises(NotAdult):
        clear_for_home_visits(actor=zhou, resident_id=minor.pk, now=NOW)
    verify_residence(actor=zhou, resident_id=adult.pk, now=NOW)
    assert not can_visit_homes(Resident.objects.get(pk=adult.pk), NOW.date())
    cleared = clear_for_home_visits(actor=zhou, resident_id=adult.pk, now=NOW)
    assert can_visit_homes(cleared, NOW.date())
    assert not can_visit_homes(cleared, date(2026, 11, 21))  # the day before the birthday
    taken = clear_for_home_visits(actor=zhou, resident_id=adult.pk, cleared=False, now=NOW)
    assert not can_visit_homes(taken, NOW.date())


@pytest.mark.django_db
def test_the_database_knows_it_too(jinshan):
    resident = make_resident(jinshan, verified=False)
    with pytest.raises(IntegrityError, match="home_visits_need_verified_residence"), transaction.atomic():
        Resident.objects.filter(pk=resident.pk).update(home_visits_cleared_at=NOW)
    with pytest.raises(IntegrityError, match="guardian_consent_names_guardian"), transaction.atomic():
        Resident.objects.filter(pk=resident.pk).update(guardian_consent_at=NOW)


@pytest.mark.django_db
def test_correcting_keeps_who_when_and_why(jinshan, zhou, client_for):
    resident = make_resident(jinshan, "何玉珍", cleared=True)
    path = f"/c/jinshan/people/{resident.pk}/"
    form = FORM | {"full_name": "何玉贞", "birth_date": "1944-02-28", "reason": "身份证"}
    assert client_for(zhou).post(f"{path}correct/", form | {"phone_number": "138001380"}).status_code == 200
    assert client_for(zhou).post(f"{path}correct/", form).url == path
    resident.refresh_from_db()
    assert (resident.full_name, resident.door) == ("何玉贞", "501")
    page = client_for(zhou).get(f"{path}history/", headers={"accept-language": "en"}).content.decode()
    assert "何玉珍" in page
    assert "身份证" in page
    assert "周敏" in page


@pytest.mark.django_db
def test_opening_a_record_is_written_down_and_its_owner_sees_it(jinshan, zhou, lin, client_for):
    client_for(zhou).get(f"/c/jinshan/people/{lin.resident.pk}/")
    assert "周敏" in client_for(lin).get("/c/jinshan/my-data/").content.decode()


HIDDEN = {
    "id": "1", "pk": "1", "community": "2", "community_id": "2", "user": "1", "user_id": "1", "member_number": "9999",
    "surname": "王", "pinyin": "x", "wallet": "1", "wallet_id": "1", "passbook_token": "x",
    "registered_at": "2000-01-01",
    "registered_by": "1", "consented_at": "2000-01-01", "residence_verified_at": "2026-01-01",
    "residence_verified_by": "1", "home_visits_cleared_at": "2026-01-01", "home_visits_cleared_by": "1",
    "left_at": "2026-01-01", "guardian_consent_at": "2026-01-01", "is_staff": "on",
    "is_active": "", "is_superuser": "on",
    "holds_role": "on", "role": "manager", "balance": "9999", "coins": "9999", "amount": "9999", "price_coins": "0",
    "coins_earned": "9999", "state": "verified", "actor": "1", "granted_by": "1", "household": "x", "may_spend": "on",
    "team": "x", "book": "1", "next_member_number": "1", "slug": "x", "created_at": "2000-01-01",
}  # fmt: skip


@pytest.mark.django_db
def test_forty_hidden_names_change_nothing(jinshan, zhou, lin, client_for):
    assert len(HIDDEN) >= 40
    client_for(zhou).post(DESK, HIDDEN | FORM)
    made = Resident.objects.get(full_name="何玉珍")
    assert (made.member_number, made.surname, made.user, made.home_visits_cleared_at) == ("0002", "何", None, None)
    assert made.community == jinshan
    before = Resident.objects.filter(pk=lin.resident.pk).values().get()
    form = FORM | {"full_name": before["full_name"], "birth_date": before["birth_date"].isoformat(), "reason": "x"}
    form |= {"building": before["building"], "door": "", "phone_number": before["phone"]}
    assert client_for(zhou).post(f"/c/jinshan/people/{lin.resident.pk}/correct/", HIDDEN | form).status_code == 302
    assert Resident.objects.filter(pk=lin.resident.pk).values().get() == before
    user = User.objects.filter(pk=lin.user_id).values("is_staff", "is_active", "holds_role").get()
    assert user == {"is_staff": False, "is_active": True, "holds_role": False}


@pytest.mark.django_db
def test_the_app_may_not_rewrite_history(jinshan, lin):
    for table in ("communities_residentevent", "accounts_userevent", "audit_recordview", "communities_rolegrantevent"):
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id", f"TRUNCATE {table}"):
            with pytest.raises(Exception, match=r"permission denied|does not exist"), transaction.atomic():
                connection.cursor().execute(statement)
