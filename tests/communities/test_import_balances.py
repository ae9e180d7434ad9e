"""Opening balances from a list: good rows once, bad ones named by row."""

from __future__ import annotations

from collections.abc import Callable
from unittest import mock

import pytest
from django.core.management import CommandError
from django.db import IntegrityError

from communities.actors import Actor
from communities.choices import Role
from communities.models import BalanceImport, HouseholdMember, Resident
from communities.opening_rows import Opening
from communities.services import opening
from communities.services.opening import bring_over
from core.clock import local_date
from core.errors import NotAllowed
from ledger.choices import EntryKind
from ledger.models import JournalEntry
from ledger.selectors import outstanding
from tests.communities.lists import balances
from tests.factories.people import NOW, make_actor, make_resident
from tests.factories.rewards import coins_of

pytestmark = pytest.mark.django_db


def test_brings_each_balance_over_once(people, bring, wang, two):
    rows = [[one.member_number, one.full_name, 100 * at] for at, one in enumerate(people, start=1)]
    said, errors = bring(rows, *two)
    assert balances(people) == [100, 200, 300, 400, 500]
    assert errors == []
    assert "5 brought over, 1500 coins in all" in said
    entry = JournalEntry.objects.get(reference=f"opening:{people[0].member_number}")
    assert (entry.kind, entry.actor_id, entry.debit.number) == (EntryKind.OPENING_BALANCE, wang.user_id, "opening")
    assert outstanding(wang.community.book_id).opening == 1500
    said, _ = bring(rows, *two)
    assert "0 brought over" in said
    assert "5 were brought over before" in said
    assert balances(people) == [100, 200, 300, 400, 500]
    first, second = BalanceImport.objects.order_by("pk")
    assert (first.manager, first.rows, first.posted, first.coins) == (wang.user, 5, 5, 1500)
    assert (second.posted, second.finished_at is not None) == (0, True)


def test_a_dry_run_says_what_would_happen_and_writes_nothing(people, bring):
    rows = [[people[0].member_number, people[0].full_name, 70], ["9999", "无此人", 5]]
    said, errors = bring(rows, "--dry-run")
    assert "1 would be brought over, 70 coins in all" in said
    assert [row[0] for row in errors] == ["3"]
    assert balances(people) == [0] * 5
    assert not BalanceImport.objects.exists()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (["9999", "何玉珍", 5], "Nobody here has this member number"),
        (["", "何玉珍", 5], "no member number"),
        (["{number}", "何玉真", 5], "The name is not the one"),
        (["{number}", "", 5], "The name is not the one"),
        (["{number}", "何玉珍", "12.5"], "not a whole number"),
        (["{number}", "何玉珍", ""], "not a whole number"),
        (["{number}", "何玉珍", "十二"], "not a whole number"),
        (["{number}", "何玉珍", -3], "below zero"),
        (["{number}", "何玉珍", 10**13], "too many coins"),
    ],
)
def test_names_what_is_wrong_by_row_and_brings_the_others_over(row, why, people, bring):
    bad = [str(cell).format(number=people[0].member_number) for cell in row]
    _said, errors = bring([[people[1].member_number, "张建国", 5], bad])
    assert balances(people) == [0, 5, 0, 0, 0]
    assert [(one[0], one[4]) for one in errors] == [("3", "x")]
    assert why in errors[0][5]


def test_a_member_twice_counts_once(people, bring):
    number = people[0].member_number
    _said, errors = bring([[number, "何玉珍", 5], [number.lstrip("0"), "何玉珍", 5]])
    assert balances(people)[0] == 5
    assert [one[0] for one in errors] == ["3"]


def test_another_amount_for_the_same_member_is_refused_and_named(people, bring):
    number = people[0].member_number
    bring([[number, "何玉珍", 5]])
    _said, errors = bring([[number, "何玉珍", 6], [people[1].member_number, "张建国", 5]])
    assert balances(people) == [5, 5, 0, 0, 0]
    assert errors[0][:4] == ["2", number, "何玉珍", "6"]
    assert "5 coins were brought over for this member before" in errors[0][5]


def test_who_was_brought_over_by_somebody_else_meanwhile_is_named(people, wang):
    """Both looked before either posted: the ledger refuses the second amount, and the other rows go on."""
    rows = [Opening(2, people[0].member_number, "何玉珍", 5), Opening(3, people[1].member_number, "张建国", 7)]
    list(bring_over(actor=wang, rows=rows[:1], now=NOW))
    changed = [Opening(2, people[0].member_number, "何玉珍", 6), rows[1]]
    blind = mock.patch.object(opening._Known, "about", side_effect=_seeing_nothing(opening._Known.about))
    with blind:
        outcomes = list(bring_over(actor=wang, rows=changed, now=NOW))
    assert [(one.posted, one.refused) for one in outcomes] == [(0, 1), (1, 0)]
    assert balances(people)[:2] == [5, 7]


def test_a_dry_run_writes_nothing_also_row_by_row(people, wang):
    """A chunk that is refused as a whole is gone through row by row, and still dry."""
    rows = [Opening(2, people[0].member_number, "何玉珍", 5), Opening(3, people[1].member_number, "张建国", 7)]
    with mock.patch.object(opening, "wallet_ids_on", side_effect=_refusing_once(opening.wallet_ids_on)):
        outcomes = list(bring_over(actor=wang, rows=rows, now=NOW, dry_run=True))
    assert [one.posted for one in outcomes] == [1, 1]
    assert balances(people)[:2] == [0, 0]


