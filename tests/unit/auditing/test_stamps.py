"""Time stamps: an authority's word that a checkpoint was there, kept and believed only when it holds."""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import HttpUrl

from shared.auditing.sources import FolderSource
from shared.auditing.stamps import Authorities, read_stamps, stamp_line, verify_stamps
from shared.clock import system_clock
from shared.errors import InvalidError, SettingsError, TryLaterError
from shared.ledger.shelves import FolderShelf
from shared.ledger.writing import Pen
from shared.notary.stamping import STAMPS, Stamper, StampSettings, asked_over_http, stamper_of
from tests.support.authority import Authority, authority
from tests.unit.auditing.test_verifying import FACTS, KEYS, SIGNER, exported
from tests.unit.ledger.test_writing import states

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def clock_tower(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    with authority(tmp_path_factory.mktemp("authority") / "one") as one:
        yield one


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return exported(tmp_path, states(0, FACTS))


def shelf_of(export: Path) -> FolderShelf:
    return FolderShelf(export / "cases" / "ledger")


def stamper(export: Path, one: Authority) -> Stamper:
    made = stamper_of("cases", shelf_of(export), StampSettings(address=HttpUrl(one.url), certificates=one.certificates))
    assert made is not None
    return made


def verified(export: Path, one: Authority) -> tuple[list[int], list[str]]:
    believed = Authorities(one.certificates.read_bytes())
    stamps, findings = verify_stamps(FolderSource(export, "cases"), KEYS, believed)
    return [stamp.size for stamp in stamps], [finding.what for finding in findings]


def test_the_newest_checkpoint_is_stamped_and_the_stamp_holds(export: Path, clock_tower: Authority) -> None:
    before = system_clock().replace(microsecond=0)
    given = stamper(export, clock_tower).stamp()
    assert (given.size, before <= given.at <= system_clock()) == (FACTS, True)
    assert stamper(export, clock_tower).newest() == given
    assert verified(export, clock_tower) == ([FACTS], [])


def test_a_stamp_of_somebody_else_is_neither_kept_nor_believed(
    export: Path, tmp_path: Path, clock_tower: Authority
) -> None:
    stranger = Authority(tmp_path / "stranger")
    believed = Authorities(clock_tower.certificates.read_bytes())
    with pytest.raises(InvalidError, match="does not hold"):
        Stamper("cases", shelf_of(export), stranger.answer, believed).stamp()
    assert stamper(export, clock_tower).newest() is None
    Stamper("cases", shelf_of(export), stranger.answer, Authorities(stranger.certificates.read_bytes())).stamp()
    (found,) = verified(export, clock_tower)[1]
    assert found.startswith(f"the time stamp over {FACTS} facts: The time stamp does not hold")


def test_a_stamp_over_another_log_is_found(export: Path, clock_tower: Authority) -> None:
    shelf = shelf_of(export)
    stamper(export, clock_tower).stamp()
    ((_, answer),) = read_stamps(shelf.read(STAMPS).decode())
    shelf.put({STAMPS: (stamp_line(300, answer) + stamp_line(7, answer)).encode()})
    holds, found = verified(export, clock_tower)
    assert holds == []
    assert ["Mismatch" in found[0], "and no checkpoint" in found[1]] == [True, True]


def test_an_answer_from_before_is_no_answer_to_this_query(export: Path, clock_tower: Authority) -> None:
    kept: list[bytes] = []

    def ask(query: bytes) -> bytes:
        kept.append(clock_tower.answer(query))
        return kept[0]

    again = Stamper("cases", shelf_of(export), ask, Authorities(clock_tower.certificates.read_bytes()))
    again.stamp()
    with pytest.raises(InvalidError, match="Nonce"):
        again.stamp()


def test_a_day_later_what_is_new_is_stamped_and_nothing_else(export: Path, clock_tower: Authority) -> None:
    one, asked = stamper(export, clock_tower), clock_tower.asked
    now = system_clock()

    def looked(later: timedelta) -> int:
        asyncio.run(one.look(now + later, DAY))
        return clock_tower.asked - asked

    assert [looked(DAY * 0), looked(DAY / 2), looked(DAY * 2)] == [1, 1, 1]
    pen = Pen(shelf_of(export), [SIGNER])
    pen.lay(states(FACTS, FACTS + 3))
    pen.sign()
    assert [looked(DAY / 2), looked(DAY * 2)] == [1, 2]
    assert verified(export, clock_tower) == ([FACTS, FACTS + 3], [])


def test_an_authority_that_is_away_stops_nothing(export: Path, clock_tower: Authority) -> None:
    nobody = asked_over_http("http://127.0.0.1:9/")
    away = Stamper("cases", shelf_of(export), nobody, Authorities(clock_tower.certificates.read_bytes()))
    asyncio.run(away.look(system_clock(), DAY))
    with pytest.raises(TryLaterError):
        away.stamp()
    assert away.newest() is None


def test_an_authority_whose_certificates_are_not_given_is_not_asked(export: Path) -> None:
    with pytest.raises(SettingsError, match="REDRESS_LEDGER_STAMP_CERTIFICATES"):
        stamper_of("cases", shelf_of(export), StampSettings(address=HttpUrl("http://127.0.0.1:9/")))
    assert stamper_of("cases", shelf_of(export), StampSettings()) is None


@pytest.mark.parametrize("text", ["x QQ==\n", "7 ???\n"])
def test_a_file_of_stamps_that_does_not_read_is_named_by_its_line(text: str) -> None:
    with pytest.raises(InvalidError, match="Line 1"):
        list(read_stamps(text))
