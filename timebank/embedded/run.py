"""``make run``: everything on one machine, from nothing to Ready, until Ctrl-C or TERM.

It owns the embedded services while it lives, prepares the database, starts web, worker and sweep, and restarts what
dies, never silently.
"""

import fcntl
import http.client
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import NoReturn

from timebank.embedded import ports, postgres, redis
from timebank.embedded.children import Child
from timebank.embedded.errors import EmbeddedError
from timebank.embedded.urls import Services

ROOT = Path(__file__).resolve().parents[2]
LOOPBACKS = ("127.0.0.1", "::1")
READY_SECONDS = 90
STOP_SECONDS = 12
WATCH_SECONDS = 0.5
WEB_THREADS = 6
SWEEP = ROOT / "notifications" / "management" / "commands" / "run_due.py"


class Stopped(BaseException):
    """Somebody pressed Ctrl-C or sent TERM."""


@dataclass(frozen=True)
class Place:
    """Where this run keeps its data and on which port it listens."""

    data_dir: Path
    port: int

    @property
    def url(self) -> str:
        """The address by name: passkeys and cookies need one."""
        return f"http://localhost:{self.port}"


def main() -> int:
    """Run until told to stop; 0 after a clean stop, 1 with a sentence when it cannot start."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    children: list[Child] = []
    place = _place()
    try:
        _claim(place)
        services, embedded = _services(place)
        env = _environment(place, services)
        _prepare(place, env | _owner(services), embedded=embedded)
        children = _children(place, env, broker=bool(services.redis_url))
        _start_all(children, place)
        _watch(children, place, embedded=embedded)
    except EmbeddedError as error:
        print(error, file=sys.stderr, flush=True)
        return 1
    except Stopped:
        return 0
    finally:
        _stop_all(children, place)


def _place() -> Place:
    data_dir = Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    return Place(data_dir, int(os.environ.get("PORT") or 8000))


def _claim(place: Place) -> None:
    """One run a data folder, and a free port."""
    lock = os.open(place.data_dir / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise EmbeddedError(f"make run is at work with {place.data_dir} already. Give another DATA_DIR.") from None
    if not all(ports.is_free(place.port, host) for host in _hosts()):
        raise EmbeddedError(f"Port {place.port} is taken. Try: make run PORT={place.port + 1}")


def _services(place: Place) -> tuple[Services, bool]:
    """The services of the environment, else embedded ones; whether PostgreSQL is ours to watch."""
    app, owner = os.environ.get("DATABASE_URL"), os.environ.get("OWNER_DATABASE_URL")
    embedded = not app
    if not app:
        urls = postgres.ensure(place.data_dir, durable=True)
        app, owner = urls.app, urls.owner
    broker = os.environ["REDIS_URL"] if "REDIS_URL" in os.environ else redis.ensure(place.data_dir)
    if broker is None:
        _say(redis.HOW_TO_INSTALL)
    return Services(app_url=app, owner_url=owner, redis_url=broker or None), embedded


def _environment(place: Place, services: Services) -> dict[str, str]:
    """What web, worker and sweep see: the app's role alone."""
    env = {name: value for name, value in os.environ.items() if name != "OWNER_DATABASE_URL"}
    env.setdefault("DJANGO_SETTINGS_MODULE", "timebank.settings.dev")
    env.setdefault("SITE_URL", place.url)
    env |= {"DATA_DIR": str(place.data_dir), "DATABASE_URL": services.app_url, "REDIS_URL": services.redis_url or ""}
    return env | {"PYTHONUNBUFFERED": "1"}


def _owner(services: Services) -> dict[str, str]:
    return {"OWNER_DATABASE_URL": services.owner_url} if services.owner_url else {}


def _prepare(place: Place, env: dict[str, str], *, embedded: bool) -> None:
    """In a process of its own, whose memory is given back before the others start."""
    command = [sys.executable, "-m", "timebank.embedded.prepare", str(place.data_dir)]
    command += ["--embedded"] if embedded else []
    steps = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, start_new_session=True)
    try:
        code = steps.wait()
    except Stopped:
        os.killpg(steps.pid, signal.SIGTERM)
        steps.wait()
        raise
    if code != 0:
        raise EmbeddedError("make run stops here.")


