"""The vault on PostgreSQL: two processes share it, and what one erases the other cannot open."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest

from shared.errors import TryLaterError
from shared.vault.keks import HeldKeks
from shared.vault.postgres import PostgresKeys
from shared.vault.vault import HEARD, ErasedError, Vault

SUBJECT, OTHER, STREAM = UUID(int=1), UUID(int=2), UUID(int=11)
NOW = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
OLD, NEW = {"kek-1": bytes(32)}, {"kek-2": bytes(31) + b"2"}


class SetClock:
    """A monotonic clock that stands until it is moved."""

    now = 100.0

    def __call__(self) -> float:
        """Return the time in seconds."""
        return self.now


@pytest.fixture
def two(postgres_database: str) -> Iterator[tuple[PostgresKeys, PostgresKeys]]:
    keys = PostgresKeys(postgres_database), PostgresKeys(postgres_database)
    yield keys
    for one in keys:
        one.close()


def seal(vault: Vault, text: str, subject: UUID = SUBJECT) -> str:
    token = vault.seal(text, subject=subject, stream=STREAM, version=1, field="text")
    vault.flush()
    return token


def test_what_one_process_sealed_another_opens(two: tuple[PostgresKeys, PostgresKeys]) -> None:
    here, there = (Vault(keys, HeldKeks(OLD)) for keys in two)
    assert there.open(seal(here, "aye")) == "aye"
    first = here.subject_of("default", "line", "desk", "+66 81 555 0142")
    here.flush()
    assert there.subject_of("default", "line", "desk", "+66 81 555 0142") == first


def test_what_one_process_erased_no_other_opens_or_makes_again(two: tuple[PostgresKeys, PostgresKeys]) -> None:
    clock = SetClock()
    here, there = Vault(two[0], HeldKeks(OLD)), Vault(two[1], HeldKeks(OLD), monotonic=clock)
    token, others = seal(here, "aye"), seal(here, "mon", OTHER)
    assert there.open(token) == "aye"
    (gone,) = here.erase(SUBJECT, at=NOW, reason="request")
    assert (gone.version, gone.kek) == (1, "kek-1")
    assert list(here.erase(SUBJECT, at=NOW, reason="request")) == [gone]
    clock.now += HEARD + 0.1
    with pytest.raises(ErasedError):
        there.open(token)
    with pytest.raises(ErasedError):
        there.seal("again", subject=SUBJECT, stream=STREAM, version=2, field="text")
    assert there.open(others) == "mon"


def test_two_processes_cannot_make_two_keys_for_one_person(two: tuple[PostgresKeys, PostgresKeys]) -> None:
    vaults = [Vault(keys, HeldKeks(OLD)) for keys in two]
    for vault in vaults:
        vault.seal("x", subject=SUBJECT, stream=STREAM, version=1, field="text")
    vaults[0].flush()
    with pytest.raises(TryLaterError):
        vaults[1].flush()
    assert vaults[0].open(seal(vaults[1], "second try")) == "second try"


def test_the_outer_key_is_rotated_while_the_other_process_goes_on(two: tuple[PostgresKeys, PostgresKeys]) -> None:
    here, there = Vault(two[0], HeldKeks(OLD)), Vault(two[1], HeldKeks(OLD | NEW))
    told: dict[str, str] = {}

    def write() -> None:
        for number in range(50):
            told[seal(here, f"word {number}", UUID(int=number + 100))] = f"word {number}"

    writing = threading.Thread(target=write)
    writing.start()
    there.rewrap()
    writing.join(20)
    there.rewrap()
    assert two[1].wrapped_otherwise("kek-2", 1) == []
    fresh = Vault(two[0], HeldKeks(NEW))
    assert {token: fresh.open(token) for token in told} == told
    assert len(told) == 50


def test_a_lost_connection_is_made_again(two: tuple[PostgresKeys, PostgresKeys], postgres_database: str) -> None:
    vault = Vault(two[0], HeldKeks(OLD))
    token = seal(vault, "aye")
    with psycopg.connect(postgres_database, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with pytest.raises(TryLaterError):
        two[0].find(SUBJECT)
    assert Vault(two[0], HeldKeks(OLD)).open(token) == "aye"


def test_processes_that_begin_at_once_know_a_sender_by_one_pseudonym(two: tuple[PostgresKeys, PostgresKeys]) -> None:
    two[0].keep("handles", *HeldKeks(OLD).wrap(bytes([1]) * 32))
    two[1].keep("handles", *HeldKeks(OLD).wrap(bytes([2]) * 32))
    here, there = Vault(two[0], HeldKeks(OLD)), Vault(two[1], HeldKeks(OLD | NEW))
    assert here.blind_key("case-words", "default") == there.blind_key("case-words", "default")
    assert two[0].kept("handles") == HeldKeks(OLD).wrap(bytes([1]) * 32)
    there.rewrap()
    assert two[0].kept("handles") == HeldKeks(NEW).wrap(bytes([1]) * 32)
