"""A PostgreSQL of our own in the data folder, for machines on which nobody set one up.

``ensure`` starts it or joins it, and the last process that uses it stops it (see ``lease``). It listens on loopback
alone, with random passwords. What people keep in it is as durable as PostgreSQL is; only the tests' cluster trades that
for speed, and says so with a mark in its folder.
"""

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from timebank.embedded import binaries, lease, ports, roles, server_user
from timebank.embedded.errors import EmbeddedError

START_SECONDS = 60
STOP_SECONDS = 60
START_TRIES = 9
CONNECTIONS = 200
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@dataclass(frozen=True)
class Urls:
    """How the app's role and the owner's role reach the database."""

    app: str
    owner: str


def ensure(data_dir: Path, *, durable: bool) -> Urls:
    """Start or join the cluster of ``data_dir``, made at first use; raises EmbeddedError. Safe with many at once."""
    folder = _own_folder(data_dir)
    with lease.locked(folder):
        _refuse_mixed_durability(folder, durable=durable)
        port = _answering_port(folder) or _start(folder, durable=durable)
        if not (folder / "roles-made").exists():
            psql = _programs(folder).folder / "psql"
            roles.install(psql=psql, port=port, passwords=_passwords(folder))
            (folder / "roles-made").touch()
        lease.take_share(folder, leave=lambda: stop(data_dir))
    return _urls(port, _passwords(folder))


def stop(data_dir: Path, *, for_all: bool = False) -> bool:
    """Give up this process's use; stop the cluster when nobody else uses it (or ``for_all``). Whether it stopped."""
    folder = data_dir / "postgres"
    if not folder.exists():
        return False
    with lease.locked(folder):
        unused = lease.drop_share(folder)
        if (unused or for_all) and _answering_port(folder):
            _stop_server(folder)
            return True
    return False


def running(data_dir: Path) -> bool:
    """Whether the cluster of this data folder takes connections now."""
    return _answering_port(data_dir / "postgres") is not None


def _own_folder(data_dir: Path) -> Path:
    folder = data_dir / "postgres"
    if not folder.exists():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o711)  # root's server runs as another user, who must pass through
    return folder


def _refuse_mixed_durability(folder: Path, *, durable: bool) -> None:
    mark = folder / "throw-away"
    if durable and mark.exists():
        raise EmbeddedError(f"{folder} belongs to the tests and may lose data: name another folder in DATA_DIR.")
    if not durable and not mark.exists():
        if (folder / "roles-made").exists():
            raise EmbeddedError(f"{folder} keeps people's data: the tests need another folder (DATA_DIR).")
        mark.touch()


def _start(folder: Path, *, durable: bool) -> int:
    """Start the server, on its last port if that is free, and return the port."""
    cluster = server_user.cluster_folder(folder)
    data = cluster / "data"
    found = _programs(folder)
    programs = server_user.reachable(found, cluster)
    if not data.exists():
        _make_cluster(folder, programs, found.major, durable=durable)
    for attempt in range(START_TRIES):
        port = ports.free(ports.last(folder))
        if _launch(programs, cluster, _settings(found.major, port, durable=durable)):
            (folder / "port").write_text(str(port))
            return port
        time.sleep(
            attempt * 0.25
        )  # after a crash the old sessions need a moment to notice, and a port can be taken meanwhile
    tail = "\n".join((cluster / "server.log").read_text(errors="replace").splitlines()[-8:])
    raise EmbeddedError(f"PostgreSQL did not start in {cluster}. Its log ends:\n{tail}")


def _launch(programs: Path, cluster: Path, settings: list[str]) -> bool:
    options = " ".join(f"-c {setting}" for setting in settings)
    pg_ctl = [str(programs / "pg_ctl"), "-D", str(cluster / "data"), "-l", str(cluster / "server.log")]
    done = _run([*pg_ctl, "-w", "-t", str(START_SECONDS), "-o", options, "start"], cluster)
    return done.returncode == 0