def _children(place: Place, env: dict[str, str], *, broker: bool) -> list[Child]:
    commands = {"web": _web_command(place.port)}
    if broker:
        schedule = place.data_dir / "beat-schedule"
        commands["worker"] = [sys.executable, "-m", "celery", "-A", "timebank", "worker", "-l", "info"]
        commands["worker"] += ["-B", "-s", str(schedule), "-P", "threads", "-c", "4"]
        commands["worker"] += ["--without-gossip", "--without-mingle"]
    if SWEEP.exists():
        commands["sweep"] = [sys.executable, "manage.py", "run_due", "--every", "60"]
    logs = place.data_dir / "logs"
    return [Child(name, command, env, ROOT, logs / f"{name}.log", _say) for name, command in commands.items()]


def _web_command(port: int) -> list[str]:
    """One process unless WEB_CONCURRENCY says more: a machine at home has memory for other things too."""
    command = [sys.executable, "-m", "gunicorn", "timebank.wsgi:application", "--no-control-socket"]
    command += ["--config", "python:timebank.serving", "--threads", str(WEB_THREADS)]
    command += ["--graceful-timeout", "5", "--timeout", "60"]
    for host in _hosts():
        command += ["--bind", f"[{host}]:{port}" if ":" in host else f"{host}:{port}"]
    return command


def _hosts() -> list[str]:
    """The loopback addresses that this machine has: some containers lack ::1."""
    return [host for host in LOOPBACKS if ports.is_free(0, host)]


def _start_all(children: list[Child], place: Place) -> None:
    """The web first: people wait for it; the others load while it answers."""
    web, *others = children
    web.start()
    _wait_until_it_answers(web, place)
    for child in others:
        child.start()
    _say(f"Ready at {place.url}")
    logins = place.data_dir / "demo-logins.txt"
    if logins.exists():
        _say("\n" + logins.read_text().rstrip())
    _say(f"\nLogs: {place.data_dir / 'logs'}. Mail and SMS: {place.data_dir}/mail and sms. Ctrl-C stops everything.")


def _wait_until_it_answers(web: Child, place: Place) -> None:
    until = time.monotonic() + READY_SECONDS
    while (status := _status(place.port)) is None:
        if web.process and web.process.poll() is not None:
            raise EmbeddedError(f"The web did not start.\n{web.tail()}")
        if time.monotonic() > until:
            raise EmbeddedError(f"The web did not answer within {READY_SECONDS} s.\n{web.tail()}")
        time.sleep(0.05)
    if status >= 500:
        _say(f"The first page answers with an error ({status}).\n{web.tail()}")


def _status(port: int) -> int | None:
    connection = http.client.HTTPConnection("localhost", port, timeout=30)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _watch(children: list[Child], place: Place, *, embedded: bool) -> NoReturn:
    while True:
        time.sleep(WATCH_SECONDS)
        for child in children:
            child.watch()
        if embedded and not postgres.running(place.data_dir):
            _say("PostgreSQL does not answer; starting it again.")
            _restart_postgres(place)
        if redis.died(place.data_dir):
            _say("Redis is gone; starting it again.")
            redis.ensure(place.data_dir)


def _restart_postgres(place: Place) -> None:
    try:
        postgres.ensure(place.data_dir, durable=True)
    except EmbeddedError as error:  # said, and tried again: the pages show the readable 503 meanwhile
        _say(str(error))


def _stop_all(children: list[Child], place: Place) -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    if children:
        _say("Stopping …")
    for child in children:
        child.ask_to_stop()
    until = time.monotonic() + STOP_SECONDS
    for child in children:
        child.stop(until=until)
    postgres.stop(place.data_dir)
    redis.stop(place.data_dir)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise Stopped


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
