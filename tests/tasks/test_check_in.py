"""Checking in and out: the code, the word, and four distinct answers; threats 3 and 4 in their short form."""

import random
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from tasks import check_in_codes, errors
from tasks.choices import CheckInMethod, SignUpState
from tasks.models import Attendance
from tasks.services import attendance
from tasks.services.attendance import Proof
from tests.factories.people import make_actor
from tests.factories.tasks import make_shift, make_sign_up, make_task

MINUTE = timedelta(minutes=1)


@pytest.fixture
def shift(jinshan, now):
    return make_shift(make_task(jinshan), starts_at=now + 10 * MINUTE, places=5)


@pytest.fixture
def sign_up(shift, lin):
    return make_sign_up(shift, lin.resident)


def token(shift, moment):
    return check_in_codes.make_token(shift_id=shift.pk, secret=shift.check_in_secret, now=moment)


def scan(actor, shift, now, made_at=None, **more):
    return attendance.check_in_by_code(actor=actor, proof=Proof(token(shift, made_at or now), **more), now=now)


def test_it_is_noted_as_evidence_and_decides_nothing(lin, sign_up, shift, now):
    found = scan(lin, shift, now)
    sign_up.refresh_from_db()
    assert (found.checked_in_at, found.method, found.decision) == (now, CheckInMethod.QR, None)
    assert sign_up.state == SignUpState.CONFIRMED


def test_and_out(lin, sign_up, shift, now):
    scan(lin, shift, now)
    later = shift.ends_at
    found = attendance.check_out_by_code(actor=lin, proof=Proof(token(shift, later)), now=later)
    assert found.checked_out_at == later


class TestFourAnswers:
    def test_early(self, lin, sign_up, shift):
        with pytest.raises(errors.TooEarly):
            scan(lin, shift, shift.starts_at - 31 * MINUTE)

    def test_late(self, lin, sign_up, shift):
        with pytest.raises(errors.TooLate):
            scan(lin, shift, shift.ends_at + MINUTE)

    def test_wrong(self, lin, sign_up, shift, now):
        other = make_shift(shift.task, starts_at=now + MINUTE)
        with pytest.raises(errors.NotSignedUp):
            scan(lin, other, now)
        with pytest.raises(errors.WrongCode):
            attendance.check_in_by_code(actor=lin, proof=Proof("nonsense"), now=now)

    def test_already_done(self, lin, sign_up, shift, now):
        scan(lin, shift, now)
        with pytest.raises(errors.AlreadyDone):
            scan(lin, shift, now + MINUTE)


@pytest.mark.parametrize(
    "state", [SignUpState.WAITLISTED, SignUpState.ASKED, SignUpState.WITHDRAWN, SignUpState.EXCUSED]
)
def test_only_who_is_in_checks_in(state, lin, shift, now):
    make_sign_up(shift, lin.resident, state=state)
    with pytest.raises(errors.NotSignedUp):
        scan(lin, shift, now)


def test_out_needs_in_and_happens_once(lin, sign_up, shift, now):
    def leave(moment):
        return attendance.check_out_by_code(actor=lin, proof=Proof(token(shift, moment)), now=moment)

    with pytest.raises(errors.TooEarly):
        leave(now)
    scan(lin, shift, now)
    leave(shift.starts_at)
    with pytest.raises(errors.AlreadyDone):
        leave(shift.starts_at + MINUTE)


def test_a_code_lives_between_60_and_90_seconds(lin, sign_up, shift, now):
    for age in (90, 120, 3600, -31):
        with pytest.raises(errors.WrongCode):
            scan(lin, shift, now, made_at=now - timedelta(seconds=age))
    scan(lin, shift, now, made_at=now - timedelta(seconds=60))


def test_a_code_scanned_in_time_waits_ten_minutes_for_signing_in(lin, sign_up, shift, now):
    late = now + 9 * MINUTE
    with pytest.raises(errors.WrongCode):
        scan(lin, shift, now + 11 * MINUTE, made_at=now, seen_at=now)
    assert scan(lin, shift, late, made_at=now, seen_at=now).checked_in_at == late


def test_threat_3_no_forged_replayed_or_forwarded_code_of_1000(lin, sign_up, shift, jinshan, now):
    """Mutated letters, old codes, other shifts' codes, another community's: 0 of 1,000 get in."""
    chance = random.Random(3)
    other = make_shift(make_task(jinshan), starts_at=now + MINUTE)
    good, accepted = token(shift, now), 0
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    forged = [good[:at] + chance.choice(letters.replace(good[at], "")) + good[at + 1 :] for at in range(len(good))]
    forged += ["".join(chance.choices(letters, k=len(good))) for _ in range(400)]
    forged += [token(shift, now - timedelta(seconds=90 + at)) for at in range(400)]
    forged += [token(other, now + timedelta(seconds=at)) for at in range(1000 - len(forged))]
    assert len(forged) == 1000
    for one in forged:
        try:
            attendance.check_in_by_code(actor=lin, proof=Proof(one), now=now)
            accepted += 1
        except (errors.WrongCode, errors.NotSignedUp):
            pass
    assert accepted == 0
    assert not Attendance.objects.filter(checked_in_at__isnull=False).exists()


