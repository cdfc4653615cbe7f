"""Rows of figures: every definition over many cases in the warehouse, beside the bare scan of the same rows."""

import random
import resource
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from services.reporting.projections import PROJECTIONS
from services.reporting.views.definitions import Definition, read_definitions
from services.reporting.views.engine import encode
from services.reporting.views.facts import (
    CaseFacts,
    ClockFacts,
    DutyFacts,
    EscalationFacts,
    RemedyFacts,
    RespondentFacts,
)
from services.reporting.views.questions import Question, groups, values
from services.reporting.views.warehouse import LIVE, Warehouse
from shared.documents.port import Row as Document
from shared.events.values import Money
from shared.policy import default_policy
from tests.bench.bench import Bench, Row

SIZES = (10_000, 100_000, 1_000_000)
QUICK_SIZES = (10_000,)
LONGEST, TIMES = 200.0, 7
CHUNK = 20_000
START = datetime(2023, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=1200)
ROWS: Mapping[str, type[Document]] = {name: one.collection.row for name, one in PROJECTIONS.items()}
SCAN = "select count(*), sum(workers), sum(length(state)) from cases"


def figures(bench: Bench) -> list[Row]:
    """Measure the slowest figure at 10,000, 100,000 and a million cases."""
    return [row for size in (QUICK_SIZES if bench.quick else SIZES) for row in _at(bench, size)]


def _at(bench: Bench, size: int) -> list[Row]:
    warehouse = Warehouse(bench.folder / "figures", ROWS, memory="1GB", threads=2)
    warehouse.create(LIVE)
    begun = time.perf_counter()
    for chunk in _cases(size):
        warehouse.put(LIVE, "cases", [encode(row) for row in chunk])
        warehouse.put(LIVE, "clocks", [encode(_clocks(row)) for row in chunk])
    loading = time.perf_counter() - begun
    bare = _slow([_timed(warehouse, SCAN, {}) for _ in range(TIMES)])
    took = {one.name: _slow([_asked(warehouse, one) for _ in range(TIMES)]) for one in _measured()}
    worst = max(took, key=lambda name: took[name])
    middle = sorted(took.values())[len(took) // 2]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    scan = "DuckDB, bare scan of the same rows"
    named = f"{size:,} cases"
    return [
        Row(f"slowest figure ({worst}), {named}, p95", took[worst], "ms", scan, bare, LONGEST, less_is_better=True),
        Row(f"figure in the middle, {named}, p95", middle, "ms", scan, bare, LONGEST, less_is_better=True),
        Row(f"cases loaded for figures, {named}", size / loading),
        Row(f"memory with {named} in it", memory, "MB", bar=2048.0, less_is_better=True),
    ]


def _measured() -> Sequence[Definition]:
    return [one for one in read_definitions().values() if "us-" not in one.sql]


def _asked(warehouse: Warehouse, definition: Definition) -> float:
    question = Question(report=definition.name)
    statement = definition.statement(groups(question, definition))
    return _timed(warehouse, statement, values(question, definition, NOW, default_policy()))


def _timed(warehouse: Warehouse, sql: str, given: Mapping[str, object]) -> float:
    begun = time.perf_counter()
    warehouse.run(LIVE, sql, given)
    return 1000 * (time.perf_counter() - begun)


def _slow(took: Sequence[float]) -> float:
    return sorted(took)[round(0.95 * (len(took) - 1))]


def _cases(size: int) -> Iterator[Sequence[CaseFacts]]:
    chance = random.Random(7)
    for start in range(0, size, CHUNK):
        yield [_case(chance, number) for number in range(start, min(start + CHUNK, size))]


def _case(chance: random.Random, number: int) -> CaseFacts:
    opened = START + timedelta(minutes=chance.randrange(1_500_000))
    closed = opened + timedelta(hours=chance.randrange(6000)) if chance.random() < 0.8 else None
    party = chance.randrange(400)
    return CaseFacts(
        id=UUID(int=number),
        number=f"R-{number}",
        state="closed" if closed else "assessing",
        channel=chance.choice(("line", "hotline", "app", "outreach")),
        language=chance.choice(("my", "th", "km")),
        country=chance.choice(("TH", "MM", "KH", None)),
        sector=chance.choice(("seafood", "garment", None)),
        site=f"plant {party}",
        workers=chance.choice((1, 1, 1, 12, 300)),
        statistics_consent=True,
        opened_at=opened,
        acknowledge_by=opened + timedelta(days=7),
        acknowledged_at=opened + timedelta(days=chance.randrange(10)),
        triaged_at=opened + timedelta(days=1),
        severity=chance.choice(("S1", "S2", "S3", "S4")),
        assess_by=opened + timedelta(days=3),
        taken_up_at=opened + timedelta(days=2),
        issues=chance.sample(("WAG-NON", "DOC-RET", "REC-FEE", "HRS-FOR"), chance.randint(0, 2)),
        assignee=f"desk-{chance.randrange(40)}",
        respondents=[_respondent(party)] if chance.random() < 0.6 else [],
        escalations=[_request(chance, party, opened)] if chance.random() < 0.5 else [],
        highest_level="employer",
        remedies=[_remedy(chance, opened)] if chance.random() < 0.4 else [],
        closed_at=closed,
        first_closed_at=closed,
        close_reason="remedied" if closed else None,
        reopened=int(chance.random() < 0.05),
        opening_dated=True,
        closure_dated=True,
    )


def _clocks(case: CaseFacts) -> ClockFacts:
    """Return the clocks that go with a case: one for each of its duties."""
    duties = [_clock("acknowledge", case.acknowledge_by, case.acknowledged_at)]
    duties.append(_clock("assess", case.assess_by, case.taken_up_at))
    duties += [_clock("answer", one.answer_by, one.answered_at, one.escalation_id) for one in case.escalations]
    return ClockFacts(id=UUID(int=case.id.int + 2**64), case_id=case.id, duties=duties)


def _clock(duty: str, due: datetime | None, met: datetime | None, subject: UUID | None = None) -> DutyFacts:
    assert due is not None
    late = None if met is None else met > due
    return DutyFacts(duty=duty, party="office", subject=subject, due_at=due, met_at=met, late=late)


def _respondent(party: int) -> RespondentFacts:
    return RespondentFacts(organisation_id=UUID(int=party), name=f"Plant {party}", kind="employer", role="employer")


def _request(chance: random.Random, party: int, opened: datetime) -> EscalationFacts:
    return EscalationFacts(
        escalation_id=UUID(int=chance.getrandbits(64)),
        organisation_id=UUID(int=party),
        organisation=f"Plant {party}",
        level="employer",
        asked_at=opened + timedelta(days=3),
        answer_by=opened + timedelta(days=17),
        answered_at=opened + timedelta(days=chance.randrange(4, 30)) if chance.random() < 0.8 else None,
        position="partly",
    )


def _remedy(chance: random.Random, opened: datetime) -> RemedyFacts:
    amount = Money(amount=Decimal(chance.randrange(100, 90_000)), currency=chance.choice(("THB", "USD")))
    return RemedyFacts(
        item_id=UUID(int=chance.getrandbits(64)),
        remedy=chance.choice(("RM-WAG", "RM-FEE")),
        due_on=(opened + timedelta(days=60)).date(),
        workers=1,
        claimed=amount,
        assessed=amount,
        paid=[amount],
        completed_at=opened + timedelta(days=50),
    )
