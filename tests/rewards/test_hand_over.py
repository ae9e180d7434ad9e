"""The desk: once, by code or QR; four large refusals; a guesser is locked out; two desks never hand over twice."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import translation

from communities.choices import Role
from core.errors import NotAllowed
from ledger.choices import EntryKind
from ledger.models import JournalEntry
from notifications import kinds
from notifications.models import OutboxMessage
from rewards import errors
from rewards.choices import MovementKind, RedemptionState
from rewards.models import Redemption, StockMovement
from rewards.services import desk, lapsing, notices, requesting
from tests.factories.people import NOW, make_actor, make_community
from tests.factories.rewards import coins_of, give_coins, make_collected, make_ready, make_reward, request_one

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=1)


def hand_over(actor, typed, now=LATER):
    return desk.hand_over(actor=actor, typed=typed, now=now)


def look_up(actor, typed, now=LATER):
    return desk.look_up(actor=actor, typed=typed, now=now)


def test_posts_moves_and_tells(lin, zhou, wang):
    give_coins(lin.resident, 200)
    rice = make_reward(zhou, price=60)
    made = hand_over(wang, make_ready(lin, rice, zhou, quantity=2).code)
    rice.refresh_from_db()
    assert (made.state, made.handed_over_by_id, rice.on_hand, rice.reserved) == (
        RedemptionState.COLLECTED,
        wang.user_id,
        8,
        0,
    )
    assert coins_of(lin.resident) == (80, 0, 80)
    entry = JournalEntry.objects.get(reference=made.collect_reference)
    assert (entry.kind, entry.amount, entry.debit_id, entry.actor_id) == (
        EntryKind.REDEMPTION,
        120,
        made.wallet_id,
        wang.user_id,
    )
    move = StockMovement.objects.get(redemption=made)
    assert (move.kind, move.quantity, move.actor_id) == (MovementKind.HANDED_OVER, -2, wang.user_id)
    states = dict(OutboxMessage.objects.filter(subject=made.reference).values_list("kind", "state"))
    assert (states["redemption_expiring"], states["redemption_taken"]) == ("dropped", "pending")


@pytest.mark.parametrize(
    "shape", ["{code}", "{half} {rest}", "{wide}", "{token}", "http://localhost:8000/c/jinshan/desk/scan/{token}/"]
)
def test_by_code_or_qr_however_typed(lin, zhou, wang, shape):
    give_coins(lin.resident, 200)
    made = make_ready(lin, make_reward(zhou), zhou)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in made.code)
    typed = shape.format(code=made.code, half=made.code[:4], rest=made.code[4:], wide=wide, token=made.qr_token)
    assert look_up(wang, typed).pk == made.pk


def test_already_taken_says_when_and_by_whom(lin, zhou):
    give_coins(lin.resident, 200)
    made = make_collected(lin, make_reward(zhou), zhou)
    with pytest.raises(errors.AlreadyTaken) as refused:
        look_up(zhou, made.code)
    assert "周敏" in str(refused.value)
    with pytest.raises(errors.AlreadyTaken):
        hand_over(zhou, made.qr_token)


def test_expired_before_and_after_the_sweep(lin, zhou):
    give_coins(lin.resident, 200)
    made = make_ready(lin, make_reward(zhou), zhou)
    late = made.expires_at
    for _sweep in range(2):
        with pytest.raises(errors.CodeExpired):
            hand_over(zhou, made.code, late)
        lapsing.expire_codes(late)


def test_another_communitys_and_unknown(lin, zhou):
    give_coins(lin.resident, 200)
    made = make_ready(lin, make_reward(zhou), zhou)
    stranger = make_actor(make_community("yifang"), "劳动", Role.WORKER, resident=False)
    with pytest.raises(errors.ForeignCode) as refused:
        look_up(stranger, made.code)
    assert "金山" not in str(refused.value)
    other = f"{(int(made.code) + 1) % 10**8:08d}"
    for typed in (other, "1234567", "abc", "", made.code + "1"):
        with pytest.raises(errors.UnknownCode):
            look_up(stranger, typed)


def test_cancelled(lin, zhou):
    give_coins(lin.resident, 200)
    made = make_ready(lin, make_reward(zhou), zhou)
    requesting.cancel(actor=lin, redemption_id=made.pk, now=NOW)
    with pytest.raises(errors.CodeCancelled):
        look_up(zhou, made.code)


def test_residents_may_not(lin, zhou):
    give_coins(lin.resident, 200)
    made = make_ready(lin, make_reward(zhou), zhou)
    with pytest.raises(NotAllowed):
        hand_over(lin, made.code)


def test_not_ones_own(jinshan, zhou):
    clerk = make_actor(jinshan, "自己", Role.WORKER)
    give_coins(clerk.resident, 100)
    made = make_ready(clerk, make_reward(zhou), zhou)
    with pytest.raises(errors.OwnRedemption):
        hand_over(clerk, made.code)


def test_ten_wrong_codes_lock_the_desk_even_for_the_right_one(lin, zhou, wang):
    give_coins(lin.resident, 200)
    made = make_ready(lin, make_reward(zhou), zhou)
    for guess in range(10):
        with pytest.raises(errors.UnknownCode):
            look_up(zhou, f"{int(made.code) ^ (guess + 1):08d}"[:8], LATER)
    with pytest.raises(errors.DeskLocked):
        look_up(zhou, made.code, LATER + timedelta(minutes=4))
    with pytest.raises(errors.DeskLocked), desk.guessing(actor=zhou, now=LATER):
        hand_over(zhou, made.code)
    assert look_up(wang, made.code, LATER).pk == made.pk
    assert look_up(zhou, made.code, LATER + timedelta(minutes=6)).pk == made.pk


@pytest.mark.django_db(transaction=True)
def test_thirty_guesses_at_once_are_ten_and_the_right_code_is_refused(lin, zhou, together):
    give_coins(lin.resident, 200)
    made = make_ready(lin, make_reward(zhou), zhou)
    wrong = [f"{(int(made.code) + 1 + guess) % 10**8:08d}" for guess in range(30)]
    kinds = [type(one) for one in together(30, lambda at: look_up(zhou, wrong[at]))]
    assert (kinds.count(errors.UnknownCode), kinds.count(errors.DeskLocked)) == (10, 20)
    with pytest.raises(errors.DeskLocked):
        look_up(zhou, made.code)


def test_right_codes_are_no_guesses(lin, zhou):
    give_coins(lin.resident, 200)
    made = make_ready(lin, make_reward(zhou), zhou)
    assert {look_up(zhou, made.code).pk for _again in range(12)} == {made.pk}


@pytest.mark.django_db(transaction=True)
def test_thirty_codes_at_two_desks(lin, zhou, wang, together):
    give_coins(lin.resident, 5000)
    rice = make_reward(zhou, on_hand=40)
    codes = [make_ready(lin, rice, zhou).code for _one in range(30)]
    desks = (zhou, wang)

    def at_a_desk(at):
        taken = 0
        for code in codes if at == 0 else reversed(codes):
            try:
                hand_over(desks[at], code)
                taken += 1
            except errors.AlreadyTaken:
                pass
        return taken

    answers = together(2, at_a_desk)
    rice.refresh_from_db()
    assert sum(answers) == 30
    assert Redemption.objects.filter(state=RedemptionState.COLLECTED).count() == 30
    assert JournalEntry.objects.filter(kind=EntryKind.REDEMPTION).count() == 30
    assert (rice.on_hand, rice.reserved, coins_of(lin.resident)) == (10, 0, (5000 - 1800, 0, 5000 - 1800))


@pytest.mark.django_db(transaction=True)
def test_expiry_and_hand_over_at_once_one_wins(lin, zhou, together):
    give_coins(lin.resident, 2000)
    rice = make_reward(zhou, on_hand=20)
    for _round in range(5):
        made = make_ready(lin, rice, zhou)
        just = made.expires_at - timedelta(seconds=1)
        steps = [
            lambda made=made: lapsing.expire_codes(made.expires_at),
            lambda made=made, just=just: hand_over(zhou, made.code, just),
        ]
        together(2, lambda at, steps=steps: steps[at]())
        lapsing.expire_codes(made.expires_at)
        made.refresh_from_db()
        collected = made.state == RedemptionState.COLLECTED
        assert collected or made.state == RedemptionState.EXPIRED
        assert JournalEntry.objects.filter(reference=made.collect_reference).count() == collected
    rice.refresh_from_db()
    assert rice.reserved == 0
    assert coins_of(lin.resident)[1] == 0


def test_a_request_not_yet_approved_has_no_code(lin, zhou):
    give_coins(lin.resident, 100)
    assert request_one(lin, make_reward(zhou)).code == ""


def test_the_scanned_address_tells_nothing_of_eight_digits(lin, zhou, client_for):
    give_coins(lin.resident, 200)
    ready = make_ready(lin, make_reward(zhou), zhou)
    client = client_for(zhou)
    with time_machine.travel(LATER, tick=False):
        for typed in (ready.code, "00000000"):
            assert client.get(f"/c/jinshan/desk/scan/{typed}/").status_code == 404
        assert client.get(f"/c/jinshan/desk/scan/{ready.qr_token}/").status_code == 200


@pytest.mark.parametrize(
    ("kind", "coins", "body"),
    [
        (notices.TAKEN, 1, "1 coin was paid. If you did not collect it, call us."),
        (notices.TAKEN, 1200, "1,200 coins were paid. If you did not collect it, call us."),
        (notices.LAPSED, 1, "The 1 coin held for it is free again. You can ask for it anew."),
        (notices.LAPSED, 2, "The 2 coins held for it are free again. You can ask for it anew."),
    ],
)
def test_the_messages_count_in_english(kind, coins, body):
    with translation.override("en"):
        said = kinds.render(kind, {"title_zh": "米", "title_en": "Rice", "coins": coins})
    assert said.body == body
