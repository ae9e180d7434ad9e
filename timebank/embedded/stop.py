"""``make stop``: stops embedded services that a killed command left running, the tests' too."""

import os
import sys
from pathlib import Path

from timebank.embedded import postgres, redis

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Stop what no living process uses; say what is still in use."""
    data_dir = Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve()
    for folder in (data_dir, data_dir / "test"):
        for name, service in (("PostgreSQL", postgres), ("Redis", redis)):
            if service.stop(folder):
                print(f"Stopped {name} of {folder}")
            elif service.running(folder):
                print(f"{name} of {folder} is in use by another command, which will stop it.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
