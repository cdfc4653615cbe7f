"""A witness elsewhere: it signs what continues what it saw, and finds the fork that the stolen key has signed."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

import pytest

from shared.ledger.notes import Signer, read_note, read_verifier
from shared.ledger.shelves import FolderShelf
from shared.ledger.writing import Pen
from shared.notary.signing import kept_seeds
from tests.process.serving import PATIENCE, System, free_port, redress, system

pytestmark = pytest.mark.process

CASES = "/cases/v1/cases"
LEDGER = "/reporting/v1/ledger"
FORK = 3


def opened(running: System, count: int = 1) -> int:
    """Open some cases; return how many facts the ledger of cases has signed when it has all of them."""
    before = size_of(running)
    for number in range(count):
        running.post(CASES, {"channel": "line", "language": "th", "summary": f"case {number}"})
    given_up = time.monotonic() + PATIENCE
    while (size := size_of(running)) < before + count:
        assert time.monotonic() < given_up
        time.sleep(0.1)
    return size


def shown(running: System) -> dict[str, object]:
    """What is told of the ledger of cases."""
    items = running.get(LEDGER)["items"]
    found: dict[str, object] = next(item for item in items if item["service"] == "cases")
    return found


def size_of(running: System) -> int:
    size = shown(running)["size"]
    assert isinstance(size, int)
    return size


def key_of(running: System) -> str:
    keys = shown(running)["keys"]
    assert isinstance(keys, list)
    return str(keys[-1])


def looks(folder: Path, where: str, key: str) -> tuple[int, str]:
    """Have the witness look once; its exit code and what it says."""
    ran = redress("witness", "watch", str(folder), "--log", where, "--key", key, "--once")
    return ran.returncode, ran.stdout + ran.stderr


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder's files, as any web server does."""
    port = free_port()
    command = (sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", str(folder))
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        given_up = time.monotonic() + PATIENCE
        while True:
            try:
                HTTPConnection("127.0.0.1", port, timeout=5).request("GET", "/")
                break
            except OSError:
                assert time.monotonic() < given_up
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(PATIENCE)


def test_a_witness_signs_what_continues_and_finds_the_fork_that_the_stolen_key_signed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    witness = tmp_path / "witness"
    made = redress("witness", "key", str(witness), "--name", "witness.union-office")
    assert made.returncode == 0, made.stderr
    public = read_verifier(made.stdout)
    assert (witness / "witness.key").stat().st_mode & 0o077 == 0
    monkeypatch.setenv("REDRESS_LEDGER_WITNESSES", public.encoded())

    (tmp_path / "office").mkdir()
    with system(tmp_path / "office") as running:
        size, key, log = opened(running, 3), key_of(running), f"{running.url}{LEDGER}/cases"
        code, said = looks(witness, log, key)
        assert (code, f"0 -> {size} facts, cosigned, the operator shows it" in said) == (0, True), said

        # The operator's checkpoint shows the witness's line, and it holds.
        note = read_note(running.ask("GET", f"{LEDGER}/cases/checkpoint").body.decode())
        assert public.signed(note)
        assert abs((public.signed_at(note) or 0) - time.time()) < PATIENCE
        assert [one["size"] for one in shown(running)["witnesses"]] == [size]  # type: ignore[attr-defined]

        # What continues is signed again; a log that is no longer reachable is refused, and nothing is forgotten.
        more = opened(running, 2)
        code, said = looks(witness, log, key)
        assert (code, f"{size} -> {more} facts" in said) == (0, True), said

        # Somebody else's line is not taken, nor a checkpoint of another log that a known witness signed.
        stranger = Signer("witness.union-office", bytes(32), 4)
        forged = read_note(running.ask("GET", f"{LEDGER}/cases/checkpoint").body.decode())
        line = stranger.sign(forged.text, 1).blob.hex()
        posted = running.ask("POST", f"{LEDGER}/cases/cosignatures", f"{forged.text}\n{line}".encode())
        assert posted.status == 422, posted.body
        running.stop()
    assert looks(witness, log, key)[0] == 1

    # Whoever stole the key rewrites the record from its first fact on, and signs it as it should be.
    ledger, forks = tmp_path / "office" / "data" / "ledger" / "cases", tmp_path / "forks"
    origin = read_verifier(key).name
    (seed,) = kept_seeds(tmp_path / "office" / "data" / "ledger.key")
    for name, count in (("same-size", more), ("longer", more + 300), ("shorter", more - 1)):
        pen = Pen(FolderShelf(forks / name), [Signer(origin, seed)])
        pen.lay([b'{"envelope":{"stream_id":"%d"},"data":{}}' % number for number in range(count)])
        pen.sign()
        with served(forks / name) as where:
            code, said = looks(witness, where, key)
        assert code == FORK, said
        assert f"\n{more}\n" in said.partition("--- seen before")[2].partition("--- shown now")[0]
        assert f"\n{count}\n" in said.partition("--- shown now")[2]
    assert len(list((witness / "forks").iterdir())) == 3
    assert looks(witness, str(ledger), key)[0] == 0

    # Tiles that were swapped below an honest checkpoint are no fork, and nothing is signed.
    swapped = tmp_path / "swapped"
    shutil.copytree(forks / "longer", swapped)
    shutil.copy(ledger / "checkpoint", swapped / "checkpoint")
    fresh = tmp_path / "fresh"
    redress("witness", "key", str(fresh), "--name", "another")
    code, said = looks(fresh, str(swapped), key)
    assert (code, "do not lead to its checkpoint" in said) == (1, True), said
