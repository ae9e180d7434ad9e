"""Clusters of their own for the tests of the set-up: never the one that the other tests use."""

import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from timebank.embedded import postgres, redis

ROOT = Path(__file__).resolve().parents[2]


def _folder() -> Path:
    """Below the tests' data folder: the server's user cannot pass pytest's own temporary folders."""
    return Path(os.environ["DATA_DIR"]).resolve() / "setup" / uuid.uuid4().hex[:8]


def _remove(folder: Path) -> None:
    postgres.stop(folder, for_all=True)
    redis.stop(folder, for_all=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """An empty data folder; whatever runs in it is stopped at the end."""
    folder = _folder()
    folder.mkdir(parents=True)
    yield folder
    _remove(folder)


@pytest.fixture(scope="module")
def cluster() -> Iterator[Path]:
    """A data folder whose cluster is running, shared by one module."""
    folder = _folder()
    postgres.ensure(folder, durable=False)
    yield folder
    _remove(folder)


def spawn(code: str, *arguments: object, **env: str) -> subprocess.Popen[str]:
    """Another Python process in the project's root that runs this code."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(
        command, cwd=ROOT, env=os.environ | env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
