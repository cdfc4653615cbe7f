"""What lies in the engines afterwards: the records in PostgreSQL, the topics, the views, and what must hold of them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import psycopg
from psycopg import sql

from services.__main__ import BUILDERS
from shared.bus.kafka.bus import KafkaBus
from shared.bus.kafka.topics import SOURCES, demand
from shared.bus.projecting import rebuild
from shared.events import Event
from shared.events.cases import CASE, CaseAssigned, CaseClosed, CaseOpened, CaseTriaged
from shared.events.envelope import Recorded
from shared.events.intake import MessageFiled, MessageReceived, ReportAccepted
from shared.eventstore.mapper import EventMapper
from shared.scale_out import open_replica
from tests.chaos.crowd import Crowd
from tests.chaos.replicas import Fleet

HANDLED: list[type[Event]] = [CaseOpened, CaseTriaged, CaseAssigned, CaseClosed]
Logs = Mapping[str, Sequence[Recorded]]


@dataclass(frozen=True, slots=True)
class Counts:
    """What was compared with what was acknowledged."""

    written: int
    lost: int
    duplicated: int


def logs_of(fleet: Fleet) -> Logs:
    """Return every record, in the order of positions."""
    mapper, found = EventMapper(), {}
    with psycopg.connect(fleet.settings.postgres()) as connection:
        for source in SOURCES:
            log = sql.SQL("SELECT topic, state, notification_id FROM {} ORDER BY notification_id")
            rows = connection.execute(log.format(sql.Identifier(source, "stored_events"))).fetchall()
            found[source] = [mapper.read(topic, bytes(state), position) for topic, state, position in rows]
    return found


def parked_in(fleet: Fleet) -> Mapping[str, int]:
    """Return how many dead letters each service has."""
    waiting = {}
    with psycopg.connect(fleet.settings.postgres()) as connection:
        for source in BUILDERS:
            count = sql.SQL("SELECT COUNT(*) FROM {}").format(sql.Identifier(source, "parked"))
            waiting[source] = (connection.execute(count).fetchone() or (0,))[0]
    return waiting


def compared(logs: Logs, crowd: Crowd) -> Counts:
    """Count what was acknowledged and is not there, and what is there more often than it was asked for."""
    promised: Counter[tuple[str, type[Event]]] = Counter()
    for message_id, _receipt in crowd.told.messages.values():
        promised[message_id, MessageReceived] += 1
    for report_id, case_id in crowd.accepted.items():
        promised[report_id, ReportAccepted] += 1
        promised[case_id, CaseOpened] += 1
    for case_id, versions in crowd.told.cases.items():
        promised.update(zip([case_id] * len(versions), HANDLED, strict=False))
    kinds = {MessageReceived, ReportAccepted, *HANDLED}
    stored = Counter(
        (str(fact.envelope.stream_id), type(fact.event))
        for log in logs.values()
        for fact in log
        if type(fact.event) in kinds
    )
    return Counts(sum(map(len, logs.values())), (promised - stored).total(), (stored - promised).total())


def records_are_whole(logs: Logs) -> None:
    """Demand dense streams, ascending positions, and every fact once."""
    for source, log in logs.items():
        versions: dict[UUID, list[int]] = defaultdict(list)
        for fact in log:
            versions[fact.envelope.stream_id].append(fact.envelope.stream_version)
        torn = {stream for stream, found in versions.items() if found != list(range(1, len(found) + 1))}
        assert not torn, f"{source}: streams with gaps or out of order: {torn}"
        positions = [fact.position for fact in log]
        assert positions == sorted(set(positions)), source
        assert len({fact.envelope.event_id for fact in log}) == len(log), source


def messages_are_filed_once(intake: Sequence[Recorded]) -> None:
    """Demand that each message went into one report."""
    received = [fact.envelope.stream_id for fact in intake if isinstance(fact.event, MessageReceived)]
    filed = [fact.envelope.stream_id for fact in intake if isinstance(fact.event, MessageFiled)]
    assert sorted(received) == sorted(filed)


def cases_are_those_acknowledged(cases: Sequence[Recorded], crowd: Crowd) -> None:
    """Demand one case for each accepted report and each opened one, with every command once and in order."""
    lives: dict[str, list[type[Event]]] = defaultdict(list)
    for fact in cases:
        if fact.envelope.stream == CASE:
            lives[str(fact.envelope.stream_id)].append(type(fact.event))
    assert set(lives) == {*crowd.told.cases, *crowd.accepted.values()}
    for case_id, versions in crowd.told.cases.items():
        assert [kind for kind in lives[case_id] if kind in HANDLED] == HANDLED, case_id
        assert versions == [1, 2, 3, 4], case_id


async def topics_are_whole(fleet: Fleet, logs: Logs) -> int:
    """Demand that the topics tell each record whole and each stream in order; return how many repeats they hold."""
    bus, repeats = KafkaBus(fleet.kafka, await demand(fleet.kafka), None), 0
    for source, log in logs.items():
        told: dict[UUID, list[UUID]] = defaultdict(list)
        for feed in await bus.log(source).feeds():
            position = 0
            while batch := await feed.read(position, 5000):
                for head in (fact.envelope for fact in batch):
                    stream = told[head.stream_id]
                    assert head.stream_version <= len(stream) + 1, f"{feed.name}: a gap in {head.stream_id}"
                    if head.stream_version == len(stream) + 1:
                        stream.append(head.event_id)
                    else:
                        assert stream[head.stream_version - 1] == head.event_id, f"{feed.name}: another fact"
                        repeats += 1
                position = batch[-1].position
        stored: dict[UUID, list[UUID]] = defaultdict(list)
        for fact in log:
            stored[fact.envelope.stream_id].append(fact.envelope.event_id)
        assert told == stored, source
    return repeats


async def everything_was_heard(fleet: Fleet) -> str:
    """Return nothing when each reaction stands at the end of each partition that it hears, else one that does not."""
    bus = KafkaBus(fleet.kafka, await demand(fleet.kafka), None)
    ends = {feed.name: await feed.head() for source in SOURCES for feed in await bus.log(source).feeds()}
    with psycopg.connect(fleet.settings.postgres()) as connection:
        for service in BUILDERS:
            rows = sql.SQL("SELECT application_name, notification_id FROM {}").format(
                sql.Identifier(service, "tracking")
            )
            for name, position in connection.execute(rows).fetchall():
                reaction, _, feed = name.partition("@")
                end = 0 if reaction == "sealer" else ends.get(feed, 0)
                if position < end:
                    return f"{reaction} is at {position} of {end} in {feed}"
    return ""


async def views_equal_a_rebuild(fleet: Fleet) -> int:
    """Build every view anew from the topics, beside that which was served; return how many are equal, all of them."""
    views = 0
    for service in BUILDERS:
        replica = await open_replica(service, BUILDERS, fleet.settings, fleet.kafka)
        try:
            for projection in replica.service.projections:
                log = replica.bus.log(projection.source)
                rebuilt = await rebuild(projection, log, replica.service.documents, lambda _done: None)
                assert rebuilt.equal, f"{service}.{rebuilt.collection} differs from a rebuild"
                views += 1
        finally:
            replica.close()
    return views
