"""The guard: ends what a test run started when the run itself ends, however it ends.

It runs as a process of its own and reads orders from a pipe; the end of the pipe is the end of the run, be it
finished, interrupted or killed. Only the standard library is imported here: it has to be there at once.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

PATIENCE = 3.0
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Guard:
    """The run's end of the pipe."""

    def __init__(self) -> None:
        """Start the guard's process, away from the terminal's signals."""
        self._process = subprocess.Popen(
            (sys.executable, "-I", "-S", __file__), stdin=subprocess.PIPE, start_new_session=True
        )
        atexit.register(self.dismiss)

    def watch(self, pid: int) -> None:
        """End this process with the run."""
        self._say(f"watch {pid}")

    def forget(self, pid: int) -> None:
        """Let go of a process that has ended."""
        self._say(f"forget {pid}")

    def remove(self, folder: Path) -> None:
        """Remove this folder with the run."""
        self._say(f"remove {folder}")

    def dismiss(self) -> None:
        """End all that is still watched, and the guard."""
        pipe = self._process.stdin
        if pipe is not None and not pipe.closed:
            pipe.close()
        self._process.wait(4 * PATIENCE)

    def _say(self, order: str) -> None:
        pipe = self._process.stdin
        if pipe is None:
            raise RuntimeError("the guard hears nothing")
        pipe.write(order.encode() + b"\n")
        pipe.flush()


@cache
def guard() -> Guard:
    """Return the one guard of this run."""
    return Guard()


def gone(pid: int) -> bool:
    """Say whether a process has ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    state = Path(f"/proc/{pid}/stat")
    with suppress(OSError):
        return state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z"
    return False


def end(pid: int) -> None:
    """End a process: ask first, then kill its group and it."""
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)
    given_up = time.monotonic() + PATIENCE
    while not gone(pid) and time.monotonic() < given_up:
        time.sleep(0.05)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def main() -> None:
    """Take orders until the run has ended, then end what is left of it."""
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    watched: dict[int, None] = {}
    folders = []
    for line in sys.stdin:
        order, _, what = line.rstrip("\n").partition(" ")
        if order == "watch":
            watched[int(what)] = None
        elif order == "forget":
            watched.pop(int(what), None)
        else:
            folders.append(what)
    for pid in watched:
        end(pid)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
