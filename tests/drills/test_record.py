"""Somebody with the password of the database falsifies the record: each way is found, and said where."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from shared.clock import system_clock
from shared.ledger.notes import COSIGNATURE, Signer
from shared.ledger.shelves import FolderShelf
from shared.ledger.writing import CHECKPOINT, Pen
from shared.witness.logs import FolderLog
from shared.witness.watching import ForkError, Witness
from tests.drills.conftest import Telling
from tests.drills.ground import FACTS, SEED, Ground, Statement, Tampering, audited
from tests.support.stores import in_database, in_folder

SHIFTED = 1_000_000
AT = 7
"""The index of the fact that is tampered with; its number is one more."""
LAST = 50
INSERT = "INSERT INTO stored_events (originator_id, originator_version, topic, state, {n})"


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """Each engine in turn."""
    if request.param == "SQLite":
        records = in_folder(tmp_path)
        yield Ground("SQLite", records, FolderShelf(tmp_path / "ledger"), str(tmp_path / "cases.sqlite"))
    else:
        dsn = request.getfixturevalue("postgres_database")
        from shared.eventstore.postgres_shelf import PostgresShelf  # noqa: PLC0415 - the driver is an extra

        records = in_database(dsn)
        yield Ground("PostgreSQL", records, PostgresShelf(dsn, "cases"), dsn)
    records.close()


def replaced(old: bytes, new: bytes) -> Tampering:
    def statements(states: Sequence[bytes]) -> Sequence[Statement]:
        assert old in states[AT]
        return [("UPDATE stored_events SET state = ? WHERE {n} = ?", (states[AT].replace(old, new, 1), AT + 1))]

    return statements


def dropped(_states: Sequence[bytes]) -> Sequence[Statement]:
    return [("DELETE FROM stored_events WHERE {n} = ?", (AT + 1,))]


def reordered(_states: Sequence[bytes]) -> Sequence[Statement]:
    moves = ((AT + 1, SHIFTED), (AT + 2, AT + 1), (SHIFTED, AT + 2))
    return [("UPDATE stored_events SET {n} = ? WHERE {n} = ?", (new, old)) for old, new in moves]


def inserted(states: Sequence[bytes]) -> Sequence[Statement]:
    forged = states[AT].replace(b'"stream_version":3', b'"stream_version":21', 1)
    assert forged != states[AT]
    return [
        ("UPDATE stored_events SET {n} = {n} + ? WHERE {n} > ?", (SHIFTED, AT)),
        ("UPDATE stored_events SET {n} = {n} - ? WHERE {n} > ?", (SHIFTED - 1, SHIFTED)),
        (
            f"{INSERT} SELECT originator_id, 21, topic, ?, ? FROM stored_events WHERE {{n}} = ?",
            (forged, AT + 1, AT + 2),
        ),
    ]


TAMPERINGS: dict[str, tuple[Tampering, str]] = {
    "a byte changed": (replaced(b'"data":{', b'"data":{ '), "the fact is not the one whose hash was published"),
    "a fact dropped": (dropped, "jumps from version 2 to 4"),
    "two facts reordered": (reordered, "the fact is not the one whose hash was published"),
    "a fact inserted": (inserted, "jumps from version 2 to 21"),
    "a fact back-dated": (
        replaced(b'"recorded_at":"2026', b'"recorded_at":"2025'),
        "the fact is not the one whose hash was published",
    ),
}


@pytest.mark.parametrize("done", TAMPERINGS)
async def test_the_auditor_finds_what_was_done_and_where(
    ground: Ground, tmp_path: Path, done: str, tell: Telling
) -> None:
    store = await ground.lived()
    states = [one.state for one in await store.read_stored(0, FACTS)]
    assert (await audited(ground, store, tmp_path / "before")).findings == ()

    tampering, words = TAMPERINGS[done]
    ground.tamper(tampering(states))

    findings = (await audited(ground, store, tmp_path / "after")).findings
    at = [finding.at for finding in findings if finding.at is not None]
    said = " ".join(finding.what for finding in findings)
    assert words in said
    assert min(at) == AT, findings
    tell(ground.engine, done, "redress verify", f"from index {AT}: {findings[0].what}")


async def test_a_record_that_was_rolled_back_is_not_signed_over(ground: Ground, tmp_path: Path, tell: Telling) -> None:
    store = await ground.lived()
    ground.tamper([("DELETE FROM stored_events WHERE {n} > ?", (LAST,))])
    keeper = ground.keeper(store)
    await keeper.look()
    refused = keeper.refused
    assert refused == f"{FACTS} facts were signed, and the record has {LAST}: it was rolled back"
    tell(ground.engine, "rolled back", "redress ledger show", refused)
    (missing,) = (await audited(ground, store, tmp_path / "after")).findings
    assert (missing.at, "facts are missing" in missing.what) == (LAST, True)
    tell(ground.engine, "rolled back", "redress verify", f"from index {LAST}: {missing.what}")


async def test_a_tile_that_was_swapped_is_found(ground: Ground, tmp_path: Path, tell: Telling) -> None:
    store = await ground.lived()
    tile = f"tile/0/000.p/{FACTS}"
    hashes = ground.shelf.read(tile)
    ground.shelf.put({tile: hashes[: AT * 32] + bytes(32) + hashes[(AT + 1) * 32 :]})
    findings = (await audited(ground, store, tmp_path / "after")).findings
    assert [finding.at for finding in findings] == [AT]
    tell(ground.engine, "a tile swapped", "redress verify", f"from index {AT}: {findings[0].what}")


async def test_the_fork_that_the_stolen_key_signed_is_found_by_the_witness(
    ground: Ground, tmp_path: Path, tell: Telling
) -> None:
    store = await ground.lived()
    await export_of(ground, tmp_path / "honest")
    signer = Signer("drill/cases", SEED)
    seen = FolderShelf(tmp_path / "witness")
    witness = Witness(seen, Signer("witness", bytes(32), COSIGNATURE), [signer.verifier], system_clock)
    assert witness.look(FolderLog(tmp_path / "honest")).size == FACTS

    states = [one.state for one in await store.read_stored(0, FACTS)]
    pen = Pen(FolderShelf(tmp_path / "fork"), [signer])
    pen.lay([states[0].replace(b"2026", b"2025", 1), *states[1:]])
    pen.sign()
    with pytest.raises(ForkError) as fork:
        witness.look(FolderLog(tmp_path / "fork"))
    assert fork.value.now == (tmp_path / "fork" / CHECKPOINT).read_text()
    assert fork.value.before.startswith((tmp_path / "honest" / CHECKPOINT).read_text())
    tell(ground.engine, "fork signed by stolen key", "redress witness", fork.value.detail)


async def export_of(ground: Ground, folder: Path) -> None:
    FolderShelf(folder).put({path: ground.shelf.read(path) for path in ground.shelf.paths()})
