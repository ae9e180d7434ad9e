"""The web server as `make run` starts it: what it answers to an address that is too long for any page."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from timebank.embedded import run

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Where it listens. Nothing here asks for the database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        found = int(free.getsockname()[1])
    log = tmp_path_factory.mktemp("serving") / "web.log"
    with log.open("wb") as written:
        web = subprocess.Popen(run._web_command(found), cwd=ROOT, env=os.environ, stdout=written, stderr=written)
    try:
        until = time.monotonic() + 60
        while not listens(found):
            assert web.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.1)
        yield found
    finally:
        web.terminate()
        web.wait(20)


def listens(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def asked(port: int, address: str) -> tuple[int, str, str]:
    """Status, kind and page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", address)
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer.status, answer.headers["Content-Type"], page


@pytest.mark.parametrize("length", [8_200, 60_000])
def test_an_address_that_is_too_long_is_told_so_in_both_languages(port: int, length: int) -> None:
    status, kind, page = asked(port, "/?q=" + "a" * length)
    assert (status, kind) == (414, "text/html; charset=utf-8")
    assert "网址太长，请返回后少输一些。" in page
    assert "This address is too long. Go back and type less." in page


def test_a_long_search_still_arrives(port: int) -> None:
    status, _kind, page = asked(port, "/static/nothing.css?q=" + "%E7%B1%B3" * 890)
    assert status == 404
    assert "too long" not in page


def test_other_broken_requests_are_refused_as_before(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost : x\r\n\r\n")
        assert raw.recv(4096).startswith(b"HTTP/1.1 400 ")


def test_production_starts_it_with_the_same_settings() -> None:
    assert '"--config", "python:timebank.serving"' in (ROOT / "Dockerfile").read_text()
    assert "--config python:timebank.serving" in " ".join(run._web_command(8000))
