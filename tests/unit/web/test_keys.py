"""Keys: shown once, kept as Argon2id, rotated with a grace, worth nothing once revoked or ended; sessions end."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from shared.errors import ConflictError, InvalidError, SettingsError, TooManyError, TryLaterError
from shared.rights import Role, Scope
from shared.web.keys import SESSION_HOURS, Cost, Keys
from shared.web.keys.postgres import PostgresKeyStore
from shared.web.keys.records import KeyStore
from shared.web.keys.sqlite import SqliteKeyStore

QUICK = Cost(passes=1, memory=8)


class Watch:
    """A clock that the test moves."""

    now = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time that the test set."""
        return self.now

    def on(self, **passed: float) -> None:
        """Let time pass."""
        self.now += timedelta(**passed)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.engine)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[KeyStore]:
    """A store of keys on each engine."""
    opened: KeyStore
    if request.param == "sqlite":
        opened = SqliteKeyStore(tmp_path / "keys.sqlite")
    else:
        opened = PostgresKeyStore(request.getfixturevalue("postgres_database"))
    yield opened
    opened.close()


@pytest.fixture
def keys(store: KeyStore, watch: Watch) -> Keys:
    return Keys(store, watch, QUICK)


async def test_a_key_tells_who_holds_it_and_how_far_it_reaches(keys: Keys) -> None:
    caller, key = keys.create(Role.OPERATOR, "mekong", tenant="acme", scope=Scope.TEAM, channels=["line"])
    assert await keys.caller(key) == caller
    assert (caller.role, caller.team, caller.tenant, caller.scope) == (Role.OPERATOR, "mekong", "acme", Scope.TEAM)
    assert caller.channels == ("line",)
    for wrong in (key + "x", key[:-1] + ("A" if key[-1] != "A" else "B"), "", "rdk_", "\u00e9", "x" * 9000, "\udc80"):
        assert await keys.caller(wrong) is None


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def everything(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_the_file_holds_no_key_and_only_its_owner_reads_it(tmp_path: Path, watch: Watch) -> None:
    store = SqliteKeyStore(tmp_path / "keys.sqlite")
    keys = Keys(store, watch, QUICK)
    _, key = keys.create(Role.ADMIN)
    session = await keys.open_session(key)
    assert session is not None
    kept = everything(tmp_path)
    assert mode(tmp_path / "keys.sqlite") == 0o600
    assert key.rsplit("_", 1)[1].encode() not in kept
    assert session.encode() not in kept
    assert b"$argon2id$" in kept
    store.close()


@pytest.mark.engine
async def test_a_lost_database_is_said_so_and_found_again(postgres_database: str, watch: Watch) -> None:
    store = PostgresKeyStore(postgres_database)
    keys = Keys(store, watch, QUICK)
    _, key = keys.create(Role.OPERATOR)
    with psycopg.connect(postgres_database, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    with pytest.raises(TryLaterError):
        await keys.caller(key)
    assert await keys.caller(key) is not None
    store.close()


def test_a_database_that_is_not_there_is_a_wrong_setting() -> None:
    with pytest.raises(SettingsError, match="cannot be reached"):
        PostgresKeyStore("postgresql://nobody@127.0.0.1:1/nothing")


async def test_a_revoked_key_is_worth_nothing_at_once_here_and_within_seconds_elsewhere(
    keys: Keys, store: KeyStore, watch: Watch
) -> None:
    caller, key = keys.create(Role.OPERATOR)
    elsewhere = Keys(store, watch, QUICK)
    assert await elsewhere.caller(key) is not None
    assert keys.revoke(caller.id)
    assert not keys.revoke(caller.id)
    assert await keys.caller(key) is None
    watch.on(seconds=6)
    assert await elsewhere.caller(key) is None


async def test_a_key_ends_by_itself(keys: Keys, watch: Watch) -> None:
    _, key = keys.create(Role.CHANNEL, life=timedelta(days=30))
    watch.on(days=29)
    assert await keys.caller(key) is not None
    watch.on(days=1)
    assert await keys.caller(key) is None


async def test_the_key_before_lives_on_for_a_grace_after_a_rotation(keys: Keys, watch: Watch) -> None:
    caller, first = keys.create(Role.CHANNEL, name="line-bot", channels=["line"])
    second = keys.rotate("line-bot", grace=timedelta(hours=1))
    assert second is not None
    assert second != first
    assert await keys.caller(first) == await keys.caller(second) == caller
    watch.on(hours=1, seconds=1)
    assert await keys.caller(first) is None
    assert await keys.caller(second) == caller
    third = keys.rotate("line-bot")
    assert third is not None
    assert keys.revoke("line-bot")
    for ended in (first, second, third):
        assert await keys.caller(ended) is None
    assert keys.rotate("line-bot") is None
    assert keys.rotate("nobody") is None


def test_a_name_is_taken_once_in_a_tenant_and_its_revoked_key_keeps_it(keys: Keys) -> None:
    keys.create(Role.OPERATOR, name="thida")
    keys.create(Role.OPERATOR, name="thida", tenant="acme")
    keys.revoke("thida")
    with pytest.raises(ConflictError):
        keys.create(Role.OPERATOR, name="thida")
    assert keys.knows("thida", "acme")
    assert not keys.knows("thida", "other")


@pytest.mark.parametrize(
    "limits",
    [
        {"name": "oidc:thida"},
        {"name": "system:intake"},
        {"name": "a b"},
        {"tenant": "Acme"},
        {"tenant": ""},
        {"scope": Scope.TEAM},
        {"scope": Scope.ORGANISATION},
    ],
)
def test_a_key_that_could_be_taken_for_another_is_not_made(keys: Keys, limits: dict[str, str]) -> None:
    with pytest.raises(InvalidError):
        keys.create(Role.OPERATOR, **limits)  # type: ignore[arg-type]  # words of several kinds


def test_a_partner_speaks_for_an_organisation(keys: Keys) -> None:
    with pytest.raises(InvalidError):
        keys.create(Role.PARTNER)
    caller, _ = keys.create(Role.PARTNER, organisation="0190f2c4")
    assert (caller.scope, caller.organisation) == (Scope.ORGANISATION, "0190f2c4")


async def test_who_guesses_secrets_has_to_wait_longer_and_longer_and_the_holder_goes_on(
    keys: Keys, watch: Watch
) -> None:
    _, key = keys.create(Role.OPERATOR)
    assert await keys.caller(key) is not None
    guess = key[:-4] + "AAAA"
    for _ in range(5):
        assert await keys.caller(guess) is None
    with pytest.raises(TooManyError) as caught:
        await keys.caller(guess)
    assert caught.value.fields["retry_after"] == 1
    assert await keys.caller(key) is not None
    watch.on(seconds=1)
    assert await keys.caller(guess) is None
    with pytest.raises(TooManyError) as caught:
        await keys.caller(guess)
    assert caught.value.fields["retry_after"] == 2


async def test_a_session_ends_by_itself_and_with_its_key(keys: Keys, watch: Watch) -> None:
    caller, key = keys.create(Role.AUDITOR)
    first, second, third = [await keys.open_session(key) for _ in range(3)]
    assert first is not None
    assert second is not None
    assert third is not None
    assert await keys.session_caller(first) == caller
    await keys.close_session(first)
    assert await keys.session_caller(first) is None
    watch.on(hours=SESSION_HOURS, seconds=6)
    assert await keys.session_caller(second) is None
    assert await keys.open_session("rdk_unknown") is None
    fourth = await keys.open_session(key)
    assert fourth is not None
    keys.revoke(caller.id)
    assert await keys.session_caller(fourth) is None


def test_the_list_tells_whose_and_how_far_and_never_a_hash(keys: Keys) -> None:
    keys.create(Role.OPERATOR, "mekong", "thida", scope=Scope.TEAM)
    keys.revoke("thida")
    (line,) = keys.listed()
    assert line.startswith("thida  operator  mekong  default/team  made 2026-03-01")
    assert "revoked" in line
    assert "argon2" not in line
