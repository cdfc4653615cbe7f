"""Keys: shown once, kept as a digest, worth nothing once revoked; sessions end."""

import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from shared.web.access import Role
from shared.web.key_settings import shared_keys
from shared.web.keys import SESSION_HOURS, Keys, kept_keys


class Watch:
    """A clock that the test moves."""

    now = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time that the test set."""
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


Open = Callable[[], Keys]


@pytest.fixture(params=["file", pytest.param("postgres", marks=pytest.mark.engine)])
def opening(request: pytest.FixtureRequest, tmp_path: Path, watch: Watch) -> Open:
    """How a process opens the keys, in a file and in a database."""
    if request.param == "file":
        return lambda: kept_keys(tmp_path / "keys.sqlite", watch)
    dsn = request.getfixturevalue("postgres_database")
    return lambda: shared_keys(dsn, watch)


@pytest.fixture
def keys(opening: Open) -> Iterator[Keys]:
    opened = opening()
    yield opened
    opened.close()


def test_a_key_tells_who_holds_it(keys: Keys) -> None:
    caller, key = keys.create(Role.OPERATOR, "mekong")
    assert keys.caller(key) == caller
    assert (caller.role, caller.team) == (Role.OPERATOR, "mekong")
    assert keys.caller(key + "x") is None


def test_the_file_holds_no_key_and_only_its_owner_reads_it(tmp_path: Path, watch: Watch) -> None:
    keys = kept_keys(tmp_path / "keys.sqlite", watch)
    _, key = keys.create(Role.ADMIN)
    keys.open_session(key)
    keys.close()
    assert stat.S_IMODE((tmp_path / "keys.sqlite").stat().st_mode) == 0o600
    assert all(key.encode() not in file.read_bytes() for file in tmp_path.iterdir())


def test_a_revoked_key_is_worth_nothing_at_once_here_and_within_seconds_elsewhere(
    keys: Keys, opening: Open, watch: Watch
) -> None:
    caller, key = keys.create(Role.OPERATOR)
    elsewhere = opening()
    assert elsewhere.caller(key) is not None
    assert keys.revoke(caller.id)
    assert not keys.revoke(caller.id)
    assert keys.caller(key) is None
    watch.now += timedelta(seconds=6)
    assert elsewhere.caller(key) is None
    elsewhere.close()


def test_a_session_ends_by_itself_and_with_its_key(keys: Keys, watch: Watch) -> None:
    caller, key = keys.create(Role.AUDITOR)
    first, second = keys.open_session(key), keys.open_session(key)
    assert first is not None
    assert second is not None
    assert keys.session_caller(first) == caller
    keys.close_session(first)
    assert keys.session_caller(first) is None
    watch.now += timedelta(hours=SESSION_HOURS, seconds=6)
    assert keys.session_caller(second) is None
    assert keys.open_session("rdk_unknown") is None
