"""``make check``: every linter and proof that runs no test. All of them run, so that one reading shows all faults."""

import os
import secrets
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent
# Neither mypy's plugin nor the deploy check opens a connection; they need settings that load.
NO_DATABASE = {"DATABASE_URL": "postgres://nobody@localhost/none", "REDIS_URL": ""}
# mark_safe and SQL put together from parts: ruff's S308 and S608 ask for a reason at the line.
SAID_BY_RUFF = "B308,B608,B703"
PRODUCTION = NO_DATABASE | {
    "DJANGO_SETTINGS_MODULE": "timebank.settings.prod",
    "ALLOWED_HOSTS": "timebank.example.org",
    "SITE_URL": "https://timebank.example.org",
    "EMAIL_URL": "smtp://mail.example.org:25",
}


def main() -> int:
    """Run every check and print a line each; 1 when any failed."""
    production = PRODUCTION | {"SECRET_KEY": secrets.token_urlsafe(60)}
    manage = [sys.executable, "manage.py"]
    passed = [
        _check("ruff", [_tool("ruff"), "check", "."]),
        _check("format", [_tool("ruff"), "format", "--check", "--quiet", "."]),
        _check("types", [_tool("mypy")], NO_DATABASE),
        _check("templates", [_tool("djlint"), "templates", "--lint", "--quiet"]),
        _check("dependency law", [_tool("lint-imports"), "--no-cache"]),
        _check("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        _check("translations", [sys.executable, "-m", "timebank.embedded.translations", "check"]),
        _check("deploy", [*manage, "check", "--deploy", "--fail-level", "WARNING"], production),
        _check("bandit", [_tool("bandit"), "-q", "-ll", "-s", SAID_BY_RUFF, "-r", *_packages()]),
    ]
    return 0 if all(passed) else 1


def _check(name: str, command: Sequence[str], env: Mapping[str, str] | None = None) -> bool:
    began = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=os.environ | (env or {}), capture_output=True, text=True)
    verdict = "ok" if done.returncode == 0 else "FAILED"
    print(f"{name:20} {verdict:8} {time.monotonic() - began:5.1f} s", flush=True)
    if done.returncode != 0:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


def _tool(name: str) -> str:
    return str(TOOLS / name)


def _packages() -> list[str]:
    names = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    return sorted(names - {"tests", "bench"})


if __name__ == "__main__":
    sys.exit(main())
