"""Amounts of coins: the community's own word, hours only where its rule is per minute, a true minus."""

from django.utils import translation

from core.coins import CoinWord
from tests.core.look_pages import EN, ZH, text

MINUTES = CoinWord("时间币", "coin", True)
POINTS = CoinWord("积分", "point", False)


def test_hours_stand_with_coins_where_a_minute_is_a_coin() -> None:
    with translation.override(EN):
        assert MINUTES.text(1260) == "1,260 coins (21 h)"
        assert CoinWord("币", "coin", True, coins_per_hour=30).text(60) == "60 coins (2 h)"
    with translation.override(ZH):
        assert MINUTES.text(1260) == "1,260 时间币（21 小时）"


def test_no_hours_for_points_or_nothing() -> None:
    with translation.override(EN):
        assert POINTS.text(1260) == "1,260 points"
        assert MINUTES.text(0) == "0 coins"


def test_one_many_and_signs() -> None:
    with translation.override(EN):
        assert [POINTS.text(n) for n in (1, -1)] == ["1 point", "−1 point"]
        assert POINTS.amount(40, signed=True) == "+40 points"
        assert CoinWord("币", "penny", en_many="pence").amount(2) == "2 pence"


def test_the_tag_takes_the_page_s_coin_or_its_own() -> None:
    assert text("{% coins 120 %}", coin=MINUTES) == '<span class="nb">120 coins</span> <span class="nb">(2 h)</span>'
    assert (
        text("{% coins 120 %}", ZH, coin=MINUTES)
        == '<span class="nb">120 时间币</span><span class="nb">（2 小时）</span>'
    )
    assert text("{% coins 120 hours=False signed=True %}", coin=MINUTES) == '<span class="nb">+120 coins</span>'
    assert text("{% coins 120 coin=mine %}", coin=MINUTES, mine=POINTS) == '<span class="nb">120 points</span>'
    assert text("{% coin_words 60 %}", coin=MINUTES) == "coins (1 h)"
    assert text("{{ 1260|num }} {{ 5|signed }} {{ n|signed }}", n=-40) == "1,260 +5 −40"


def test_a_community_s_word_is_escaped() -> None:
    assert "<b>" not in text("{% coins 2 %}{% coin_name 2 %}", coin=CoinWord("<b>", "<b>"))
