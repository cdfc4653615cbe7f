"""The witness of a running system is written to when rules of procedure are adopted."""

import asyncio
import time
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from shared.events.policies import ARCHIVE, PolicyAdopted
from tests.support.app import System, embedded, running

WITNESS = "witness@example.org"


def letters(outbox: Path) -> list[str]:
    """Return the bodies of the letters to the witness."""
    found = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in outbox.glob("*.eml")]
    bodies = [letter.get_body() for letter in found if letter["To"] == WITNESS]
    return [body.get_content() for body in bodies if body is not None]


def hashes(system: System) -> list[str]:
    """Return the hashes of the packs on record."""
    facts = asyncio.run(system.house.stores["cases"].stream(ARCHIVE))
    return [one.event.sha256 for one in facts if isinstance(one.event, PolicyAdopted)]


def test_the_witness_gets_the_hash_of_the_rules_that_stand_on_the_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDRESS_NOTIFY_WITNESS_ADDRESS", WITNESS)
    with running(embedded(tmp_path)) as system:
        until, outbox = time.monotonic() + 20, system.house.data / "notify" / "outbox"
        while not (adopted := hashes(system)) or len(told := letters(outbox)) < len(adopted):
            assert time.monotonic() < until
            time.sleep(0.05)
    assert all(sum(sha256 in body for body in told) == 1 for sha256 in adopted)