def _refusing_once(found):
    refusals = [opening.NoWallet()]

    def wallets(*args):
        if refusals:
            raise refusals.pop()
        return found(*args)

    return wallets


def _seeing_nothing(about):
    def blind(*args):
        known = about(*args)
        known.amounts.clear()
        return known

    return blind


def test_above_the_wallet_cap_is_allowed_and_said(people, bring, jinshan, two):
    cap = jinshan.settings.wallet_cap_coins
    _said, errors = bring([[people[0].member_number, "何玉珍", cap + 1]], *two)
    assert balances(people)[0] == cap + 1
    assert [one[4] for one in errors] == [""]
    assert "above its limit" in errors[0][5]


def test_a_household_wallet_takes_its_members_rows(xincheng, bring):
    manager = make_actor(xincheng, "新城负责人", Role.MANAGER, resident=False)
    one = make_resident(xincheng, "何玉珍")
    household = HouseholdMember.objects.get(resident=one).household
    two = make_resident(xincheng, "张建国")
    HouseholdMember.objects.filter(resident=two).delete()
    HouseholdMember.objects.create(
        household=household, resident=two, starts_date=local_date(NOW, xincheng.time_zone).replace(day=1)
    )
    bring([[one.member_number, "何玉珍", 30], [two.member_number, "张建国", 12]], manager=manager)
    household.wallet.refresh_from_db()
    assert household.wallet.balance == 42


def test_nobody_brings_coins_over_for_themselves(jinshan, people, bring):
    manager = make_actor(jinshan, "李负责", Role.MANAGER)
    rows = [[manager.resident.member_number, "李负责", 50], [people[0].member_number, "何玉珍", 5]]
    _said, errors = bring(rows, manager=manager)
    assert coins_of(manager.resident)[0] == 0
    assert balances(people)[0] == 5
    assert "for themselves" in errors[0][5]


def test_who_left_is_refused(people, bring):
    people[0].left_at = NOW
    people[0].save()
    _said, errors = bring([[people[0].member_number, "何玉珍", 5]])
    assert "has left" in errors[0][5]


def test_only_a_manager_answers_for_it(people, zhou, bring):
    with pytest.raises(CommandError, match="no manager"):
        bring([[people[0].member_number, "何玉珍", 5]], manager=zhou)
    with pytest.raises(NotAllowed):
        bring_over(actor=zhou, rows=[], now=NOW)


def test_the_errors_file_has_no_formula(people, bring):
    _said, errors = bring([["=1+1", "＝cmd|'/c calc'", "@SUM(1)"]])
    assert [cell[:1] for cell in errors[0][1:4]] == ["'"] * 3


def test_costs_the_same_queries_for_3_rows_as_for_1(people, wang, django_assert_num_queries):
    rows = [Opening(at, one.member_number, one.full_name, 5) for at, one in enumerate(people)]
    list(bring_over(actor=wang, rows=rows[:1], now=NOW))
    with django_assert_num_queries(7):
        list(bring_over(actor=wang, rows=rows[1:2], now=NOW))
    with django_assert_num_queries(7):
        list(bring_over(actor=wang, rows=rows[2:], now=NOW))


def test_speaks_the_managers_language(people, bring, wang):
    wang.user.language = "zh-hans"
    wang.user.save()
    _said, errors = bring([["9999", "何玉珍", 5]], "--language", "zh-hans")
    assert errors[0][5] == "这里没有这个户号的人，请先给他们登记。"


def test_above_the_limit_two_managers_answer(
    wang: Actor, people: list[Resident], bring: Callable[..., tuple[str, list[list[str]]]], two: tuple[str, str]
) -> None:
    limit = wang.community.settings.two_person_limit_coins
    one, other = ([[each.member_number, each.full_name, limit]] for each in people[:2])
    bring(one)
    for options in ((), ("--second-manager", str(wang.user.phone))):
        with pytest.raises(CommandError, match="two managers" if not options else "another person"):
            bring(other, *options)
    assert balances(people)[:2] == [limit, 0]
    bring(other, *two)
    assert balances(people)[:2] == [limit, limit]
    runs = BalanceImport.objects.order_by("pk").values_list("manager", "second_manager__phone")
    assert list(runs) == [(wang.user_id, None), (wang.user_id, two[1])]


def test_nor_for_the_second_managers_household(
    wang: Actor, people: list[Resident], bring: Callable[..., tuple[str, list[list[str]]]]
) -> None:
    second = make_actor(wang.community, "李建华", Role.MANAGER)
    assert second.resident is not None
    row = [second.resident.member_number, "李建华", 5]
    _said, errors = bring([row], "--second-manager", str(second.user.phone))
    assert "own household" in errors[0][5]


def test_the_database_refuses_one_person_twice(wang: Actor) -> None:
    run = opening.begin_run(actor=wang, file_name="x", file_hash="y", now=NOW)
    run.second_manager = wang.user
    with pytest.raises(IntegrityError, match="balance_import_by_two"):
        run.save()
