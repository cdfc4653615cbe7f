"""Loopback ports for servers that must come back where they were."""

import random
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
LOWEST, LOWEST_EPHEMERAL = 15_000, 32_768


def ports_of(folder: Path) -> tuple[int, int]:
    """Return the two ports that belong to a folder, always the same once they were chosen."""
    kept = folder / "ports"
    if not kept.exists():
        kept.write_text(" ".join(str(port) for port in free_ports(2)))
    port, second = kept.read_text().split()
    return int(port), int(second)


def free_ports(count: int) -> list[int]:
    """Choose free ports below those that the kernel gives to clients.

    A client that knocks at a stopped server could otherwise be given that very port, and then owns it.
    """
    end = int(RANGE.read_text().split()[0]) if RANGE.exists() else LOWEST_EPHEMERAL
    candidates = range(LOWEST, end if end > LOWEST + 1000 else LOWEST_EPHEMERAL)
    chosen: list[int] = []
    for port in random.SystemRandom().sample(candidates, len(candidates)):
        if is_free(port):
            chosen.append(port)
        if len(chosen) == count:
            break
    return chosen


def is_free(port: int) -> bool:
    """Say whether nobody listens there."""
    with socket.socket() as probe:
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True
