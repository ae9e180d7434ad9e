"""Which Chromium the browser tests drive. ``python -m timebank.embedded.browser`` makes sure that there is one."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
PLACES = (
    "/usr/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
LOUD = """
=====================================================================
NO BROWSER: the browser tests cannot run on this machine.
Install one (Debian: apt install chromium fonts-noto-cjk), or name it:
CHROMIUM=/path/to/chromium make test
=====================================================================
"""


def find() -> str | None:
    """$CHROMIUM, else a Chromium or Chrome of this machine, else the one that playwright downloaded."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if os.access(named, os.X_OK) else None
    found = next((path for path in map(shutil.which, NAMES) if path), None)
    found = found or next((path for path in PLACES if os.access(path, os.X_OK)), None)
    return found or _downloaded()


def _downloaded() -> str | None:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def main() -> int:
    """Download Chromium where none is; say it loudly when that fails. Fails only where CHROMIUM_REQUIRED=1 says so."""
    if find():
        return 0
    print("No Chromium here: trying to download playwright's …", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], timeout=900)
    if find():
        return 0
    print(LOUD, file=sys.stderr, flush=True)
    return 1 if os.environ.get("CHROMIUM_REQUIRED") == "1" else 0


if __name__ == "__main__":
    sys.exit(main())
