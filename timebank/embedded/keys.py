"""Secrets that a development machine makes for itself. Production gets its own from the environment."""

import os
import secrets
from pathlib import Path


def secret_key(data_dir: Path) -> str:
    """The development key: random, made once a data folder, readable by its owner alone."""
    return kept_secret(data_dir / "secret-key")


def kept_secret(path: Path) -> str:
    """The secret in this file, made at first use. Two processes that race get the same one."""
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    mine = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    mine.touch(mode=0o600)
    mine.write_text(secrets.token_urlsafe(60))
    try:
        os.link(mine, path)
    except FileExistsError:
        pass
    finally:
        mine.unlink()
    return path.read_text()
