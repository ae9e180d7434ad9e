"""The environment in the data folder, the database, and the one call of the client."""

import os
import subprocess
import sys
from pathlib import Path

from bench import databases

REQUIREMENTS = databases.ROOT / "requirements-bench.txt"
CLIENT = Path(__file__).with_name("client.py")
DATABASE = "bench_hordak"


def prepare() -> None:
    """Install what is missing, make the database anew. Raises ``RuntimeError`` with what the command said."""
    if not _python().exists():
        _run([sys.executable, "-m", "venv", str(_folder())])
    stamp = _folder() / "installed"
    wanted = REQUIREMENTS.read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        quiet = ["--quiet", "--disable-pip-version-check", "--no-input"]
        _run([str(_python()), "-m", "pip", "install", *quiet, "--require-hashes", "-r", str(REQUIREMENTS)])
        stamp.write_text(wanted)
    databases.drop(DATABASE)
    databases.on_server(f'CREATE DATABASE "{DATABASE}"')
    _client("prepare")


def rate(clients: int, seconds: float) -> float:
    """Transfers a second by so many processes."""
    return float(_client(str(clients), str(seconds)))


def _folder() -> Path:
    return Path(os.environ["DATA_DIR"]) / "hordak"


def _python() -> Path:
    return _folder() / "bin" / "python"


def _client(*arguments: str) -> str:
    return _run([str(_python()), str(CLIENT), *arguments], databases.client_environment(DATABASE))


def _run(command: list[str], environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return done.stdout
