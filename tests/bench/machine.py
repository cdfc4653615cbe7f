"""What the figures were measured on: without it they say nothing."""

import os
import platform
import resource
import sqlite3
import time
from pathlib import Path

_BLOCK = b"\0" * 4096
_SYNCS = 200
_IDLE = (3, 4)
"""The places of idle and waiting time in the first line of /proc/stat."""
_COUNTED = 8
"""How many of its numbers add up to all time; the rest are parts of others."""


def machine(folder: Path) -> dict[str, str]:
    """Return the machine, the file system of the folder that is written to, and how busy all of it is now."""
    return {
        "cpu": _field(Path("/proc/cpuinfo"), "model name"),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{_kibibytes(Path('/proc/meminfo'), 'MemTotal') / 2**20:.0f} GiB",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "file system": _file_system(folder),
        "fsync of 4 KiB": f"{_syncs_per_second(folder / 'sync'):,.0f}/s",
        "load average": load_average(),
    }


def load_average() -> str:
    """Return how many processes wanted to run, over 1, 5 and 15 minutes."""
    return " ".join(f"{load:.2f}" for load in os.getloadavg())


class Neighbours:
    """How much of the machine went to processes that are none of ours: much of it, and the figures say little."""

    def __init__(self) -> None:
        """Begin to count."""
        self._begun = _processor_seconds()

    def share(self) -> float:
        """Return their share of all processor time since the beginning, 0 to 1; of ours, ended processes count."""
        total, busy, ours = (now - then for now, then in zip(_processor_seconds(), self._begun, strict=True))
        return max(0.0, busy - ours) / total


def _processor_seconds() -> tuple[float, float, float]:
    """Return the time of all processors, what of it was used, and what of that by us and our children."""
    ticks = [int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1 : _COUNTED + 1]]
    hertz = os.sysconf("SC_CLK_TCK")
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    ours = sum(one.ru_utime + one.ru_stime for one in used)
    return sum(ticks) / hertz, (sum(ticks) - sum(ticks[place] for place in _IDLE)) / hertz, ours


def memory_of(pid: int) -> float:
    """Return the resident memory of a process in MB."""
    return _kibibytes(Path(f"/proc/{pid}/status"), "VmRSS") * 1024 / 1e6


def _kibibytes(file: Path, name: str) -> int:
    return int(_field(file, name).split()[0])


def _field(file: Path, name: str) -> str:
    lines = file.read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(name)), "unknown")


def _file_system(folder: Path) -> str:
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text().splitlines()]
    above = [(point, kind) for point, kind in mounts if folder.resolve().is_relative_to(point)]
    return max(above, key=lambda mount: len(mount[0]))[1]


def _syncs_per_second(file: Path) -> float:
    with file.open("wb", buffering=0) as written:
        begun = time.perf_counter()
        for _ in range(_SYNCS):
            written.write(_BLOCK)
            os.fsync(written.fileno())
        elapsed = time.perf_counter() - begun
    file.unlink()
    return _SYNCS / elapsed
