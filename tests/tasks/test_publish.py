"""Publishing: drafts, who pays, the urgent task, what must not be public, calling off."""

from datetime import timedelta

import pytest

from core.errors import NotAllowed
from ledger.choices import EntryKind, HoldStatus
from ledger.errors import TooLittle
from ledger.models import Hold
from ledger.selectors import balance, system_account_id
from ledger.services.posting import LineRequest, post
from notifications.models import OutboxMessage
from tasks import errors
from tasks.choices import Category, Funding, SignUpState, TaskState
from tasks.invariants import CHECKS
from tasks.models import Task
from tasks.recurrence import Slot
from tasks.services import claims, publishing, sweeping, verification
from tasks.services.publishing import TaskText, Terms
from tests.factories.hours import make_hours, make_paid_task
from tests.factories.tasks import make_rule, make_shift, make_sign_up, make_task

TEXT = TaskText(title_zh="打扫榕树长廊", category=Category.CLEANING, landmark_zh="榕树长廊")


@pytest.fixture
def slot(now):
    return Slot(now + timedelta(days=2), now + timedelta(days=2, hours=1))


def give(actor, coins, now):
    """Put coins into a resident's wallet."""
    from ledger.choices import AccountKind

    book = actor.community.book_id
    opening = system_account_id(book, AccountKind.OPENING)
    line = LineRequest(
        book, f"opening:{actor.resident.pk}", EntryKind.OPENING_BALANCE, opening, actor.resident.wallet_id, coins
    )
    post(line, now=now)


def publish(actor, slot, now, **more):
    values = {"text": TEXT, "dates": [slot], "places": 3} | more
    return publishing.publish_task(actor=actor, now=now, **values)


def paid_by(actor, price=60):
    return {
        "terms": Terms(funding=Funding.REQUESTER, requester_id=actor.resident.pk, price_coins=price), "places": 1,
    }  # fmt: skip


def test_it_is_on_the_board(zhou, slot, now):
    task = publish(zhou, slot, now)
    assert (task.state, task.published_at, task.created_by) == (TaskState.PUBLISHED, now, zhou.user)
    assert [(one.starts_at, one.places) for one in task.shifts.all()] == [(slot.starts_at, 3)]


def test_a_draft_is_published_once(zhou, slot, now):
    draft = publishing.save_draft(actor=zhou, text=TEXT, dates=[slot], places=3, now=now)
    assert draft.state == TaskState.DRAFT
    publishing.publish_draft(actor=zhou, task_id=draft.pk, now=now)
    again = publishing.publish_draft(actor=zhou, task_id=draft.pk, now=now + timedelta(hours=1))
    assert again.published_at == now


@pytest.mark.parametrize("who", ["lin", "mei", "wu", "chen"])
def test_only_staff_publish(who, slot, now, request):
    with pytest.raises(NotAllowed):
        publish(request.getfixturevalue(who), slot, now)
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("title_zh", "看望独居老人"), ("description", "她一个人住"), ("title_zh", "送饭到3栋502"),
        ("landmark_zh", "12号楼301"),
        ("description", "电话13800000000"), ("needs", "老人有痴呆"), ("title_en", "Visit a lady who lives alone"),
        ("description", "Room 502"), ("landmark_zh", "５０２室"),
    ],
)  # fmt: skip
def test_private_things_stay_out_of_public_words(field, words, zhou, slot, now):
    with pytest.raises(errors.UnsafeText) as met:
        publish(zhou, slot, now, text=TaskText(**{"title_zh": "送饭", field: words}))
    assert met.value.field == field
    assert not Task.objects.exists()


def test_the_private_note_may_say_alone_but_neither_illness_nor_door(zhou, slot, now):
    publish(zhou, slot, now, text=TaskText(title_zh="送馒头", private_note="独居老人，来电求助"))
    for words in ("她有老年痴呆", "住3栋502"):
        with pytest.raises(errors.UnsafeText):
            publish(zhou, slot, now, text=TaskText(title_zh="送馒头", private_note=words))


@pytest.mark.parametrize("places", [0, -1, 501])
def test_places_out_of_bounds(places, zhou, slot, now):
    with pytest.raises(errors.BadDates):
        publish(zhou, slot, now, places=places)


def test_nothing_to_come_is_not_published(zhou, now):
    past = Slot(now - timedelta(hours=2), now - timedelta(hours=1))
    with pytest.raises(errors.BadDates):
        publish(zhou, past, now)


