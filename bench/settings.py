"""As in development, on a cluster of its own, with one address more: the reference view."""

import os
from pathlib import Path

_data = Path(os.environ.get("DATA_DIR", Path(__file__).resolve().parents[1] / ".data"))
os.environ["DATA_DIR"] = str(_data if _data.name == "bench" else _data / "bench")
os.environ["EMBEDDED_DURABLE"] = "1"

from timebank.settings.dev import *  # noqa: E402,F403

ROOT_URLCONF = "bench.urls"
