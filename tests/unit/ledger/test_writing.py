"""The pen: whatever happens in the middle of its work, there is one log, and every proof from it holds."""

import itertools
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.errors import CorruptRecordError, NotFoundError
from shared.ledger.leaves import leaf_of
from shared.ledger.notes import Signer
from shared.ledger.proofs import verify
from shared.ledger.reading import continued, newest, proof_of
from shared.ledger.shelves import FolderShelf
from shared.ledger.tree import verify_consistency
from shared.ledger.writing import CHECKPOINTS, Pen
from tests.unit.ledger.test_tree import naive

SIGNER = Signer("redress.test/cases", bytes(range(32)))
SOME = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def state(number: int, said: str = "") -> bytes:
    return b'{"envelope":{"stream_id":"%s","stream_version":%d},"data":{"text":"%s"}}' % (
        str(UUID(int=number % 7)).encode(),
        number // 7 + 1,
        said.encode(),
    )


def states(begin: int, end: int) -> list[bytes]:
    return [state(number) for number in range(begin, end)]


class DyingShelf(FolderShelf):
    """A folder whose owner dies at the n-th time it is to make something durable: before, or half-way."""

    left = 10**9

    def put(self, files: Mapping[str, bytes]) -> None:
        """Put all files, or half of them and die."""
        self.left -= 1
        if self.left < 0:
            super().put(dict(list(files.items())[: len(files) // 2]))
            raise ConnectionAbortedError
        super().put(files)

    def append(self, path: str, content: bytes) -> None:
        """Append, or die."""
        self.left -= 1
        if self.left < 0:
            raise ConnectionAbortedError
        super().append(path, content)


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 700])
def test_every_fact_can_be_proven_from_the_files(tmp_path: Path, size: int) -> None:
    shelf = FolderShelf(tmp_path)
    pen = Pen(shelf, [SIGNER])
    pen.lay(states(0, size))
    pen.sign()
    _, checkpoint = newest(shelf)
    assert checkpoint.root == naive([leaf_of(one) for one in states(0, size)])
    for index in {0, size // 2, size - 1}:
        proof = proof_of(shelf, index)
        assert verify(proof, [SIGNER.verifier]) == checkpoint
        assert proof.leaf == leaf_of(state(index))
    with pytest.raises(NotFoundError):
        proof_of(shelf, size)


def test_each_checkpoint_continues_the_one_before(tmp_path: Path) -> None:
    shelf, begin, known = FolderShelf(tmp_path), 0, []
    for end in (1, 3, 256, 300, 1000):
        pen = Pen(shelf, [SIGNER])
        pen.lay(states(begin, end))
        pen.sign()
        known.append(newest(shelf)[1])
        begin = end
    for old, new in itertools.pairwise(known):
        verify_consistency(old.size, new.size, continued(shelf, old.size, new.size), old.root, new.root)
    assert shelf.read(CHECKPOINTS).count(b"redress.test/cases\n") == len(known)


def test_small_files_of_a_tile_go_when_it_is_full(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path)
    pen = Pen(shelf, [SIGNER])
    for number in range(300):
        pen.lay([state(number)])
        if number % 10 == 9:
            pen.sign()
    assert not [path for path in shelf.paths() if path.startswith(("tile/0/000.p", "tile/entries/000.p"))]


@SOME
@given(
    deaths=st.lists(st.integers(0, 12), min_size=1, max_size=6),
    steps=st.lists(st.integers(1, 300), min_size=3, max_size=5),
)
def test_whoever_dies_in_the_middle_leaves_the_log_that_an_unbroken_run_makes(
    tmp_path_factory: pytest.TempPathFactory, deaths: list[int], steps: list[int]
) -> None:
    folder, size = tmp_path_factory.mktemp("ledger"), 0
    for number, step in enumerate(steps):
        size += step
        shelf = DyingShelf(folder)
        shelf.left = deaths[number % len(deaths)]
        try:
            pen = Pen(shelf, [SIGNER])
            pen.lay(states(pen.size, size))
            pen.sign()
        except ConnectionAbortedError:
            continue
    pen = Pen(FolderShelf(folder), [SIGNER])
    pen.lay(states(pen.size, size))
    pen.sign()
    assert newest(FolderShelf(folder))[1].root == naive([leaf_of(one) for one in states(0, size)])


def test_a_record_that_was_rolled_back_or_replaced_is_not_signed_over(tmp_path: Path) -> None:
    pen = Pen(FolderShelf(tmp_path), [SIGNER])
    pen.lay(states(0, 300))
    pen.sign()
    again = Pen(FolderShelf(tmp_path), [SIGNER])
    assert again.refusal(state(299), 300) is None
    assert again.refusal(state(299), 305) is None
    assert "rolled back" in (again.refusal(None, 299) or "")
    assert "replaced" in (again.refusal(state(42), 300) or "")
    assert again.refusal(state(299, "[erased]"), 300) is None, "a court may have had the words replaced"


def test_tiles_that_were_tampered_with_are_not_signed_over(tmp_path: Path) -> None:
    pen = Pen(FolderShelf(tmp_path), [SIGNER])
    pen.lay(states(0, 20))
    pen.sign()
    (tile,) = (tmp_path / "tile" / "0").rglob("20")
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    with pytest.raises(CorruptRecordError, match="do not fit"):
        Pen(FolderShelf(tmp_path), [SIGNER])


def test_another_key_does_not_take_the_log_over_but_a_successor_does(tmp_path: Path) -> None:
    pen = Pen(FolderShelf(tmp_path), [SIGNER])
    pen.lay(states(0, 3))
    pen.sign()
    successor = Signer("redress.test/cases", bytes(32))
    with pytest.raises(CorruptRecordError, match="not signed by the key"):
        Pen(FolderShelf(tmp_path), [successor])
    both = Pen(FolderShelf(tmp_path), [SIGNER, successor])
    note = both.sign()
    assert successor.verifier.signed(note)
    assert SIGNER.verifier.signed(note)


def test_a_ledger_that_is_put_aside_begins_anew(tmp_path: Path) -> None:
    shelf = FolderShelf(tmp_path)
    pen = Pen(shelf, [SIGNER])
    pen.lay(states(0, 3))
    pen.sign()
    shelf.move_aside("1")
    assert Pen(shelf, [Signer("redress.test/cases-2", bytes(range(32)))]).size == 0
    assert shelf.read("aside/1/checkpoint")


@pytest.mark.parametrize("path", ["../key", "/etc/hosts", "tile/../../x"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(NotFoundError):
        FolderShelf(tmp_path).read(path)
