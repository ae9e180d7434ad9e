"""The processes that ``make run`` keeps alive. A death is always said; the next try waits a little longer each time."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
STEADY_SECONDS = 60.0
LOG_BYTES = 5_000_000
TAIL_LINES = 6
_DIE_WITH_PARENT = 1  # prctl's PR_SET_PDEATHSIG


@dataclass
class Child:
    """One program with its log file; ``watch`` starts it again when it died."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    say: Callable[[str], None]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    wait: float = FIRST_WAIT
    due: float | None = field(default=None)

    def start(self) -> None:
        """Run it in a session of its own, so that Ctrl-C reaches the supervisor alone, who then stops all in order."""
        _rotate(self.log)
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command,
                env=dict(self.env),
                cwd=self.cwd,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )
        self.started, self.due = time.monotonic(), None

    def watch(self) -> None:
        """Report a death once, and start again when its wait is over."""
        now = time.monotonic()
        if self.due is not None:
            if now >= self.due:
                self.start()
        elif self.process and (code := self.process.poll()) is not None:
            self._end_group()
            self.wait = FIRST_WAIT if now - self.started > STEADY_SECONDS else self.wait
            self.say(f"{self.name} ended {_how(code)}; starting it again in {self.wait:.0f} s.\n{self.tail()}")
            self.due, self.wait = now + self.wait, min(self.wait * 2, LONGEST_WAIT)

    def tail(self) -> str:
        """The last lines of its log, indented."""
        with self.log.open("rb") as lines:
            lines.seek(max(0, self.log.stat().st_size - 8_000))
            last = lines.read().decode(errors="replace").splitlines()[-TAIL_LINES:]
        return "\n".join(f"    {line}" for line in [*last, f"(all of it: {self.log})"])

    def ask_to_stop(self) -> None:
        """Let it finish what it is doing."""
        self.due = None
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def stop(self, *, until: float) -> None:
        """Wait for it until that monotonic instant, then end its whole group."""
        if not self.process:
            return
        try:
            self.process.wait(max(0.05, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.say(f"{self.name} did not stop in time; ending it.")
        self._end_group()
        self.process.wait()

    def _end_group(self) -> None:
        """End what it left behind: a worker that was killed leaves its scheduler, a web its listeners."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)


def _how(code: int) -> str:
    return f"with code {code}" if code >= 0 else f"by signal {signal.Signals(-code).name}"


def _rotate(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))


def _die_with_parent() -> None:
    """A supervisor that is killed takes its children along (Linux)."""
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGTERM)
