"""Who uses a service: counted by the kernel, so a killed process never stays counted."""

from pathlib import Path

from tests.setup.conftest import spawn
from timebank.embedded import lease

HOLD = """
import sys
from pathlib import Path
from timebank.embedded import lease
folder = Path(sys.argv[1])
with lease.locked(folder):
    lease.take_share(folder, leave=lambda: print("left", flush=True))
print("in", flush=True)
sys.stdin.readline()
"""


def alone(folder: Path) -> bool:
    with lease.locked(folder):
        return lease.drop_share(folder)


def test_who_is_alone_may_stop_the_service(tmp_path: Path) -> None:
    assert alone(tmp_path) is True
    with lease.locked(tmp_path):
        lease.take_share(tmp_path, leave=lambda: None)
        lease.take_share(tmp_path, leave=lambda: None)
    assert lease.has_share(tmp_path) is True
    assert alone(tmp_path) is True
    assert lease.has_share(tmp_path) is False


def test_who_has_company_may_not(tmp_path: Path) -> None:
    other = spawn(HOLD, tmp_path)
    assert other.stdout.readline() == "in\n"
    assert alone(tmp_path) is False
    said, _ = other.communicate("\n")
    assert said == "left\n", "a process that ends gives its share back by itself"
    assert alone(tmp_path) is True


def test_a_killed_process_is_gone(tmp_path: Path) -> None:
    other = spawn(HOLD, tmp_path)
    other.stdout.readline()
    other.kill()
    other.communicate()
    assert alone(tmp_path) is True
