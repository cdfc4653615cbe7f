"""Lives of cases as plain numbers: told as events to the projections, counted naively by the tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid5

from hypothesis import strategies as st

from shared.events import cases, intake, parties, protection
from shared.events.envelope import Actor, Envelope, Event, Recorded
from shared.events.values import Money, Teller

START = datetime(2025, 1, 1, tzinfo=UTC)
NAMES = UUID(int=7)
CODES = ("WAG-NON", "DOC-RET", "HRS-FOR", "RET-REP")
LEVELS = ("employer", "buyer", "authority", "legal", "public")


@dataclass(frozen=True)
class Request:
    """A request to a party: hours after the start; `answered` None: never."""

    organisation: str
    level: str
    asked: int
    due: int
    answered: int | None


@dataclass(frozen=True)
class Promise:
    """An item of the plan; `ending` is what the worker said: verified, refuted or nothing yet."""

    remedy: str
    due: date
    currency: str
    claimed: Decimal | None
    assessed: Decimal | None
    payments: tuple[Decimal, ...]
    complete: bool
    ending: str | None


@dataclass(frozen=True)
class Fee:
    """What each of some workers paid, days after the start, to a recruiter or nobody knows whom."""

    amount: Decimal
    currency: str
    countries: tuple[str, str]
    day: int
    workers: int
    recruiter: str | None


@dataclass(frozen=True)
class Life:
    """One case: all times in hours after the start."""

    number: int
    channel: str
    country: str | None
    workers: int
    opened: int
    acknowledge_by: int | None
    acknowledged: int | None
    triaged: int | None
    assess_by: int | None
    severity: str
    issues: tuple[str, ...]
    assigned: int | None
    requests: tuple[Request, ...] = ()
    promises: tuple[Promise, ...] = ()
    closed: int | None = None
    reason: str = "partial"
    reopened: bool = False
    told_by: Teller | None = None
    happened: int | None = None
    stars: tuple[int, ...] = ()
    fees: tuple[Fee, ...] = ()
    reprisals: tuple[int, ...] = ()
    checked: bool = False

    @property
    def open_now(self) -> bool:
        return self.closed is None or self.reopened


@dataclass
class Log:
    """A log in the making; also its only feed."""

    source: str
    name: str = field(default="", init=False)
    facts: list[Recorded] = field(default_factory=list)
    versions: dict[UUID, int] = field(default_factory=dict)

    def tell(self, stream_id: UUID, event: Event, at: datetime, known: datetime | None = None) -> None:
        version = self.versions[stream_id] = self.versions.get(stream_id, 0) + 1
        envelope = Envelope(
            event_id=uuid5(stream_id, str(version)),
            type=event.TOPIC,
            type_version=1,
            stream=event.STREAM,
            stream_id=stream_id,
            stream_version=version,
            occurred_at=at,
            recorded_at=known or at,
            actor=Actor("operator-1", "operator"),
            correlation_id=NAMES,
        )
        self.facts.append(Recorded(envelope, event, len(self.facts) + 1))

    async def read(self, after: int, limit: int) -> Sequence[Recorded]:
        return self.facts[after : after + limit]

    async def head(self) -> int:
        return len(self.facts)

    async def feeds(self) -> Sequence["Log"]:
        return [self]

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109 - the port's word
        """Return at once: nothing is written while a test waits."""


def hour(hours: int) -> datetime:
    return START + timedelta(hours=hours)


def stream_of(life: Life) -> UUID:
    return uuid5(NAMES, f"case-{life.number}")


def tell(log: Log, life: Life) -> None:
    """Append the events of a life, each at its time, in a lawful order."""
    stream = stream_of(life)
    for event, at in events_of(life):
        log.tell(stream, event, at)


def events_of(life: Life) -> Sequence[tuple[Event, datetime]]:
    told: list[tuple[Event, datetime]] = [(_opening(life), hour(life.opened))]
    if life.acknowledged is not None:
        told.append((cases.CaseAcknowledged(channel="phone"), hour(life.acknowledged)))
    if life.triaged is not None:
        told.append((_triage(life), hour(life.triaged)))
    if life.assigned is not None:
        told.append((cases.CaseAssigned(assignee="operator-1"), hour(life.assigned)))
    for place, request in enumerate(life.requests):
        told += _request(life, place, request)
    told += [(cases.SatisfactionRecorded(stars=stars), hour(life.opened + 1)) for stars in life.stars]
    told += [(_fee(life, place, fee), hour(life.opened + 1)) for place, fee in enumerate(life.fees)]
    told += _protection(life)
    if life.promises:
        told += _plan(life)
    if life.closed is not None:
        closed = cases.CaseClosed(reason=life.reason, explanation="so it was")  # type: ignore[arg-type]  # drawn
        told.append((closed, hour(life.closed)))
        if life.reopened:
            told.append((cases.CaseReopened(reason="it came back"), hour(life.closed + 1)))
    return told


def message(log: Log, number: int, channel: str, at: datetime) -> None:
    """Append a message that came in."""
    received = intake.MessageReceived(channel=channel, account="a", external_id=str(number), text="…")
    log.tell(uuid5(NAMES, f"message-{number}"), received, at)


def _opening(life: Life) -> cases.CaseOpened:
    return cases.CaseOpened(
        number=f"RG-{life.number}",
        channel=life.channel,
        language="th",
        country=life.country,
        workers=life.workers,
        issues=life.issues if life.triaged is None else (),
        told_by=life.told_by,
        happened_on=None if life.happened is None else hour(life.happened).date(),
        acknowledge_by=None if life.acknowledge_by is None else hour(life.acknowledge_by),
    )


def _triage(life: Life) -> cases.CaseTriaged:
    return cases.CaseTriaged(
        issues=life.issues,
        severity=life.severity,
        admissible=True,
        admissibility_reason="in scope",
        danger_now=False,
        assess_by=None if life.assess_by is None else hour(life.assess_by),
    )


def _request(life: Life, place: int, request: Request) -> Sequence[tuple[Event, datetime]]:
    escalation, organisation = uuid5(stream_of(life), f"request-{place}"), uuid5(NAMES, request.organisation)
    asked = cases.CaseEscalated(
        escalation_id=escalation,
        organisation_id=organisation,
        name=request.organisation,
        level=request.level,  # type: ignore[arg-type]  # drawn from the levels
        brief="wages of a group are unpaid",
        answer_by=hour(request.due),
    )
    told: list[tuple[Event, datetime]] = [(asked, hour(request.asked))]
    if request.answered is not None:
        answer = cases.EmployerResponseRecorded(
            escalation_id=escalation, organisation_id=organisation, position="partly"
        )
        told.append((answer, hour(request.answered)))
    return told


def _plan(life: Life) -> Sequence[tuple[Event, datetime]]:
    at = hour(life.opened + 2)
    ids = [uuid5(stream_of(life), f"item-{place}") for place in range(len(life.promises))]
    items = tuple(
        cases.RemedyItem(
            item_id=item_id,
            remedy=promise.remedy,
            owner="employer",
            due_on=promise.due,
            claimed=_money(promise.claimed, promise.currency),
            assessed=_money(promise.assessed, promise.currency),
        )
        for item_id, promise in zip(ids, life.promises, strict=True)
    )
    told: list[tuple[Event, datetime]] = [(cases.RemedyPlanAgreed(items=items, complainant_consulted=True), at)]
    for item_id, promise in zip(ids, life.promises, strict=True):
        told += [(event, at) for event in _fulfilment(item_id, promise)]
    return told


def _fulfilment(item_id: UUID, promise: Promise) -> Sequence[Event]:
    told: list[Event] = [
        cases.RemedyItemCompleted(
            item_id=item_id, evidence="receipt", complete=False, paid=_money(amount, promise.currency)
        )
        for amount in promise.payments
    ]
    if promise.complete:
        told.append(cases.RemedyItemCompleted(item_id=item_id, evidence="letter", complete=True))
    if promise.ending == "verified":
        told.append(cases.RemedyItemVerified(item_id=item_id, method="worker-confirmed"))
    if promise.ending == "refuted":
        told.append(cases.RemedyItemRefuted(item_id=item_id))
    return told


def _fee(life: Life, place: int, fee: Fee) -> parties.RecruitmentFeeReported:
    return parties.RecruitmentFeeReported(
        fee_id=uuid5(stream_of(life), f"fee-{place}"),
        amount=Money(amount=fee.amount, currency=fee.currency),
        from_country=fee.countries[0],
        to_country=fee.countries[1],
        paid_on=START.date() + timedelta(days=fee.day),
        workers=fee.workers,
        recruiter_id=None if fee.recruiter is None else uuid5(NAMES, fee.recruiter),
    )


def _protection(life: Life) -> Sequence[tuple[Event, datetime]]:
    told: list[tuple[Event, datetime]] = [
        (
            protection.RetaliationReported(number="", acts=("threat",), severity="S1", statement="they came at night"),
            hour(life.opened + after),
        )
        for after in life.reprisals
    ]
    if life.checked:
        told.append((protection.RetaliationChecked(outcome="none"), hour(life.opened + 3)))
    return told


def _money(amount: Decimal | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount=amount, currency=currency)


hours = st.integers(0, 24 * 700)
amounts = st.decimals(Decimal("0.01"), Decimal(90000), places=2)

requests = st.builds(
    Request,
    organisation=st.sampled_from(["Alpha", "Beta"]),
    level=st.sampled_from(LEVELS),
    asked=hours,
    due=hours,
    answered=st.none() | hours,
)

promises = st.builds(
    Promise,
    remedy=st.sampled_from(["RM-WAG", "RM-FEE", "RM-PEN"]),
    due=st.dates(date(2025, 1, 1), date(2026, 12, 31)),
    currency=st.sampled_from(["THB", "USD"]),
    claimed=st.none() | amounts,
    assessed=st.none() | amounts,
    payments=st.lists(amounts, max_size=2).map(tuple),
    complete=st.booleans(),
    ending=st.sampled_from([None, "verified", "refuted"]),
)


fees = st.builds(
    Fee,
    amount=amounts,
    currency=st.sampled_from(["THB", "USD"]),
    countries=st.sampled_from([("MM", "TH"), ("KH", "TH")]),
    day=st.integers(0, 500),
    workers=st.integers(1, 30),
    recruiter=st.sampled_from(["Alpha", "Beta", None]),
)


@st.composite
def lives(draw: st.DrawFn, *, reprisals: bool = False) -> Sequence[Life]:
    """Draw some cases; with `reprisals` in some, which change what a case is about and how grave it is."""
    return [draw(_life(number, 2 * reprisals)) for number in range(draw(st.integers(0, 5)))]


def _life(number: int, most: int) -> st.SearchStrategy[Life]:
    return st.builds(
        Life,
        number=st.just(number),
        channel=st.sampled_from(["line", "phone"]),
        country=st.sampled_from(["TH", "KH", None]),
        workers=st.integers(1, 40),
        opened=hours,
        acknowledge_by=st.none() | hours,
        acknowledged=st.none() | hours,
        triaged=st.none() | hours,
        assess_by=st.none() | hours,
        severity=st.sampled_from(["S1", "S2"]),
        issues=st.lists(st.sampled_from(CODES), unique=True, max_size=2).map(tuple),
        assigned=st.none() | hours,
        requests=st.lists(requests, max_size=2).map(tuple),
        promises=st.lists(promises, max_size=2).map(tuple),
        closed=st.none() | st.integers(24 * 700, 24 * 900),
        reason=st.sampled_from(["remedied", "partial", "withdrawn"]),
        reopened=st.booleans(),
        told_by=st.sampled_from(["affected", "family", None]),
        happened=st.none() | hours,
        stars=st.lists(st.integers(1, 5), max_size=2).map(tuple),
        fees=st.lists(fees, max_size=2).map(tuple),
        reprisals=st.lists(st.integers(2, 900), max_size=most).map(tuple),
        checked=st.booleans(),
    )
