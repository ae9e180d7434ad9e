"""Who uses an embedded service: a shared file lock a process, so that the last one to leave stops the service.

The kernel keeps the locks: a process that is killed gives its share back by itself, and no count goes stale.
"""

import atexit
import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class _Share:
    pid: int
    fd: int


_shares: dict[Path, _Share] = {}


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Only one process at a time looks at, starts or stops the service of this folder."""
    fd = _open(folder / "start.lock")
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def take_share(folder: Path, *, leave: Callable[[], object]) -> None:
    """Use the service until this process ends, when ``leave`` is called. Call it under ``locked``; twice is once."""
    folder = folder.resolve()
    if folder in _shares:
        return
    fd = _open(folder / "users.lock")
    fcntl.flock(fd, fcntl.LOCK_SH)
    _shares[folder] = _Share(os.getpid(), fd)
    atexit.register(_leave_once, folder, os.getpid(), leave)


def has_share(folder: Path) -> bool:
    """Whether this process uses the service."""
    return folder.resolve() in _shares


def drop_share(folder: Path) -> bool:
    """Give this process's share back; whether nobody else uses the service. Call it under ``locked``."""
    share = _shares.pop(folder.resolve(), None)
    if share and share.pid != os.getpid():
        return False  # a forked child leaves its parent's share alone
    fd = share.fd if share else _open(folder / "users.lock")
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(fd)
    return True


def _leave_once(folder: Path, pid: int, leave: Callable[[], object]) -> None:
    if pid == os.getpid() and folder in _shares:
        leave()


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
