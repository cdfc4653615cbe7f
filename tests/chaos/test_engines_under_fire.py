"""The deployed form under fire: replicas killed, engines restarted, groups shuffled, and nothing acknowledged lost."""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from shared.bus.kafka.clients import KafkaSettings
from shared.scale_out import ScaleOutSettings
from tests.chaos.crowd import Crowd
from tests.chaos.evidence import (
    cases_are_those_acknowledged,
    compared,
    everything_was_heard,
    logs_of,
    messages_are_filed_once,
    parked_in,
    records_are_whole,
    topics_are_whole,
    views_equal_a_rebuild,
)
from tests.chaos.faults import Faults
from tests.chaos.replicas import Door, Fleet, fleet
from tests.engines.engine import Elsewhere, Engine, Kafka
from tests.support.replicas import ROOT

FAULTS = int(os.environ.get("REDRESS_CHAOS_FAULTS", "9"))
"""Nine are one of each kind."""
SEED = int(os.environ.get("REDRESS_CHAOS_SEED", "20261123"))
SENDERS, HANDLERS = 3, 2
PAUSE = 0.1
LIFE = (0.5, 2.0)
"""Seconds under load between two faults: at the least, at the most."""
SETTLING = 90.0
"""Seconds after the last fault by which everything must have been heard."""

pytestmark = [pytest.mark.process, pytest.mark.engine, pytest.mark.timeout(240 + 25 * FAULTS)]


async def test_what_was_acknowledged_is_everywhere_once_whatever_falls(
    *,
    kafka: Kafka,
    postgres: Engine,
    mongodb: Engine,
    postgres_database: str,
    topic_prefix: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    engines = ours_to_strike(kafka, postgres, mongodb)
    prefix = topic_prefix.rstrip(".")
    settings = ScaleOutSettings(
        postgres_dsn=SecretStr(postgres_database),
        mongodb_uri=SecretStr(mongodb.address),
        mongodb_prefix=prefix,
        secret=SecretStr(ROOT),
        data=tmp_path / "data",
    )
    broker = KafkaSettings(
        servers=kafka.address, prefix=prefix, partitions=3, idempotent=kafka.idempotence, session_ms=6000
    )
    with fleet(tmp_path, settings, broker) as running:
        faults = Faults(running, engines, random.Random(SEED))
        stood = False
        try:
            crowd, took = await under_fire(running, faults)
            stood = True
        finally:
            if not stood:
                said = (f"{name}: {replica.said()}" for name, replica in running.replicas.items())
                tell(capsys, f"seed {SEED}", *faults.told, *said)
        for replica in running.replicas.values():
            replica.stop()
        logs = logs_of(running)
        counts = compared(logs, crowd)
        repeats = await topics_are_whole(running, logs)
        views = await views_equal_a_rebuild(running)
        dead = sum(parked_in(running).values())
    tell(
        capsys,
        f"seed {SEED}",
        *faults.told,
        f"faults {faults.kinds.total()}: " + ", ".join(f"{kind} {times}" for kind, times in faults.kinds.items()),
        f"acknowledged {len(crowd.told.messages)} messages, {len(crowd.accepted)} accepted reports, "
        f"{sum(map(len, crowd.told.cases.values()))} case commands; requests cut off {crowd.told.cut_off}",
        f"events written {counts.written}, lost {counts.lost}, duplicated {counts.duplicated}, dead letters {dead}; "
        f"repeats on topics {repeats}, {views} views equal a rebuild, settled {took:.1f} s after the last fault",
    )
    assert (counts.lost, counts.duplicated, dead) == (0, 0, 0)
    assert crowd.accepted, "no report was accepted under fire"
    records_are_whole(logs)
    messages_are_filed_once(logs["intake"])
    cases_are_those_acknowledged(logs["cases"], crowd)


async def under_fire(running: Fleet, faults: Faults) -> tuple[Crowd, float]:
    """Let the faults fall on a loaded fleet; return who was there, and in how many seconds all was heard."""
    admin, second = running.key("admin", "admin"), running.key("supervisor", "second")
    async with httpx.AsyncClient(transport=Door(running), base_url="http://door", timeout=10) as http:
        crowd = Crowd(http, admin, second, pause=PAUSE)
        async with loaded(crowd):
            await strike(faults)
        took = await settled(running)
        await figures_count_each_once(crowd)
    return crowd, took


def ours_to_strike(*engines: Engine) -> Sequence[Engine]:
    """Return the engines that may be restarted: those that we started, and that keep what they have."""
    for engine in engines:
        if isinstance(engine.life, Elsewhere):
            pytest.skip(f"{engine.origin}: not ours to restart")
    return [engine for engine in engines if not isinstance(engine, Kafka) or engine.apache]


@asynccontextmanager
async def loaded(crowd: Crowd) -> AsyncIterator[None]:
    """Let the crowd do its work until the block ends; then each finishes what it has in hand."""
    busy = [asyncio.create_task(crowd.send_messages(f"sender-{number}")) for number in range(SENDERS)]
    busy += [asyncio.create_task(crowd.handle_cases(f"handler-{number}")) for number in range(HANDLERS)]
    busy.append(asyncio.create_task(crowd.accept_reports()))
    try:
        yield
    finally:
        crowd.leaving.set()
        await asyncio.wait_for(asyncio.gather(*busy), 60)


async def strike(faults: Faults) -> None:
    for fault in faults.drawn(FAULTS):
        await asyncio.sleep(faults.chance.uniform(*LIFE))
        await asyncio.to_thread(fault)
    await asyncio.sleep(max(LIFE))


async def settled(running: Fleet) -> float:
    """Wait until every view and reaction has heard everything; return how many seconds that took."""
    begun = time.monotonic()
    while lacking := await still_open(running):
        assert time.monotonic() - begun < SETTLING, lacking
        await asyncio.sleep(0.5)
    return time.monotonic() - begun


async def still_open(running: Fleet) -> str:
    for name, replica in running.replicas.items():
        ready = await asyncio.to_thread(replica.ready)
        if ready is None or not ready.ok or any(ready.lag.values()) or any(ready.spooled.values()):
            return f"{name}: {ready}"
        assert not any(ready.dead_letters.values()), f"{name}: {ready}"
    return await everything_was_heard(running)


async def figures_count_each_once(crowd: Crowd) -> None:
    """Ask for the figures until they have everything, and once more for what they should not have."""
    contacts, cases = len(crowd.told.messages), len(crowd.told.cases) + len(crowd.accepted)
    crowd.leaving.clear()
    given_up = time.monotonic() + 30
    while True:
        figure = await crowd.look("/reporting/v1/reports/volume", group_by="total")
        found = [(row["contacts"], row["cases"]) for row in figure["rows"]]
        if found == [(contacts, cases)]:
            return
        assert time.monotonic() < given_up, f"the figures count {found}, acknowledged were {(contacts, cases)}"
        await asyncio.sleep(0.5)


def tell(capsys: pytest.CaptureFixture[str], *lines: str) -> None:
    with capsys.disabled():
        print("", *lines, sep="\n")  # noqa: T201 - what the run found
