"""The archive of rules: each pack goes on record once, with all that it says, and stays readable for ever."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from services.cases.application import Adopting
from services.cases.application.index import index
from shared.eventstore.sqlite import SqliteEventStore
from shared.policy import Packs, Policy, default_policy, read_policy
from shared.policy.archive import hash_of, in_force, read_kept, written_pack
from shared.policy.pack import SHIPPED, shipped

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
USUAL = default_policy()
CHANGED = msgspec.structs.replace(USUAL, basis="Changed without a new version.")
NEXT = msgspec.structs.replace(USUAL, version="next")


class Office:
    """One deployment, started again and again with other packs."""

    def __init__(self, folder: Path) -> None:
        self.store = SqliteEventStore(folder / "cases.sqlite", "cases", index)
        self.now = NOW

    async def started(self, policy: Policy) -> list[str]:
        """Start with a pack; return the labels that stand on record."""
        adopting = Adopting(self.store, Packs(policy), lambda: self.now)
        await adopting.look()
        await adopting.look()
        self.now += timedelta(days=1)
        self.kept = await adopting.kept()
        return [one.label for one in self.kept]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_kept_pack_says_what_it_said(name: str) -> None:
    policy = read_policy(shipped(name))
    assert read_kept(written_pack(policy)) == policy
    assert written_pack(read_kept(written_pack(policy))) == written_pack(policy)


async def test_the_first_start_adopts_and_the_next_adds_nothing(tmp_path: Path) -> None:
    office = Office(tmp_path)
    assert await office.started(USUAL) == [USUAL.label]
    assert await office.started(USUAL) == [USUAL.label]
    assert office.kept[0].sha256 == hash_of(written_pack(USUAL))


async def test_a_new_version_stands_beside_the_one_before_it(tmp_path: Path) -> None:
    office = Office(tmp_path)
    await office.started(USUAL)
    assert await office.started(NEXT) == [USUAL.label, NEXT.label]
    assert [read_kept(one.content) for one in office.kept] == [USUAL, NEXT]


async def test_a_pack_that_changed_without_a_new_version_is_known_by_its_time(tmp_path: Path) -> None:
    office = Office(tmp_path)
    await office.started(USUAL)
    await office.started(CHANGED)
    assert await office.started(USUAL) == [USUAL.label] * 3, "going back is said, too"

    def meant(days: float) -> str:
        found = in_force(office.kept, USUAL.label, NOW + timedelta(days=days))
        assert found is not None
        return read_kept(found.content).basis

    assert [meant(-1), meant(0.5), meant(1.5), meant(2.5)] == [USUAL.basis, USUAL.basis, CHANGED.basis, USUAL.basis]
    assert in_force(office.kept, "nobody 1") is None


async def test_every_pack_that_a_rule_names_is_adopted(tmp_path: Path) -> None:
    store = SqliteEventStore(tmp_path / "cases.sqlite", "cases", index)
    adopting = Adopting(store, Packs(USUAL, (), {"next.toml": NEXT}), lambda: NOW)
    await adopting.look()
    assert {one.label for one in await adopting.kept()} == {USUAL.label, NEXT.label}
