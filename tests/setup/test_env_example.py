"""`.env.example` explains every variable that the code or compose reads."""

import itertools
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = (ROOT / ".env.example").read_text()
READ = re.compile(r"""(?:env(?:\.\w+)?\(|environ(?:\.get\(|\.setdefault\(|\[))\s*["']([A-Z][A-Z_]+)["']""")
# Given by the machine, or set by the project for its own children.
NOT_OURS = {"PATH", "HOME", "CI", "QUICK", "PYPINYIN_NO_PHRASES", "DJANGO_ALLOW_ASYNC_UNSAFE"}
NOT_OURS |= {"PGHOST", "PGPORT", "PGUSER", "PGPASSWORD", "PGDATABASE"}  # PostgreSQL's own programs read them


def explained() -> set[str]:
    return set(re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", EXAMPLE, re.MULTILINE))


def test_every_variable_of_the_code_is_explained() -> None:
    sources = [path for folder in ROOT.glob("*/__init__.py") for path in folder.parent.rglob("*.py")]
    read = {name for path in sources if "tests" not in path.parts for name in READ.findall(path.read_text())}
    assert {"DATABASE_URL", "SECRET_KEY", "SITE_URL", "DATA_DIR"} <= read
    assert read - explained() - NOT_OURS == set()


def test_every_variable_of_compose_is_explained() -> None:
    used = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))
    assert used - explained() == set()


def test_each_value_to_fill_in_has_its_comment_above() -> None:
    pairs = itertools.pairwise(EXAMPLE.splitlines())
    bare = [line for above, line in pairs if re.match(r"[A-Z_]+=", line) and not above.startswith("#")]
    assert bare == ["WORKER_REPLICAS=2"], "this one shares the comment of WEB_REPLICAS"
