"""Translations: compiled with Babel, since a bare machine has no msgfmt; checked with gettext, which developers have.

``python -m timebank.embedded.translations compile|check``
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from timebank.embedded.errors import EmbeddedError

ROOT = Path(__file__).resolve().parents[2]
SOURCES = (".py", ".html", ".txt")
NOT_PRODUCT = {"tests", "bench", "docs", "locale", "compose", "static", "staticfiles", "node_modules"}


def compile_changed(root: Path = ROOT) -> list[Path]:
    """Compile every catalogue that is newer than its compiled form, and return those compiled.

    Raises EmbeddedError when a catalogue has nothing translated: an empty one would silently show the other language.
    """
    return [_compile(source) for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")) if _is_stale(source)]


def problems(root: Path = ROOT) -> list[str]:
    """What is missing, in doubt or malformed in each catalogue, a line each; raises EmbeddedError without gettext."""
    for tool in ("xgettext", "msgmerge", "msgfmt"):
        if not shutil.which(tool):
            raise EmbeddedError(f"{tool} is missing, so nothing was checked. Debian: apt install gettext.")
    if not any(root.glob("locale/*/LC_MESSAGES/*.po")):
        raise EmbeddedError("No catalogue stands below locale/, so nothing was checked.")
    found: list[str] = []
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        found += [f"{source.parent.parent.name}: {line}" for line in _format_errors(source)]
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        _copy_sources(root, copy)
        for source in sorted(copy.glob("locale/*/LC_MESSAGES/*.po")):
            found += _not_translated(copy, source)
    return found


def _is_stale(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns


def _compile(source: Path) -> Path:
    catalogue = _read(source)
    catalogue.fuzzy = False  # a mark on the header would hide the whole catalogue
    if not any(message.id and _strings(message)[0] for message in catalogue):
        raise EmbeddedError(f"{source} has no translated message.")
    compiled = source.with_suffix(".mo")
    unfinished = source.with_name(f"{source.stem}.{os.getpid()}.unfinished")
    with unfinished.open("wb") as out:
        write_mo(out, catalogue)
    unfinished.replace(compiled)
    return compiled


def _read(source: Path) -> Catalog:
    with source.open("rb") as lines:
        return read_po(lines, locale=source.parent.parent.name)


def _strings(message: Message) -> list[str]:
    return [message.string or ""] if isinstance(message.string, str) else list(message.string or [""])


def _copy_sources(root: Path, copy: Path) -> None:
    """The product's own text, so that ``makemessages`` may write without touching the project."""
    for path in _sources(root):
        target = copy / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    shutil.copytree(root / "locale", copy / "locale", ignore=shutil.ignore_patterns("*.mo"))


def _sources(root: Path) -> Iterator[Path]:
    for top in sorted(root.iterdir()):
        if top.is_dir() and not top.name.startswith(".") and top.name not in NOT_PRODUCT:
            yield from (path for path in top.rglob("*") if path.suffix in SOURCES and path.is_file())


def _not_translated(copy: Path, source: Path) -> list[str]:
    language = source.parent.parent.name
    env = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "-m", "django", "makemessages", "-l", language, "--no-obsolete", "--no-wrap", "-v", "0"]
    done = subprocess.run(command, cwd=copy, env=env, capture_output=True, text=True)
    if done.returncode != 0:
        raise EmbeddedError(f"makemessages failed: {done.stderr.strip()}")
    return [
        f"{language}: {'in doubt' if message.fuzzy else 'missing'}: {_shown(message)}"
        for message in _read(source)
        if message.id and (message.fuzzy or not all(_strings(message)))
    ]


def _shown(message: Message) -> str:
    text = message.id if isinstance(message.id, str) else message.id[0]
    places = ", ".join(f"{path}:{line}" for path, line in message.locations[:2])
    return f"{text!r} ({places})"


def _format_errors(source: Path) -> list[str]:
    done = subprocess.run(
        ["msgfmt", "--check-format", "--check-domain", "-o", os.devnull, source], capture_output=True, text=True
    )
    return done.stderr.strip().splitlines() if done.returncode != 0 else []


def main(arguments: list[str]) -> int:
    """Compile what changed, or check that nothing is missing; 1 when something is."""
    try:
        if arguments == ["check"]:
            found = problems()
            print("\n".join([*found, f"Translations: {len(found)} problems."]))
            return 1 if found else 0
        for path in compile_changed():
            print(f"Compiled {path.relative_to(ROOT)}")
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
