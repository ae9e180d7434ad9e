"""Loopback ports: the one a service had last time if it is free, so that addresses survive a restart."""

import socket
from pathlib import Path

HOST = "127.0.0.1"


def last(folder: Path) -> int:
    """The port that the service of this folder had last; 0 when there was none."""
    try:
        return int((folder / "port").read_text())
    except (OSError, ValueError):
        return 0


def free(wish: int) -> int:
    """The wished port if it is free, else any free one."""
    try:
        return _try(wish)
    except OSError:
        return _try(0)


def is_free(port: int, host: str = HOST) -> bool:
    """Whether a server could listen there now."""
    try:
        _try(port, host)
    except OSError:
        return False
    return True


def listens(port: int) -> bool:
    """Whether something takes connections there."""
    try:
        socket.create_connection((HOST, port), timeout=2).close()
    except OSError:
        return False
    return True


def _try(port: int, host: str = HOST) -> int:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        return int(probe.getsockname()[1])
