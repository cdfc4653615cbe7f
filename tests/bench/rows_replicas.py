"""Rows of services as processes of their own: from a message to its figure, and one replica against two."""

import asyncio
import os
import secrets
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from aiokafka import TopicPartition

from shared.bus.kafka.clients import consumer, producer, within
from shared.bus.kafka.topics import sealed_topic
from tests.bench.bench import Bench, Row
from tests.bench.calls import TEXT, Plan
from tests.bench.ground import Ground
from tests.bench.load import load
from tests.bench.replicas import Replica, house

ROUNDS, FEW = 200, 3
LONGEST = 60.0
"""Seconds after which no round begins any more."""
CALLERS, SECONDS = 32, 6.0
TRIPS = 200


def latency(bench: Bench) -> list[Row]:
    """Measure how long it takes from a message to its case, and from the case to a figure that counts it."""
    rounds = FEW if bench.quick else ROUNDS
    with bench.engines.ground() as ground, house(ground, bench.folder) as lent:
        intake, cases, reporting = lent.start("intake", "cases", "reporting")
        way = _Way(intake, cases, reporting)
        way.go("warm")
        begun = time.monotonic()
        times: list[tuple[float, float, float]] = []
        while len(times) < rounds and time.monotonic() < begun + LONGEST:
            times.append(way.go(str(len(times))))
        trips = asyncio.run(_trips(ground, FEW if bench.quick else TRIPS))
    names = ("message to readable case", "step of a case to the figure that counts it", "message to case to figure")
    return [
        Row(
            f"{name}, 3 processes: {word}",
            _share(found, share),
            "ms",
            f"Kafka there and back, {word}",
            _share(trips, share),
            less_is_better=True,
        )
        for name, found in zip(names, zip(*times, strict=True), strict=True)
        for word, share in (("p50", 0.5), ("p99", 0.99))
    ]


def replicas(bench: Bench) -> list[Row]:
    """Measure commands per second over HTTP with one replica of cases and with two, both on this machine."""
    seconds = SECONDS / 6 if bench.quick else SECONDS
    with bench.engines.ground() as ground, house(ground, bench.folder) as lent:
        first = lent.start("cases")
        body = {"name": "Golden Prawn Co., Ltd.", "kind": "employer", "country": "TH"}
        organisation = first[0].ask("POST", "/cases/v1/organisations", body)["organisation_id"]
        one = _loaded(first, seconds, organisation)
        two = _loaded(first + lent.start("cases"), seconds, organisation)
    what = f"cases over HTTP, {CALLERS} callers, open and escalate (3 commands)"
    return [
        Row(f"{what}: commands, 1 replica", one),
        Row(f"{what}: commands, 2 replicas", two, "/s", f"1 replica, the same {os.cpu_count()} cores for all", one),
    ]


class _Way:
    """The way of one message; every step waits for the one before by its position token, never by looking again."""

    def __init__(self, intake: Replica, cases: Replica, reporting: Replica) -> None:
        self._intake = intake
        self._cases = cases
        self._reporting = reporting
        self._mark = secrets.token_hex(4)

    def go(self, name: str) -> tuple[float, float, float]:
        """Return milliseconds from the message to the case, from a step of it to the figure, and in all."""
        begun = time.perf_counter()
        name = f"{self._mark}-{name}"
        message = {"channel": "app", "account": "bench", "external_id": name, "sender": name, "text": TEXT}
        taken = self._intake.ask("POST", "/intake/v1/messages", message)
        filed = self._intake.ask("GET", f"/intake/v1/messages/{taken['message_id']}", wait=taken["position"])
        accepted = self._intake.ask("POST", f"/intake/v1/reports/{filed['report_id']}/accept", {})
        case = f"/cases/v1/cases/{accepted['case_id']}"
        self._cases.ask("GET", case, wait=accepted["position"])
        opened = time.perf_counter()
        step = self._cases.ask("POST", f"{case}/assign", {"assignee": "desk-1"})
        self._reporting.ask("GET", "/reporting/v1/reports/volume", wait=step["position"])
        counted = time.perf_counter()
        return (opened - begun) * 1000, (counted - opened) * 1000, (counted - begun) * 1000


async def _trips(ground: Ground, number: int) -> Sequence[float]:
    """Return milliseconds from the sending of a record to its reading, both by bare clients."""
    place = TopicPartition(sealed_topic(ground.kafka, "notify"), 0)
    found = []
    async with within(producer(ground.kafka)) as sending, within(consumer(ground.kafka)) as reader:
        reader.assign([place])
        await reader.seek_to_end(place)
        for _ in range(number):
            begun = time.perf_counter()
            await sending.send_and_wait(place.topic, b"{}", b"bench")
            await reader.getone(place)
            found.append((time.perf_counter() - begun) * 1000)
    return found


def _loaded(at: Sequence[Replica], seconds: float, organisation: str) -> float:
    """Return commands per second; the callers are shared out among the replicas, one load process for each."""
    plans = [
        Plan(
            turn="escalated",
            port=replica.port,
            connections=CALLERS // len(at),
            key=replica.key,
            seconds=seconds,
            organisation=organisation,
        )
        for replica in at
    ]
    with ThreadPoolExecutor(len(plans)) as threads:
        return sum(3 * loaded.rate for loaded in threads.map(load, plans))


def _share(times: Sequence[float], share: float) -> float:
    ordered = sorted(times)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
