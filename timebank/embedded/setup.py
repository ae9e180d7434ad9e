"""Makes ``.venv`` and installs what the hashed requirements name: ``python3 timebank/embedded/setup.py [--dev]``.

Run by path, with the standard library alone, before anything is installed. It does nothing when nothing changed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
OLDEST = (3, 11)
NEWER = ("python3.11", "python3.12", "python3.13", "python3.14")


def main(arguments: list[str]) -> None:
    """Bring ``.venv`` up to date; with ``--dev`` also what tests and checks need."""
    if sys.version_info < OLDEST:
        _again_with_newer(arguments)
    files = [ROOT / "requirements.txt", *([ROOT / "requirements-dev.txt"] if "--dev" in arguments else [])]
    wanted = [_fingerprint(path) for path in files]
    if PYTHON.exists() and STAMP.exists() and set(wanted) <= set(STAMP.read_text().split()):
        return
    if not PYTHON.exists():
        _say("Making .venv …")
        _make_venv()
    _say("Installing " + ", ".join(path.name for path in files) + " …")
    _install(files)
    STAMP.write_text("\n".join(wanted) + "\n")


def _make_venv() -> None:
    """With venv; where the system's Python lacks ensurepip, with virtualenv, else without a pip of its own."""
    if importlib.util.find_spec("ensurepip"):
        _run([sys.executable, "-m", "venv", str(VENV)])
    elif importlib.util.find_spec("virtualenv"):
        _run([sys.executable, "-m", "virtualenv", "--quiet", str(VENV)])
    elif importlib.util.find_spec("pip"):
        _run([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
    else:
        sys.exit(
            "This Python can neither make an environment nor install packages. "
            "Install its venv module (Debian: apt install python3-venv) and try again."
        )


def _install(files: list[Path]) -> None:
    """Only what the files name by hash. The machine's pip serves an environment that has none."""
    has_pip = subprocess.run([str(PYTHON), "-c", "import pip"], capture_output=True).returncode == 0
    pip = [str(PYTHON), "-m", "pip"] if has_pip else [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    named = [part for path in files for part in ("-r", str(path))]
    quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
    _run([*pip, "install", *quiet, "--require-hashes", *named])


def _again_with_newer(arguments: list[str]) -> None:
    for name in NEWER:
        found = shutil.which(name)
        if found:
            os.execv(found, [found, __file__, *arguments])  # noqa: S606
    sys.exit("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ".")


def _fingerprint(path: Path) -> str:
    """The file's content and the interpreter it was installed for."""
    return hashlib.sha256(path.read_bytes() + repr((path.name, sys.version_info[:2])).encode()).hexdigest()


def _run(command: list[str]) -> None:
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "PYTHONPATH")}
    done = subprocess.run(command, cwd=str(ROOT), env=env)
    if done.returncode != 0:
        sys.exit("That did not work: " + " ".join(command))


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
