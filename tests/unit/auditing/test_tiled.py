"""A log is verified from its files alone, whoever wrote it: tiles, entries where they are shown, and a checkpoint."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.auditing.findings import Verified
from shared.auditing.notes import read_key
from shared.auditing.tiled import TiledSource, in_folder
from shared.auditing.verifying import verify
from shared.errors import InvalidError
from shared.ledger.checkpoints import Checkpoint
from shared.ledger.notes import Note, Signer
from shared.ledger.tiles import bundled
from shared.ledger.tree import leaf_hash
from tests.unit.ledger.test_tree import naive

ELSEWHERE = Signer("log.example.org/elsewhere", bytes(range(1, 33)))
KEYS = [read_key(ELSEWHERE.verifier.encoded())]
SIZE = 600


def written_elsewhere(folder: Path, entries: Sequence[bytes]) -> Path:
    """Write a log as others do: one checkpoint, tiles of hashes, bundles of entries of any kind."""
    for begin in range(0, len(entries), 256):
        some = list(entries[begin : begin + 256])
        name = f"{begin // 256:03}" + ("" if len(some) == 256 else f".p/{len(some)}")
        for level, content in (("0", b"".join(map(leaf_hash, some))), ("entries", bundled(some))):
            place = folder / "tile" / level / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
    text = Checkpoint(ELSEWHERE.verifier.name, len(entries), naive(list(entries))).text()
    (folder / "checkpoint").write_text(Note(text, (ELSEWHERE.sign(text),)).encoded())
    return folder


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return written_elsewhere(tmp_path / "log", [f"entry {number}".encode() * 3 for number in range(SIZE)])


def verified(log: Path) -> Verified:
    return verify(TiledSource(str(log), in_folder(log)), KEYS)


def test_a_log_that_others_wrote_holds(log: Path) -> None:
    found = verified(log)
    assert (found.service, found.facts, found.checkpoints, found.findings) == ("elsewhere", SIZE, 1, ())


def test_it_holds_where_nobody_is_shown_its_entries(log: Path) -> None:
    for bundle in [path for path in (log / "tile" / "entries").rglob("*") if path.is_file()]:
        bundle.unlink()
    assert verified(log).findings == ()


@pytest.mark.parametrize("at", [0, 255, 256, SIZE - 1])
def test_an_entry_that_was_changed_is_named_by_its_index(log: Path, at: int) -> None:
    number, place = divmod(at, 256)
    name = f"{number:03}" + ("" if number < SIZE // 256 else f".p/{SIZE % 256}")
    bundle = log / "tile" / "entries" / name
    entry = f"entry {at}".encode() * 3
    assert place * 20 < bundle.stat().st_size
    bundle.write_bytes(bundle.read_bytes().replace(entry, entry[:-1] + b"!", 1))
    assert verified(log).findings[0].at == at


def test_a_bundle_that_ends_early_lacks_entries_from_there_on(log: Path) -> None:
    bundle = log / "tile" / "entries" / f"002.p/{SIZE % 256}"
    bundle.write_bytes(bundle.read_bytes()[:-5])
    (finding,) = verified(log).findings
    assert (finding.at, "facts are missing" in finding.what) == (SIZE - 1, True)


def test_a_tile_that_was_swapped_is_noticed(log: Path) -> None:
    tile = log / "tile" / "0" / "001"
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    assert verified(log).findings[0].at == 256


def test_a_folder_without_a_checkpoint_is_no_log(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="no checkpoint"):
        TiledSource("here", in_folder(tmp_path))
