"""No form answers an empty or wrong value in the stock sentences of Django or allauth, in neither language."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import allauth
import django
import pytest
from django import forms
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from communities.models import Team

HAN = re.compile(r"[\u4e00-\u9fff]")
# No page asks whether to keep a file, and no name of a file is measured.
NEVER_SAID = {"contradiction", "max_length"}
STOCK = [
    gettext.translation("django", Path(django.__file__).parent / "conf" / "locale", ["zh_Hans"]),
    gettext.translation("django", Path(allauth.__file__).parent / "locale", ["zh_Hans"]),
]


def kinds_of(form: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    for kind in form.__subclasses__():
        yield kind
        yield from kinds_of(kind)


def our_forms() -> list[type[forms.BaseForm]]:
    """Every form class of our apps that an address leads to, with what it takes over from allauth's."""
    import_module("timebank.urls")
    ours = {app.name for app in apps.get_app_configs() if Path(app.path).parent == Path(__file__).parents[2]}
    return [form for form in set(kinds_of(forms.BaseForm)) if form.__module__.split(".")[0] in ours]


def sentences(field: forms.Field) -> dict[str, object]:
    """What the field may say, by the code of the error or the kind of limit."""
    limits = {type(limit).__name__: limit.message for limit in field.validators if hasattr(limit, "message")}
    return {code: text for code, text in field.error_messages.items() if code not in NEVER_SAID} | limits


def said_in(language: str, text: object) -> str:
    with translation.override(language):
        return str(text)


def is_stock(text: object) -> bool:
    """Whether Django or allauth has the sentence to translate."""
    english = said_in("en", text)
    return any(catalogue.gettext(english) != english for catalogue in STOCK)


def test_every_form_speaks_in_our_words_and_both_languages() -> None:
    found = [
        (f"{form.__name__}.{name} {code}", text)
        for form in our_forms()
        for name, field in getattr(form, "base_fields", {}).items()
        for code, text in sentences(field).items()
    ]
    assert len(found) > 200, "the forms were found"
    assert sorted(where for where, text in found if is_stock(text)) == []
    assert sorted(where for where, text in found if not HAN.search(said_in("zh-hans", text))) == []


def test_a_stock_sentence_would_be_caught() -> None:
    assert is_stock("This field is required.")
    assert is_stock("Enter a valid date.")
    assert is_stock("Incorrect code.")


ONE = [("a", "A")]
SHOWN = ("Please choose one of those shown.", "请从列出的选项中选一个。")
FILL = ("Please fill this in.", "请填写这一项。")
SAID: list[tuple[forms.Field, object, tuple[str, str]]] = [
    (forms.CharField(), "", FILL),
    (forms.DateField(), "", FILL),
    (forms.ChoiceField(choices=ONE), "", ("Please choose one.", "请选择一项。")),
    (forms.BooleanField(), "", ("Please tick this first.", "请先勾选这一项。")),
    (forms.FileField(), None, ("Choose the file first.", "请先选择文件。")),
    (forms.FileField(), SimpleUploadedFile("a.csv", b""), ("This file is empty.", "这个文件是空的。")),
    (forms.ChoiceField(choices=ONE), "b", SHOWN),
    (forms.MultipleChoiceField(choices=ONE), ["b"], SHOWN),
    (forms.IntegerField(), "十", ("Write a whole number in digits, such as 12.", "请用数字填写整数，例如 12。")),
    (forms.DateField(), "明天", ("Write a day such as 2026-11-22.", "请填写日期，例如 2026-11-22。")),
    (forms.TimeField(), "9点", ("Write a time such as 09:30.", "请填写时间，例如 09:30。")),
    (
        forms.DateTimeField(),
        "x",
        ("Write a day and a time, such as 2026-11-22 09:30.", "请填写日期和时间，例如 2026-11-22 09:30。"),
    ),
    (forms.IntegerField(min_value=2), "1", ("At least 2, please.", "最少填 2。")),
    (forms.IntegerField(max_value=2), "3", ("At most 2, please.", "最多填 2。")),
    (
        forms.CharField(max_length=2),
        "三个字",
        ("This is too long: at most 2 characters, please. You wrote 3.", "太长了：最多 2 个字，您写了 3 个字。"),
    ),
    (
        forms.CharField(min_length=2),
        "一",
        ("This is too short: at least 2 characters, please.", "太短了：至少 2 个字。"),
    ),
    (
        forms.EmailField(),
        "lin@",
        ("Write an email address, such as name@example.org.", "请填写邮箱地址，例如 name@example.org。"),
    ),
    (
        forms.CharField(),
        "a\0b",
        ("There is a sign in this that cannot be kept. Please write it anew.", "里面有无法保存的字符，请重新填写。"),
    ),
]


@pytest.mark.parametrize(("field", "typed", "said"), SAID)
def test_what_an_empty_or_wrong_value_is_told(field: forms.Field, typed: object, said: tuple[str, str]) -> None:
    for language, sentence in zip(("en", "zh-hans"), said, strict=True):
        with translation.override(language):
            with pytest.raises(forms.ValidationError) as refused:
                field.clean(typed)
            assert refused.value.messages == [sentence]


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["x", "9" * 700, "0190a000-0000-7000-8000-000000000000"])
def test_a_row_that_is_not_there_is_no_key_shown(key: str) -> None:
    for language, sentence in zip(("en", "zh-hans"), SHOWN, strict=True):
        with translation.override(language):
            with pytest.raises(forms.ValidationError) as refused:
                forms.ModelChoiceField(Team.objects.all()).clean(key)
            assert refused.value.messages == [sentence]