class TestWord:
    def test_the_word_said_aloud_with_spaces_and_full_width_digits(self, lin, sign_up, shift, now):
        wide = "".join(chr(ord(digit) + 0xFEE0) for digit in shift.word_code)
        said = f"{wide[:3]} {wide[3:]}"
        found = attendance.check_in_by_word(actor=lin, shift_id=shift.pk, word=said, now=now)
        assert found.method == CheckInMethod.WORD

    def test_threat_4_the_right_word_is_refused_while_locked(self, lin, sign_up, shift, now):
        wrong = "000000" if shift.word_code != "000000" else "111111"
        for _ in range(5):
            with pytest.raises(errors.WrongCode):
                attendance.check_in_by_word(actor=lin, shift_id=shift.pk, word=wrong, now=now)
        for moment in (now, now + 14 * MINUTE):
            with pytest.raises(errors.CodeLocked):
                attendance.check_in_by_word(actor=lin, shift_id=shift.pk, word=shift.word_code, now=moment)
        later = now + 16 * MINUTE
        attendance.check_in_by_word(actor=lin, shift_id=shift.pk, word=shift.word_code, now=later)

    def test_the_lock_is_the_guessers_alone(self, lin, mei, sign_up, shift, now):
        make_sign_up(shift, mei.resident)
        for _ in range(6):
            with pytest.raises((errors.WrongCode, errors.CodeLocked)):
                attendance.check_in_by_word(actor=lin, shift_id=shift.pk, word="1", now=now)
        attendance.check_in_by_word(actor=mei, shift_id=shift.pk, word=shift.word_code, now=now)


def test_several_at_once_from_one_address_are_flagged(lin, mei, jinshan, sign_up, shift, now):
    far = make_actor(jinshan, "赵远")
    for actor in (mei, far):
        make_sign_up(shift, actor.resident)
    scan(lin, shift, now, address="10.0.0.1")
    scan(mei, shift, now + timedelta(seconds=5), address="10.0.0.1")
    scan(far, shift, now + timedelta(seconds=11), address="10.0.0.1")
    flags = dict(Attendance.objects.values_list("sign_up__resident", "burst"))
    assert flags == {lin.resident.pk: True, mei.resident.pk: True, far.resident.pk: False}
    assert "10.0.0.1" not in str(list(Attendance.objects.values()))


class TestPages:
    @pytest.fixture(autouse=True)
    def _stands_still(self, monkeypatch, now):
        monkeypatch.setattr(clock, "now", lambda: now)

    def url(self, shift, now):
        return reverse("tasks:check_in", args=[shift.community.slug, token(shift, now)])

    def test_scanning_changes_nothing_until_the_button_is_pressed(self, client_for, lin, sign_up, shift, now):
        client = client_for(lin)
        assert client.get(self.url(shift, now)).status_code == 200
        assert not Attendance.objects.exists()
        assert client.post(self.url(shift, now)).status_code == 302
        assert Attendance.objects.get().checked_in_at == now

    def test_after_signing_in_the_scan_goes_on_where_it_was(self, client, lin, sign_up, shift, now, monkeypatch):
        url = self.url(shift, now)
        assert "login" in client.get(url)["Location"]
        client.force_login(lin.user)
        monkeypatch.setattr(clock, "now", lambda: now + 5 * MINUTE)
        assert client.get(url).status_code == 200
        assert client.post(url).status_code == 302

    def test_an_old_code_says_so(self, client_for, lin, sign_up, shift, now):
        response = client_for(lin).get(self.url(shift, now - 5 * MINUTE))
        assert (response.status_code, response.context["code"]) == (422, "wrong_code")

    def test_the_code_on_the_screen_checks_in(self, client_for, mei, jinshan, firefly, lin, now):
        own = make_shift(make_task(jinshan, team=firefly), starts_at=now)
        page = client_for(mei).get(reverse("tasks:code", args=[jinshan.slug, own.pk]))
        assert "<svg" in page.content.decode()
        assert client_for(lin).get(reverse("tasks:code", args=[jinshan.slug, own.pk])).status_code == 403

    def test_another_teams_leader_has_no_code(self, client_for, mei, shift):
        url = reverse("tasks:code", args=[shift.community.slug, shift.pk])
        assert client_for(mei).get(url).status_code == 403

    def test_a_wrong_word_keeps_the_page(self, client_for, lin, sign_up, shift):
        url = reverse("tasks:check_in_word", args=[shift.community.slug, shift.pk])
        response = client_for(lin).post(url, {"word": "12345"})
        assert response.status_code == 422
        assert "5" in str(response.context["form"].errors["word"])


def test_nobody_leaves_before_it_begins(lin, sign_up, shift):
    early = shift.starts_at - 10 * MINUTE
    scan(lin, shift, early)
    with pytest.raises(errors.TooEarly, match=r"after it has begun|开始以后"):
        attendance.check_out_by_code(actor=lin, proof=Proof(token(shift, early), address=""), now=early)
    left = attendance.check_out_by_code(
        actor=lin, proof=Proof(token(shift, shift.starts_at)), now=shift.starts_at
    ).checked_out_at
    assert left == shift.starts_at