def _settings(major: int, port: int, *, durable: bool) -> list[str]:
    return [
        "listen_addresses=127.0.0.1",
        f"port={port}",
        "unix_socket_directories=",
        f"max_connections={CONNECTIONS}",
        # The log names no person: neither the statement that failed nor the row it failed on.
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
        *(["io_method=sync"] if major >= 18 else []),  # spares three processes
        *([] if durable else FAST),
    ]


def _make_cluster(folder: Path, programs: Path, major: int, *, durable: bool) -> None:
    """Made beside and moved into place, so that a killed start leaves no half-made cluster."""
    cluster = server_user.cluster_folder(folder)
    unfinished = cluster / "data.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    password_file = cluster / "password"
    password_file.touch(mode=0o600)
    password_file.write_text(_passwords(folder).admin)
    identity = server_user.dropped()
    if identity:
        os.chown(password_file, identity["user"], identity["group"])
    command = [str(programs / "initdb"), "-D", str(unfinished), "-U", "postgres", "-A", "scram-sha-256"]
    command += [f"--pwfile={password_file}", "--encoding=UTF8", "--data-checksums", *_locale(major)]
    try:
        done = _run([*command, *([] if durable else ["--no-sync"])], cluster)
    finally:
        password_file.unlink()
    if done.returncode != 0:
        raise EmbeddedError(f"PostgreSQL could not make its data folder in {cluster}: {done.stderr.strip()}")
    unfinished.rename(cluster / "data")
    (folder / "roles-made").unlink(missing_ok=True)


def _locale(major: int) -> list[str]:
    if major >= 17:  # the same order of text on every machine
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--locale=C.UTF-8" if sys.platform == "linux" else "--locale=C"]


def _programs(folder: Path) -> binaries.Binaries:
    version = server_user.cluster_folder(folder) / "data" / "PG_VERSION"
    return binaries.find(int(version.read_text()) if version.exists() else None)


def _run(command: list[str], cluster: Path) -> subprocess.CompletedProcess[str]:
    """Run a program of PostgreSQL as the server's user, with a plain environment. Output goes to a file, because
    the server keeps its parent's pipes open."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    env |= {"LC_ALL": "C"}
    said = cluster / "said.log"
    with said.open("w+") as out:
        identity = server_user.dropped()
        done = subprocess.run(
            command, env=env, cwd=cluster, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **identity
        )
        out.seek(0)
        return subprocess.CompletedProcess(command, done.returncode, "", out.read())


def _answering_port(folder: Path) -> int | None:
    """The port of the running server, by its own pid file; None when it is down or still starting."""
    try:
        lines = (server_user.known_cluster(folder) / "data" / "postmaster.pid").read_text().splitlines()
        pid, port, status = int(lines[0]), int(lines[3]), lines[7].strip()
    except (OSError, IndexError, ValueError):
        return None
    return port if status == "ready" and _alive(pid) and ports.listens(port) else None


def _stop_server(folder: Path) -> None:
    pid_file = server_user.known_cluster(folder) / "data" / "postmaster.pid"
    pid = int(pid_file.read_text().splitlines()[0])
    os.kill(pid, signal.SIGINT)  # "fast": open sessions end, everything is written
    until = time.monotonic() + STOP_SECONDS
    while _alive(pid) and pid_file.exists():
        if time.monotonic() > until:
            raise EmbeddedError(f"PostgreSQL (process {pid}) did not stop within {STOP_SECONDS} s.")
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _passwords(folder: Path) -> roles.Passwords:
    """Kept in a file that its owner alone can read; made at first use, under the folder's lock."""
    path = folder / "passwords.json"
    try:
        return roles.Passwords(**json.loads(path.read_text()))
    except FileNotFoundError:
        made = roles.Passwords(*(secrets.token_urlsafe(24) for _ in range(3)))
    unfinished = path.with_suffix(".new")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(asdict(made)))
    unfinished.rename(path)
    return made


def _urls(port: int, passwords: roles.Passwords) -> Urls:
    place = f"127.0.0.1:{port}/{roles.DATABASE}"
    return Urls(
        app=f"postgres://{roles.APP}:{passwords.app}@{place}",
        owner=f"postgres://{roles.OWNER}:{passwords.owner}@{place}",
    )
