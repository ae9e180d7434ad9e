"""The embedded Redis, and life without one."""

import os
import signal
from pathlib import Path

import pytest
import redis as client

from timebank.embedded import redis


@pytest.fixture(autouse=True)
def _needs_a_server() -> None:
    if redis.program() is None:
        pytest.skip("no redis-server on this machine")


def test_it_starts_once_and_stops_once(data_dir: Path) -> None:
    assert redis.running(data_dir) is None
    url = redis.ensure(data_dir)
    assert url is not None
    assert redis.ensure(data_dir) == redis.running(data_dir) == url
    assert client.Redis.from_url(url).ping() is True
    assert redis.stop(data_dir) is True
    assert redis.stop(data_dir) is False
    assert redis.running(data_dir) is None


def test_it_asks_for_its_password(data_dir: Path) -> None:
    url = redis.ensure(data_dir)
    assert url is not None
    with pytest.raises(client.AuthenticationError):
        client.Redis.from_url("redis://" + url.rpartition("@")[2]).ping()


def test_a_frozen_one_is_not_taken_for_dead_and_a_dead_one_comes_back(data_dir: Path) -> None:
    url = redis.ensure(data_dir)
    assert url is not None
    pid = int(client.Redis.from_url(url).info("server")["process_id"])
    os.kill(pid, signal.SIGSTOP)
    assert redis.died(data_dir) is False
    os.kill(pid, signal.SIGKILL)
    while redis.died(data_dir) is False:
        pass
    assert redis.ensure(data_dir) == url


def test_without_any_redis_there_is_no_broker(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis, "program", lambda: None)
    assert redis.ensure(data_dir) is None
    assert redis.died(data_dir) is False
    assert "install" in redis.HOW_TO_INSTALL
