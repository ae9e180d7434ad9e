"""The environment: made by the standard library alone, and left alone when nothing changed."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "timebank" / "embedded" / "setup.py"


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script, working in an empty project."""
    spec = importlib.util.spec_from_file_location("setup_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    monkeypatch.setattr(script, "ROOT", tmp_path)
    monkeypatch.setattr(script, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(script, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(script, "STAMP", tmp_path / ".venv" / "installed")
    for name in ("requirements.txt", "requirements-dev.txt"):
        (tmp_path / name).write_text("")
    return script


@pytest.fixture
def commands(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What it would run; making the environment is played."""
    ran: list[list[str]] = []

    def played(command: list[str]) -> None:
        ran.append(command)
        if str(setup.VENV) in command:
            setup.PYTHON.parent.mkdir(parents=True)
            setup.PYTHON.symlink_to(sys.executable)

    monkeypatch.setattr(setup, "_run", played)
    return ran


def test_it_installs_once_and_only_by_hash(setup: ModuleType, commands: list[list[str]]) -> None:
    setup.main([])
    assert len(commands) == 2
    assert "--require-hashes" in commands[1]
    setup.main([])
    assert len(commands) == 2, "nothing changed, nothing is done"


def test_it_installs_again_when_a_file_changed(setup: ModuleType, commands: list[list[str]]) -> None:
    setup.main([])
    (setup.ROOT / "requirements.txt").write_text("# more\n")
    setup.main([])
    assert len(commands) == 3


def test_tools_come_with_dev_and_stay(setup: ModuleType, commands: list[list[str]]) -> None:
    setup.main([])
    setup.main(["--dev"])
    assert [part for part in commands[-1] if part.endswith(".txt")] == [
        str(setup.ROOT / "requirements.txt"),
        str(setup.ROOT / "requirements-dev.txt"),
    ]
    setup.main([])
    assert len(commands) == 3, "make run after make test has nothing to do"


@pytest.mark.parametrize(
    ("missing", "how"),
    [
        ((), ["-m", "venv"]),
        (("ensurepip",), ["-m", "virtualenv"]),
        (("ensurepip", "virtualenv"), ["-m", "venv", "--without-pip"]),
    ],
)
def test_where_ensurepip_is_missing_it_finds_another_way(
    setup: ModuleType,
    commands: list[list[str]],
    monkeypatch: pytest.MonkeyPatch,
    missing: tuple[str, ...],
    how: list[str],
) -> None:
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None if name in missing else object())
    setup._make_venv()
    assert commands[0][1 : 1 + len(how)] == how


def test_where_nothing_serves_it_says_what_to_install(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setup.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match="apt install python3-venv"):
        setup._make_venv()


def test_an_environment_without_pip_is_served_by_the_machine_s(setup: ModuleType) -> None:
    """Really made and really installed into, with nothing to download."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(setup.VENV)], check=True)
    setup._install([setup.ROOT / "requirements.txt"])


def test_it_needs_nothing_but_the_standard_library() -> None:
    """With neither site packages nor the project on the path, as a bare machine runs it."""
    load = f"import runpy; runpy.run_path({str(SCRIPT)!r})"
    bare = subprocess.run([sys.executable, "-I", "-S", "-c", load], capture_output=True, text=True)
    assert bare.returncode == 0, bare.stderr
