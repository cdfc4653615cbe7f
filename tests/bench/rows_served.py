"""Rows measured from outside, over HTTP: durable intake, the life of a case, and the system at rest."""

import secrets
import subprocess
import sys
import time

from msgspec.structs import replace

from tests.bench.bench import Bench, BenchError, Row
from tests.bench.calls import WEBHOOK_SECRET, Plan
from tests.bench.load import Loaded, load
from tests.bench.server import Server, serving

SENDERS, WORKERS = 64, 32
PREPARED_PER_SECOND = 500
LEAST_INTAKE, MOST_P99, LEAST_LIVES = 2000.0, 50.0, 300.0
MOST_READY, MOST_MEMORY = 2.0, 200.0
REST = 3.0
DRAINED = 120.0

_LIVEZ = "GET /livez"
HANDLING = "life cycle, 5 calls: open; assign, respond, close a case that was escalated before; find"
_WHOLE = "life cycle, 7 calls on one case: open, consent, escalate, assign, respond, close, find"
_BARE = "import os, services.__main__, tests.bench.machine as m; print(m.memory_of(os.getpid()))"


def intake(bench: Bench) -> list[Row]:
    """Measure how fast messages are taken, each on the disk before its answer, and how long views lag behind."""
    with serving(bench.folder) as server:
        limit = _limit(server, bench, SENDERS)
        plan = Plan(turn="message", port=server.port, connections=SENDERS, key=server.key, mark=secrets.token_hex(4))
        taken = load(_for(plan, bench.seconds(8)))
        behind = server.wait_for_views()
        recorded = server.recorded("intake", "intake.message-received")
        if recorded != taken.turns:
            raise BenchError(f"{taken.turns} messages were acknowledged, {recorded} are on the record")
        told = f"intake over HTTP, {SENDERS} connections"
        return [
            Row(f"{told}: durable messages", taken.rate, "/s", _LIVEZ, limit.rate, LEAST_INTAKE),
            *_latencies(told, taken, limit, MOST_P99),
            Row(f"views caught up after {bench.seconds(8):g} s of it", behind, "s", less_is_better=True),
            Row("memory after it", server.memory, "MB", less_is_better=True),
        ]


def webhooks(bench: Bench) -> list[Row]:
    """Measure signed deliveries of a provider: with the record there, and while it cannot be written."""
    channels = bench.folder / "channels.toml"
    channels.write_text(f'[[account]]\ntype = "whatsapp"\nname = "bench"\nsecrets = ["{WEBHOOK_SECRET}"]\n')
    channels.chmod(0o600)
    with serving(bench.folder, {"REDRESS_INTAKE_CHANNELS": str(channels)}) as server:
        limit = _limit(server, bench, SENDERS)
        plan = Plan(turn="delivery", port=server.port, connections=SENDERS, mark=secrets.token_hex(4))
        # The first read what guesses languages, and find out that the record does not answer.
        begun = load(_for(plan, 60, most=SENDERS, mark=secrets.token_hex(4)))
        taken = load(_for(plan, bench.seconds(6)))
        with server.standing_still("intake"):
            surprised = load(_for(plan, 60, most=SENDERS, mark=secrets.token_hex(4)))
            spooled = load(_for(plan, bench.seconds(6), mark=secrets.token_hex(4)))
        wanted = sum(one.turns for one in (begun, taken, surprised, spooled))
        until = time.monotonic() + DRAINED
        while server.recorded("intake", "intake.message-received") < wanted:
            if time.monotonic() > until:
                raise BenchError(f"{wanted} messages were acknowledged, and after {DRAINED:g} s not all are on record")
            time.sleep(0.1)
        told = f"signed webhooks, {SENDERS} connections"
        return [
            Row(f"{told}: durable messages", taken.rate, "/s", _LIVEZ, limit.rate),
            *_latencies(told, taken, limit),
            Row(f"{told}, record not writable: messages in the spool", spooled.rate, "/s", _LIVEZ, limit.rate),
            *_latencies("the same, record not writable", spooled, limit),
        ]


def life(bench: Bench) -> list[Row]:
    """Measure how many cases go through their life in a second."""
    with serving(bench.folder) as server:
        limit = _limit(server, bench, WORKERS)
        plan, handled = handled_in(server, bench.seconds(6))
        whole = load(_for(plan, bench.seconds(6), turn="whole_life"))
        server.wait_for_views()
        return [
            Row(HANDLING, handled.rate, "/s", f"{_LIVEZ} / 5", limit.rate / 5, LEAST_LIVES),
            *_latencies("one call of them", handled, limit),
            Row(_WHOLE, whole.rate, "/s", f"{_LIVEZ} / 7", limit.rate / 7),
            *_latencies("one call of these", whole, limit),
        ]


def handled_in(server: Server, seconds: float) -> tuple[Plan, Loaded]:
    """Load a system for some seconds with cases that go through their life, before an employer of their own."""
    body = {"name": f"Golden Prawn {secrets.token_hex(4)} Co., Ltd.", "kind": "employer", "country": "TH"}
    organisation = server.post("/cases/v1/organisations", body)["organisation_id"]
    plan = Plan(turn="handling", port=server.port, connections=WORKERS, key=server.key, organisation=organisation)
    prepared = _prepared(server, plan, round(seconds * PREPARED_PER_SECOND))
    handled = load(_for(plan, seconds, given=prepared))
    server.wait_for_views()
    return plan, handled


def idle(bench: Bench) -> list[Row]:
    """Measure the start, and the system with nothing to do."""
    begun = time.perf_counter()
    bare = subprocess.run([sys.executable, "-c", _BARE], capture_output=True, text=True, check=True)
    imported = time.perf_counter() - begun
    bare_memory = float(bare.stdout)
    with serving(bench.folder) as server:
        time.sleep(REST)
        memory = server.memory
        name = "python that imports it"
        return [
            Row(
                "start to the first good /readyz",
                server.ready_after,
                "s",
                name,
                imported,
                MOST_READY,
                less_is_better=True,
            ),
            Row(f"memory after {REST:g} s at rest", memory, "MB", name, bare_memory, MOST_MEMORY, less_is_better=True),
        ]


def _limit(server: Server, bench: Bench, connections: int) -> Loaded:
    plan = Plan(turn="live", port=server.port, connections=connections)
    load(_for(plan, 0.5))
    return load(_for(plan, bench.seconds(4)))


def _prepared(server: Server, plan: Plan, number: int) -> tuple[str, ...]:
    cases = load(_for(plan, 60, turn="escalated", most=number)).told
    server.wait_for_views()
    return tuple(cases)


def _for(plan: Plan, seconds: float, **other: object) -> Plan:
    return replace(plan, seconds=seconds, **other)


def _latencies(what: str, loaded: Loaded, limit: Loaded, bar: float | None = None) -> list[Row]:
    half, most = loaded.percentile(0.5), loaded.percentile(0.99)
    return [
        Row(f"{what}: p50", half, "ms", f"{_LIVEZ} p50", limit.percentile(0.5), less_is_better=True),
        Row(f"{what}: p99", most, "ms", f"{_LIVEZ} p99", limit.percentile(0.99), bar, less_is_better=True),
    ]
