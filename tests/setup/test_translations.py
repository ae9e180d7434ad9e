"""Translations: compiled without gettext, checked with it."""

import gettext
import os
import shutil
from pathlib import Path

import pytest

from timebank.embedded import translations
from timebank.embedded.errors import EmbeddedError

HEADER = r"""{mark}
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""
KNOWN = 'msgid "Hand over"\nmsgstr "发放"\n'


def project(folder: Path, messages: str, *, mark: str = "#") -> Path:
    source = folder / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
    source.parent.mkdir(parents=True)
    source.write_text(HEADER.format(mark=mark) + messages)
    (folder / "shop").mkdir()
    (folder / "shop" / "views.py").write_text('from django.utils.translation import gettext as _\n_("Hand over")\n')
    return source


def compiled(source: Path) -> gettext.GNUTranslations:
    with source.with_suffix(".mo").open("rb") as machine:
        return gettext.GNUTranslations(machine)


@pytest.mark.parametrize("mark", ["#", "#, fuzzy"])
def test_a_catalogue_is_compiled_even_under_a_fuzzy_header(tmp_path: Path, mark: str) -> None:
    source = project(tmp_path, KNOWN, mark=mark)
    assert translations.compile_changed(tmp_path) == [source.with_suffix(".mo")]
    assert compiled(source).gettext("Hand over") == "发放"


def test_only_what_changed_is_compiled(tmp_path: Path) -> None:
    source = project(tmp_path, KNOWN)
    translations.compile_changed(tmp_path)
    assert translations.compile_changed(tmp_path) == []
    source.write_text(source.read_text().replace("发放", "交付"))
    os.utime(source, (source.stat().st_atime, source.stat().st_mtime + 2))
    assert translations.compile_changed(tmp_path) == [source.with_suffix(".mo")]
    assert compiled(source).gettext("Hand over") == "交付"


def test_an_empty_catalogue_fails_instead_of_hiding_a_language(tmp_path: Path) -> None:
    project(tmp_path, 'msgid "Hand over"\nmsgstr ""\n')
    with pytest.raises(EmbeddedError, match="no translated message"):
        translations.compile_changed(tmp_path)


needs_gettext = pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed")


@needs_gettext
def test_a_complete_catalogue_passes(tmp_path: Path) -> None:
    source = project(tmp_path, KNOWN)
    before = source.read_text()
    assert translations.problems(tmp_path) == []
    assert source.read_text() == before, "a check writes nothing"


@needs_gettext
@pytest.mark.parametrize(
    ("messages", "word"),
    [
        ('msgid "Other"\nmsgstr "别的"\n', "missing: 'Hand over'"),
        ('msgid "Hand over"\nmsgstr ""\n', "missing: 'Hand over'"),
        ('#, fuzzy\nmsgid "Hand over"\nmsgstr "发放"\n', "in doubt: 'Hand over'"),
        (KNOWN + '\n#, python-format\nmsgid "%(n)s h"\nmsgstr "%(m)s 小时"\n', "format"),
    ],
)
def test_what_is_missing_in_doubt_or_malformed_is_named(tmp_path: Path, messages: str, word: str) -> None:
    project(tmp_path, messages)
    assert word in "\n".join(translations.problems(tmp_path))


@needs_gettext
def test_no_catalogue_at_all_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedError, match="No catalogue"):
        translations.problems(tmp_path)


def test_without_gettext_the_check_fails_loudly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda tool: None)
    with pytest.raises(EmbeddedError, match=r"nothing was checked.*apt install gettext"):
        translations.problems(tmp_path)