class TestPaidByANeighbour:
    def test_the_price_is_held(self, zhou, lin, slot, now):
        give(lin, 100, now)
        task = publish(zhou, slot, now, **paid_by(lin))
        assert balance(lin.resident.wallet_id).held == 60
        assert task.funding_hold.credit_id is None

    def test_too_little_publishes_nothing(self, zhou, lin, slot, now):
        give(lin, 40, now)
        with pytest.raises(TooLittle):
            publish(zhou, slot, now, **paid_by(lin))
        assert not Task.objects.exists()
        assert balance(lin.resident.wallet_id).held == 0

    def test_one_place_and_one_date(self, zhou, lin, slot, now):
        give(lin, 100, now)
        with pytest.raises(errors.OnePaidPlace):
            publish(zhou, slot, now, **paid_by(lin) | {"places": 2})
        with pytest.raises(errors.OnePaidPlace):
            publish(
                zhou,
                slot,
                now,
                **paid_by(lin) | {"dates": [slot, Slot(slot.ends_at, slot.ends_at + timedelta(hours=1))]},
            )

    def test_a_price_and_a_payer_belong_together(self, zhou, slot, now):
        with pytest.raises(errors.CannotPay):
            publish(zhou, slot, now, terms=Terms(funding=Funding.REQUESTER, price_coins=60), places=1)

    def test_who_pays_does_not_help(self, zhou, lin, slot, now):
        give(lin, 100, now)
        shift = publish(zhou, slot, now, **paid_by(lin)).shifts.get()
        with pytest.raises(errors.OwnTask):
            claims.claim(actor=lin, shift_id=shift.pk, resident_id=lin.resident.pk, now=now)

    def test_calling_off_releases_the_hold_once(self, zhou, lin, slot, now):
        give(lin, 100, now)
        task = publish(zhou, slot, now, **paid_by(lin))
        publishing.cancel_task(actor=zhou, task=task, now=now)
        publishing.cancel_task(actor=zhou, task=task, now=now)
        assert balance(lin.resident.wallet_id).available == 100
        assert Hold.objects.get().status == HoldStatus.RELEASED
        assert [found for check in CHECKS for found in check.run()] == []

    def test_hours_that_wait_keep_the_hold(self, zhou, wang, lin, mei, now):
        make_rule(lin.community)
        task = make_paid_task(lin, zhou, now=now)
        record = make_hours(mei, now=now, task=task)
        with pytest.raises(errors.HoursWait):
            publishing.cancel_task(actor=zhou, task=task, now=now)
        assert sweeping.end_unhelped(now=now + timedelta(days=9)) == 0
        verification.verify(actor=wang, record_id=record.pk, now=now)
        publishing.cancel_task(actor=zhou, task=task, now=now)
        assert balance(mei.resident.wallet_id).balance == 40

    def test_the_sweep_ends_what_nobody_came_to(self, zhou, lin, mei, slot, now):
        give(lin, 200, now)
        publish(zhou, slot, now, **paid_by(lin))
        helped = publish(zhou, slot, now, **paid_by(lin))
        make_sign_up(helped.shifts.get(), mei.resident)
        assert sweeping.end_unhelped(now=slot.ends_at + timedelta(hours=23)) == 0
        late = slot.ends_at + timedelta(hours=24)
        assert (sweeping.end_unhelped(now=late), sweeping.end_unhelped(now=late)) == (1, 0)
        assert balance(lin.resident.wallet_id).held == 60


class TestUrgent:
    def test_an_elder_phones(self, zhou, lin, slot, now):
        lin.resident.building, lin.resident.door = "3号楼", "502"
        lin.resident.save()
        task = publishing.publish_urgent(
            actor=zhou, title="买馒头送来", slot=slot, landmark="北门", resident_id=lin.resident.pk, now=now
        )
        assert (task.title_zh, task.landmark_zh, task.private_address) == ("买馒头送来", "北门", "3号楼 502")
        assert (task.urgent, task.by_phone, task.home_visit, task.beneficiary) == (True, True, True, lin.resident)
        assert (task.funding, task.shifts.get().places) == (Funding.COMMUNITY, 1)

    def test_english_words_go_to_the_english_title(self, zhou, lin, slot, now):
        task = publishing.publish_urgent(
            actor=zhou,
            title="Bring steamed buns",
            slot=slot,
            landmark="North gate",
            resident_id=lin.resident.pk,
            now=now,
        )
        assert (task.title_en, task.title_zh, task.landmark_en) == ("Bring steamed buns", "", "North gate")


def test_calling_off_tells_who_was_in_or_waited_and_leaves_the_past_alone(zhou, lin, mei, jinshan, now):
    task = make_task(jinshan)
    past = make_shift(task, starts_at=now - timedelta(days=1))
    came = make_sign_up(past, lin.resident, state=SignUpState.ATTENDED)
    shift = make_shift(task, starts_at=now + timedelta(days=1), places=1)
    make_sign_up(shift, lin.resident)
    make_sign_up(shift, mei.resident, state=SignUpState.WAITLISTED)
    publishing.cancel_task(actor=zhou, task=task, now=now)
    assert set(shift.sign_ups.values_list("state", flat=True)) == {"called_off"}
    came.refresh_from_db()
    assert came.state == SignUpState.ATTENDED
    told = OutboxMessage.objects.filter(kind="task-called-off", channel="inbox").values_list("recipient", flat=True)
    assert set(told) == {lin.user_id, mei.user_id}


def test_another_communitys_task_is_unknown(zhou, outsider, now):
    with pytest.raises(Task.DoesNotExist):
        publishing.cancel_task(actor=zhou, task=make_task(outsider.community), now=now)


def test_the_words_change_for_all_dates(zhou, jinshan):
    task = make_task(jinshan)
    publishing.edit_text(actor=zhou, task_id=task.pk, text=TaskText(title_zh="新名字", private_note="带钥匙"))
    task.refresh_from_db()
    assert (task.title_zh, task.private_note) == ("新名字", "带钥匙")
