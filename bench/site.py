"""A community of a size in a database of its own, served by a process of its own.

Two sizes cannot share a process: what the ledger remembers of a book belongs to one database.
"""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from bench import databases
from bench.figures import QUICK
from bench.urls import REFERENCE

BLOCK_SECONDS = 0.5 if QUICK else 1.0
STOP_SECONDS = 30
WARM_UP = 8
PAGES = {"resident's home": "home/", "task board": "tasks/", "passbook": "passbook/"}


@dataclass(frozen=True)
class Site:
    """The process that serves one community, spoken to through ``ask``."""

    ask: Callable[..., Any]

    def rate(self, page: str) -> float:
        """Requests a second of one of ``PAGES``, or of "reference"."""
        return float(self.ask("rate", page))

    def first_visit(self) -> dict[str, int]:
        """Address → bytes (gzip) of what a first visit to the community's board fetches."""
        return dict(self.ask("first_visit"))


@contextmanager
def site(name: str, residents: int, entries: int) -> Iterator[Site]:
    """Make the database, fill it, serve it; drop it in the end."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe()
    server = context.Process(target=_serve, args=(there, name, residents, entries), daemon=True)
    server.start()
    there.close()

    def answer_of() -> Any:
        answer = here.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer

    def ask(*words: str) -> Any:
        here.send(words)
        return answer_of()

    try:
        answer_of()
        yield Site(ask)
    finally:
        here.send(("stop",))
        server.join(STOP_SECONDS)
        server.kill()
        databases.drop(name)


def _serve(pipe: Any, name: str, residents: int, entries: int) -> None:
    """Until "stop" or the parent's end."""
    from django.db import connections

    try:
        world = World.made(name, residents, entries)
    except Exception as error:
        pipe.send(RuntimeError(repr(error)))
        return
    pipe.send("ready")
    answers = {"rate": world.rate, "first_visit": world.first_visit}
    while (asked := pipe.recv()) != ("stop",):
        word, *rest = asked
        try:
            pipe.send(answers[word](*rest))
        except Exception as error:
            pipe.send(RuntimeError(repr(error)))
    connections.close_all()


@dataclass(frozen=True)
class World:
    """Inside the serving process: the application, the resident's cookie, the community's first segment."""

    application: Any
    cookie: str
    root: str

    @classmethod
    def made(cls, name: str, residents: int, entries: int) -> "World":
        """Migrate and fill the database, sign a resident in."""
        from django.conf import settings
        from django.core.handlers.wsgi import WSGIHandler
        from django.test import Client

        from core.clock import now
        from demo.services.town import Size, seed_place

        databases.make(name)
        resident = next(one for one in seed_place(Size(residents, entries), now=now()) if one.role == "resident")
        databases.tidy()
        browser = Client()
        browser.force_login(_user(resident.phone))
        session = browser.cookies[settings.SESSION_COOKIE_NAME]
        return cls(WSGIHandler(), f"{settings.SESSION_COOKIE_NAME}={session.value}", f"/c/{resident.community}/")

    def get(self, path: str, *, cookie: str) -> bytes:
        """The body of a page, through the whole stack but the socket. Raises when it is not 200."""
        told: list[str] = []
        environ = {
            "REQUEST_METHOD": "GET",
            "PATH_INFO": path,
            "SCRIPT_NAME": "",
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "localhost",
            "HTTP_COOKIE": cookie,
            "HTTP_ACCEPT_LANGUAGE": "zh-CN",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "http",
            "wsgi.input": BytesIO(),
            "wsgi.errors": BytesIO(),
        }
        answer = self.application(environ, lambda status, headers: told.append(status))
        try:
            body = b"".join(answer)
        finally:
            answer.close()
        if not told[0].startswith("200"):
            raise RuntimeError(f"{path} answered {told[0]}")
        return body

    def rate(self, page: str) -> float:
        """Requests a second, one after another, for a while."""
        path = self.root + PAGES.get(page, REFERENCE)
        for _ in range(WARM_UP):
            self.get(path, cookie=self.cookie)
        done, begun = 0, time.perf_counter()
        while (elapsed := time.perf_counter() - begun) < BLOCK_SECONDS:
            self.get(path, cookie=self.cookie)
            done += 1
        return done / elapsed

    def first_visit(self) -> dict[str, int]:
        """See ``Site.first_visit``."""
        from bench.weight import first_visit

        return first_visit(lambda path: self.get(path, cookie=""), self.root)


def _user(phone: str) -> Any:
    from accounts.models import User

    return User.objects.get(phone=phone)
