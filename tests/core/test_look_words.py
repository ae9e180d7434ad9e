"""What people typed, states, icons, phrases: escaped, marked with its language, never colour alone."""

from types import SimpleNamespace

import pytest

from core.icons import ICONS, icon_svg
from tests.core.look_pages import EN, ZH, text

TASK = SimpleNamespace(title_zh="小蜜蜂：榕树长廊", title_en="Bees: the arcade")
CHINESE_ONLY = SimpleNamespace(title_zh="读报", title_en="")


def test_a_title_comes_in_the_reader_s_language() -> None:
    assert text('{% typed t "title" %}', EN, t=TASK) == '<span lang="en" data-typed>Bees: the arcade</span>'
    assert text('{% typed t "title" %}', ZH, t=TASK) == '<span lang="zh-Hans" data-typed>小蜜蜂：榕树长廊</span>'


def test_or_in_the_other_with_its_own_lang() -> None:
    assert text('{% typed t "title" %}', EN, t=CHINESE_ONLY) == '<span lang="zh-Hans" data-typed>读报</span>'
    assert text('{{ t|typed_plain:"title" }}', EN, t=CHINESE_ONLY) == "读报"
    assert text('{% typed t "nothing" %}', EN, t=CHINESE_ONLY) == ""


def test_phrases_break_after_colon_and_comma() -> None:
    assert text('{% typed t "title" phrases=True %}', ZH, t=TASK) == (
        '<span lang="zh-Hans" data-typed><span class="ph">小蜜蜂：</span><span class="ph">榕树长廊</span></span>'
    )
    assert text("{{ t|phrases }}", ZH, t="读报") == "读报"


@pytest.mark.parametrize(
    "source",
    [
        "{% typed_text x %}",
        "{% typed_lines x %}",
        "{{ x|phrases }}",
        '{% status x "ok" "check" %}',
        '{% typed o "x" %}',
    ],
)
def test_nothing_typed_becomes_markup(source: str) -> None:
    evil = "<script>：，alert(1)\n</script>"
    assert "<script" not in text(source, x=evil, o=SimpleNamespace(x_zh=evil, x_en=""))


def test_free_text_keeps_its_lines() -> None:
    assert text("{% typed_lines x %}", x="a\nb") == '<span lang="zh-Hans" data-typed>a<br>b</span>'
    assert text("{% typed_text x %}", x=None) == ""


def test_a_status_is_icon_word_and_tint() -> None:
    want = f'<span class="status status--wait">{ICONS_CLOCK}Waiting</span>'
    state = {"label": "Waiting", "tint": "wait", "icon": "clock"}
    assert text("{% status s %}", s=state) == want
    assert text("{% status s %}", s=SimpleNamespace(**state)) == want
    assert text('{% status "Waiting" "wait" "clock" %}') == want


def test_an_unknown_tint_or_icon_is_a_defect() -> None:
    with pytest.raises(ValueError, match="no such tint"):
        text('{% status "x" "purple" "clock" %}')
    with pytest.raises(KeyError):
        text('{% icon "unicorn" %}')


def test_icons_say_nothing_to_screen_readers() -> None:
    assert all('aria-hidden="true"' in icon_svg(name) for name in ICONS)


def test_a_telephone_link_holds_digits_alone() -> None:
    assert text("{{ p|tel }}", p="+86 0898-6655 0120 转3") == "+860898665501203"


ICONS_CLOCK = icon_svg("clock")
