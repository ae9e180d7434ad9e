"""Where the settings find their services."""

from pathlib import Path

import pytest

from tests.setup.conftest import spawn
from timebank.embedded import postgres, redis
from timebank.embedded.urls import Services, resolve

APP, OWNER, BROKER = "postgres://app@db/x", "postgres://owner@db/x", "redis://broker/0"
NAMES = ("DATABASE_URL", "OWNER_DATABASE_URL", "REDIS_URL", "EMBEDDED_DURABLE")


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("env", "expected"),
    [
        ({"DATABASE_URL": APP, "OWNER_DATABASE_URL": OWNER, "REDIS_URL": BROKER}, Services(APP, OWNER, BROKER)),
        ({"DATABASE_URL": APP, "REDIS_URL": BROKER}, Services(APP, None, BROKER)),
        ({"DATABASE_URL": APP, "REDIS_URL": ""}, Services(APP, None, None)),
        ({"DATABASE_URL": APP}, Services(APP, None, None)),
    ],
)
def test_the_environment_is_obeyed_and_nothing_is_started(
    env: dict[str, str], expected: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    assert resolve(tmp_path / "data") == expected
    assert not (tmp_path / "data").exists()


def test_without_urls_the_tests_get_both_services(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDED_DURABLE", "0")
    services = resolve(data_dir)
    assert services.app_url.startswith("postgres://timebank_app:")
    assert services.owner_url is not None
    assert services.owner_url.startswith("postgres://timebank_owner:")
    assert services.redis_url == redis.running(data_dir)


def test_a_command_starts_postgresql_joins_redis_but_starts_none(data_dir: Path) -> None:
    """Without ``make run`` there is no worker: what went into a Redis would wait there for ever."""
    assert resolve(data_dir).redis_url is None
    started = redis.ensure(data_dir)
    assert resolve(data_dir).redis_url == started


def test_a_command_of_manage_py_leaves_nothing_running(data_dir: Path) -> None:
    code = "import sys; from pathlib import Path; from timebank.embedded import urls; urls.resolve(Path(sys.argv[1]))"
    command = spawn(code, data_dir)
    command.communicate()
    assert command.returncode == 0
    assert postgres.running(data_dir) is False
