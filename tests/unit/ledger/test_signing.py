"""The signing key of a deployment: made once, however many ledgers ask for it at once, and only its owner's."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from shared.notary.signing import FILE, Seeds, add_key, kept_seeds

LEDGERS = 8


def test_ledgers_that_begin_at_once_sign_with_one_key(tmp_path: Path) -> None:
    together = Barrier(LEDGERS)

    def begin(_ledger: int) -> Seeds:
        together.wait()
        return kept_seeds(tmp_path / FILE)

    with ThreadPoolExecutor(LEDGERS) as ledgers:
        seeds = list(ledgers.map(begin, range(LEDGERS)))
    assert all(one == kept_seeds(tmp_path / FILE) for one in seeds)
    assert [file.name for file in tmp_path.iterdir()] == [FILE], "nothing lies beside it"
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0


def test_a_new_key_stands_behind_those_before_it(tmp_path: Path) -> None:
    (first,) = kept_seeds(tmp_path / FILE)
    add_key(tmp_path / FILE)
    again, second = kept_seeds(tmp_path / FILE)
    assert (again, second != first) == (first, True)
    assert (tmp_path / FILE).stat().st_mode & 0o077 == 0
