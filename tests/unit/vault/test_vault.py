"""Keys are made once, held shortly, destroyed for good, and wrapped anew without a gap."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from shared.errors import CorruptRecordError, SettingsError, TryLaterError
from shared.vault.keks import FileKeks, HeldKeks, parsed
from shared.vault.memory import PassingKeys
from shared.vault.open import open_vault
from shared.vault.port import KeyRow, KeyStorage
from shared.vault.settings import Settings
from shared.vault.sqlite import SqliteKeys
from shared.vault.vault import ErasedError, Vault

SUBJECT, OTHER, STREAM = UUID(int=1), UUID(int=2), UUID(int=11)
NOW = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
KEK = HeldKeks({"kek-1": bytes(32)})


class SetClock:
    """A monotonic clock that stands until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


@pytest.fixture(params=["sqlite", "memory"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyStorage]:
    opened: KeyStorage = SqliteKeys(tmp_path / "vault.sqlite") if request.param == "sqlite" else PassingKeys()
    yield opened
    opened.close()


def seal(vault: Vault, text: str, subject: UUID = SUBJECT) -> str:
    token = vault.seal(text, subject=subject, stream=STREAM, version=1, field="text")
    vault.flush()
    return token


def test_what_one_process_sealed_another_opens(keys: KeyStorage) -> None:
    assert Vault(keys, KEK).open(seal(Vault(keys, KEK), "aye")) == "aye"


def test_nothing_opens_before_its_key_is_durable(keys: KeyStorage) -> None:
    token = Vault(keys, KEK).seal("aye", subject=SUBJECT, stream=STREAM, version=1, field="text")
    with pytest.raises(CorruptRecordError):
        Vault(keys, KEK).open(token)


def test_a_key_made_elsewhere_opens_where_there_was_none_a_moment_ago(keys: KeyStorage) -> None:
    here, there = Vault(keys, KEK), Vault(keys, KEK)
    assert not there.knows(SUBJECT)
    assert there.open(seal(here, "aye")) == "aye"
    here.renew(SUBJECT)
    assert there.open(seal(here, "later")) == "later"


def test_a_key_that_is_not_durable_yet_hides_no_key_that_is(keys: KeyStorage) -> None:
    here, there = Vault(keys, KEK), Vault(keys, KEK)
    there.seal("nay", subject=SUBJECT, stream=STREAM, version=1, field="text")
    assert there.open(seal(here, "aye")) == "aye"


def test_an_erased_person_opens_nowhere_and_never_again(keys: KeyStorage) -> None:
    clock = SetClock()
    here, there = Vault(keys, KEK), Vault(keys, KEK, monotonic=clock)
    token, others = seal(here, "aye"), seal(here, "mon", OTHER)
    assert there.open(token) == "aye"
    (gone,) = here.erase(SUBJECT, at=NOW, reason="request")
    assert gone == KeyRow(SUBJECT, 1, "kek-1", b"")
    clock.now += 1.1
    for vault in (here, there):
        with pytest.raises(ErasedError):
            vault.open(token)
        with pytest.raises(ErasedError):
            vault.seal("again", subject=SUBJECT, stream=STREAM, version=2, field="text")
        assert vault.open(others) == "mon"


def test_a_key_that_another_process_still_held_seals_nothing_that_lasts(keys: KeyStorage) -> None:
    here, there = Vault(keys, KEK), Vault(keys, KEK)
    there.seal("late", subject=SUBJECT, stream=STREAM, version=1, field="text")
    here.erase(SUBJECT, at=NOW, reason="request")
    with pytest.raises(TryLaterError):
        there.flush()


def test_two_processes_cannot_make_two_keys_for_one_person(keys: KeyStorage) -> None:
    here, there = Vault(keys, KEK), Vault(keys, KEK)
    for vault in (here, there):
        vault.seal("x", subject=SUBJECT, stream=STREAM, version=1, field="text")
    here.flush()
    with pytest.raises(TryLaterError):
        there.flush()
    assert here.open(seal(there, "second try")) == "second try"


def failing(here: Vault, there: Vault) -> None:
    """Have the keys of one not be kept: another was first to make one of them."""
    unlucky = UUID(int=77)
    here.seal("x", subject=unlucky, stream=STREAM, version=1, field="text")
    seal(there, "x", unlucky)
    with pytest.raises(TryLaterError):
        here.flush()


def test_a_thread_whose_key_was_not_kept_by_another_does_not_go_on(keys: KeyStorage) -> None:
    here, there = Vault(keys, KEK), Vault(keys, KEK)
    with ThreadPoolExecutor(1) as thread:
        thread.submit(here.seal, "aye", subject=SUBJECT, stream=STREAM, version=1, field="text").result()
        failing(here, there)
        with pytest.raises(TryLaterError):
            thread.submit(here.flush).result()
        token = thread.submit(seal, here, "second try").result()
    assert there.open(token) == "second try"


def test_a_thread_whose_key_was_kept_by_another_goes_on(keys: KeyStorage) -> None:
    here = Vault(keys, KEK)
    with ThreadPoolExecutor(1) as thread:
        token = thread.submit(here.seal, "aye", subject=SUBJECT, stream=STREAM, version=1, field="text").result()
        here.flush()
        thread.submit(here.flush).result()
    assert Vault(keys, KEK).open(token) == "aye"


def test_a_pseudonym_outlives_a_key_of_somebody_else_that_was_not_kept(keys: KeyStorage) -> None:
    here, there = Vault(keys, KEK), Vault(keys, KEK)
    handle = ("default", "line", "desk", "+66 81 555 0142")
    first = here.subject_of(*handle)
    failing(here, there)
    seal(here, "aye", first)
    assert there.subject_of(*handle) == here.subject_of(*handle) == first


def test_of_two_pseudonyms_for_one_person_the_first_holds_and_nothing_is_sealed_under_the_other(
    keys: KeyStorage,
) -> None:
    here, there = Vault(keys, KEK), Vault(keys, KEK)
    handle = ("default", "line", "desk", "+66 81 555 0142")
    late, first = here.subject_of(*handle), there.subject_of(*handle)
    there.flush()
    with pytest.raises(TryLaterError):
        here.flush()
    with pytest.raises(TryLaterError):
        seal(here, "aye", late)
    assert here.subject_of(*handle) == first
    assert there.open(seal(here, "aye", first)) == "aye"


def test_of_two_processes_that_begin_at_once_the_secret_of_one_holds_for_both(keys: KeyStorage) -> None:
    keys.keep("handles", *KEK.wrap(bytes([1]) * 32))
    keys.keep("handles", *KEK.wrap(bytes([2]) * 32))
    kept = keys.kept("handles")
    assert kept is not None
    assert KEK.unwrap(*kept) == bytes([1]) * 32
    later = HeldKeks({"kek-2": bytes([9]) * 32})
    keys.rewrap_secret("handles", *later.wrap(bytes([1]) * 32))
    assert keys.kept("handles") == later.wrap(bytes([1]) * 32)


def test_who_writes_again_keeps_the_pseudonym_until_it_is_erased(keys: KeyStorage) -> None:
    vault = Vault(keys, KEK)
    first = vault.subject_of("default", "line", "desk", "+66 81 555 0142")
    seal(vault, "aye", first)
    assert Vault(keys, KEK).subject_of("default", "line", "desk", "+66 81 555 0142") == first
    assert vault.subject_of("other", "line", "desk", "+66 81 555 0142") != first
    vault.erase(first, at=NOW, reason="request")
    fresh = vault.subject_of("default", "line", "desk", "+66 81 555 0142")
    assert fresh != first
    assert vault.open(seal(vault, "I write again", fresh)) == "I write again"


def test_a_further_key_leaves_the_earlier_one_readable(keys: KeyStorage) -> None:
    vault = Vault(keys, KEK)
    before = seal(vault, "before")
    assert vault.renew(SUBJECT) == 2
    after = seal(vault, "after")
    assert (":2:" in after, vault.open(before), vault.open(after)) == (True, "before", "after")


def test_the_outer_key_is_rotated_under_load_and_nothing_is_lost(tmp_path: Path) -> None:
    keys, keks = SqliteKeys(tmp_path / "vault.sqlite"), FileKeks(tmp_path / "vault.kek")
    vault, told, going = Vault(keys, keks), dict[str, str](), threading.Event()
    writing = threading.Thread(target=_write_until, args=(vault, told, going.is_set))
    writing.start()
    elsewhere = FileKeks(tmp_path / "vault.kek")
    rotated = [elsewhere.add() for _ in range(1)]
    Vault(keys, elsewhere).rewrap()
    going.set()
    writing.join(20)
    Vault(keys, elsewhere).rewrap()
    fresh = Vault(SqliteKeys(tmp_path / "vault.sqlite"), FileKeks(tmp_path / "vault.kek"))
    assert rotated == ["kek-2"]
    assert keys.wrapped_otherwise("kek-2", 1) == []
    assert len(told) > 10
    assert {token: fresh.open(token) for token in told} == told
    assert fresh.subject_of("default", "line", "desk", "aye") == vault.subject_of("default", "line", "desk", "aye")
    for one in (keys, fresh.keys):
        one.close()


def _write_until(vault: Vault, told: dict[str, str], done: Callable[[], bool]) -> None:
    number = 0
    while not done() or number < 20:
        number += 1
        token = vault.seal(f"word {number}", subject=UUID(int=number + 100), stream=STREAM, version=1, field="text")
        vault.flush()
        told[token] = f"word {number}"
    vault.subject_of("default", "line", "desk", "aye")
    vault.flush()


def test_an_erased_key_lies_in_no_file_of_the_vault(tmp_path: Path) -> None:
    keys = SqliteKeys(tmp_path / "vault.sqlite")
    vault = Vault(keys, KEK)
    for number in range(20):
        seal(vault, "x", UUID(int=number))
    (row,) = keys.find(SUBJECT).rows
    assert any(row.wrapped in file.read_bytes() for file in tmp_path.iterdir())
    vault.erase(SUBJECT, at=NOW, reason="request")
    assert not any(row.wrapped in file.read_bytes() for file in tmp_path.iterdir())
    keys.close()


def test_the_files_are_their_owners_and_the_outer_key_lies_apart(tmp_path: Path) -> None:
    vault = open_vault(tmp_path, Settings())
    seal(vault, "aye")
    outer = parsed((tmp_path / "vault.kek").read_text().splitlines())["kek-1"]
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in ("vault.kek", "vault.sqlite")} == {0o600}
    assert outer not in (tmp_path / "vault.sqlite").read_bytes()
    vault.keys.close()


def test_the_outer_key_can_come_from_the_environment(tmp_path: Path) -> None:
    given = Settings.model_validate({"kek": "kms-7 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="})
    vault = open_vault(tmp_path, given)
    token = seal(vault, "aye")
    vault.keys.close()
    assert not (tmp_path / "vault.kek").exists()
    again = open_vault(tmp_path, given)
    assert again.open(token) == "aye"
    again.keys.close()


@pytest.mark.parametrize("lines", [["kek-1"], ["kek-1 ???"], ["kek-1 AAAA"], []])
def test_a_broken_outer_key_is_refused(lines: list[str]) -> None:
    with pytest.raises(SettingsError):
        HeldKeks(parsed(lines))


def test_another_outer_key_opens_nothing(keys: KeyStorage) -> None:
    seal(Vault(keys, KEK), "aye")
    with pytest.raises(SettingsError, match="kek-1"):
        Vault(keys, HeldKeks({"kek-1": bytes(31) + b"1"}))
