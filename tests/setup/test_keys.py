"""The development key: one a data folder, whoever asks first."""

import stat
from pathlib import Path

from tests.setup.conftest import spawn
from timebank.embedded.keys import secret_key

ASK = """
import sys
from pathlib import Path
from timebank.embedded.keys import secret_key
print(secret_key(Path(sys.argv[1])))
"""


def test_it_is_long_kept_and_private(tmp_path: Path) -> None:
    key = secret_key(tmp_path / "new")
    assert len(key) >= 50
    assert secret_key(tmp_path / "new") == key
    assert secret_key(tmp_path / "other") != key
    kept = tmp_path / "new" / "secret-key"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_six_processes_at_once_get_the_same(tmp_path: Path) -> None:
    asking = [spawn(ASK, tmp_path) for _ in range(6)]
    assert len({process.communicate()[0] for process in asking}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
