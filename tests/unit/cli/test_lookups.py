"""What commands find in a data folder."""

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.cli.lookups import admin_key, demo_keys, instant
from shared.errors import InvalidError, SettingsError
from shared.rights import Role
from shared.web.keys import kept_keys


def test_the_admin_key_is_made_once_also_when_other_keys_came_first(tmp_path: Path) -> None:
    keys = kept_keys(tmp_path)
    keys.create(Role.OPERATOR)
    file = admin_key(tmp_path, keys)
    first = file.read_text()
    assert admin_key(tmp_path, keys).read_text() == first
    caller = keys.verified(first.strip())
    assert caller is not None
    assert caller.role is Role.ADMIN
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    keys.close()


def test_the_demo_is_played_by_two_persons_and_needs_a_system(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="make run"):
        demo_keys(tmp_path)
    keys = kept_keys(tmp_path)
    admin_key(tmp_path, keys)
    assert demo_keys(tmp_path) == demo_keys(tmp_path)
    callers = [keys.verified(key) for key in demo_keys(tmp_path)]
    assert [caller.id for caller in callers if caller] == ["admin", "demo-supervisor"]
    keys.close()


def test_a_moment_needs_its_zone() -> None:
    assert instant("2026-03-01T00:00:00Z") == datetime(2026, 3, 1, tzinfo=UTC)
    assert instant(None) is None
    for text in ("2026-03-01", "yesterday"):
        with pytest.raises(InvalidError):
            instant(text)
