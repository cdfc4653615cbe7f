"""Believable lives of cases as facts in the order of their time, so that many cases go on side by side in the log.

What happens to a case is drawn from its own place in the plan: the same plan tells the same history for ever.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import NamedTuple
from uuid import UUID

from services.cases.domain.clocks import clocks_of
from services.cases.domain.course import OFFICE
from shared.events import cases as facts
from shared.events.clocks import ClockStarted
from shared.events.envelope import Event
from shared.events.values import Money
from shared.ids import derived_id, id_at

SPAN = timedelta(days=1000)
"""The time over which cases open; the long ones go on for about two months."""
BETWEEN = 90.0
"""Hours between two facts of a case, on average."""
EMPLOYERS = 200
HANDLERS = 20
CHANNEL = "import"
"""Nobody behind these cases was ever asked for a safe way to be told anything, as with those of an earlier system."""
OPEN_CLOCKS = timedelta(days=60)
"""The clock of a case that is still open ends within this time behind the plan: nothing is overdue from the start."""

_ISSUES = ("WAG-NON", "WAG-DED", "REC-FEE", "WAG-OTP", "DOC-RET", "LIV-CON", "TER-UNF")
_LANGUAGES = ("my", "th", "km", "ne")
_COUNTRIES = ("TH", "MY", "VN", "KH")
_WORKERS = (1, 1, 2, 5, 14, 40)
_COUNTED, _ANSWERED, _UNREMEDIED = 0.8, 0.8, 0.3
"""Shares of cases that may be counted, of employers that answer, and of cases that end without any remedy."""
_ADVISED, _BEFORE_AN_EMPLOYER = 0.6, 0.75
"""The share of cases that end with advice, and with those that end before an employer learns of them."""


@dataclass(frozen=True, slots=True)
class Plan:
    """So many cases that open in the time before `until`; `number_of` gives each its number."""

    seed: int
    cases: int
    until: datetime
    number_of: Callable[[UUID], str] = field(repr=False)


class Dated(NamedTuple):
    """A fact with its time and its stream, and the version that the stream has before it."""

    at: datetime
    stream_id: UUID
    version: int
    event: Event


def history(plan: Plan) -> Iterator[Dated]:
    """Yield every fact of the plan, the earliest first; what would lie behind its end has not happened yet."""
    for number in range(EMPLOYERS):
        registered = facts.OrganisationRegistered(name=_name(number), kind="employer", country=_COUNTRIES[number % 4])
        yield Dated(plan.until - SPAN, _employer(plan, number), 0, registered)
    lives: list[tuple[datetime, int, Sequence[Dated]]] = []
    for place in range(plan.cases):
        opens = plan.until - SPAN * (1 - place / plan.cases)
        while lives and lives[0][0] < opens:
            yield _earliest(lives)
        life = _life(plan, place, opens)
        heapq.heappush(lives, (opens, place, life))
    while lives:
        yield _earliest(lives)


def _earliest(lives: list[tuple[datetime, int, Sequence[Dated]]]) -> Dated:
    """Take the earliest fact of all lives; what is left of its life waits for its own next time."""
    _, place, (fact, *later) = lives[0]
    if later:
        heapq.heapreplace(lives, (later[0].at, place, later))
    else:
        heapq.heappop(lives)
    return fact


def _life(plan: Plan, place: int, at: datetime) -> Sequence[Dated]:
    rng = Random(f"{plan.seed}/{place}")  # noqa: S311 - to be the same for the same seed is what it is for
    case_id = id_at(int(at.timestamp() * 1000), rng.getrandbits(80))
    life: list[Dated] = []
    for event in _story(rng, plan, case_id, at):
        if at >= plan.until:
            due = plan.until + OPEN_CLOCKS * rng.random()
            clock = ClockStarted(case_id=case_id, duty="assess", party=OFFICE, due_at=due)
            return [*life, Dated(life[-1].at, clocks_of(case_id), 0, clock)]
        life.append(Dated(at, case_id, len(life), event))
        at += timedelta(hours=rng.expovariate(1 / BETWEEN))
    return life


def _story(rng: Random, plan: Plan, case_id: UUID, at: datetime) -> Iterator[facts.CaseEvent]:
    course = rng.random()
    yield from _at_the_desk(rng, plan.number_of(case_id), at)
    if course < _ADVISED:
        yield facts.CaseClosed(reason="referred", explanation="The worker was told of the wage court and its deadline.")
    elif course < _BEFORE_AN_EMPLOYER:
        yield facts.NoteAdded(text="Can talk after the shift, from 20:00.")
        yield facts.CaseClosed(reason="withdrawn", explanation="The worker asked to stop.")
    else:
        place = rng.randrange(EMPLOYERS)
        asked, item = derived_id("simulated-escalation", str(case_id)), derived_id("simulated-remedy", str(case_id))
        employer, name = _employer(plan, place), _name(place)
        yield from before_the_employer(rng, at, employer, name, escalation_id=asked, by="simulated-desk")
        yield from remedied(rng, at, lambda: (item,))


def _at_the_desk(rng: Random, number: str, at: datetime) -> Iterator[facts.CaseEvent]:
    issue = rng.choice(_ISSUES)
    yield facts.CaseOpened(
        number=number,
        channel=CHANNEL,
        language=rng.choice(_LANGUAGES),
        acknowledge_by=at + timedelta(days=7),
        summary=f"Wages of {rng.randint(1, 6)} months are missing, and the foreman keeps the passports.",
        country=rng.choice(_COUNTRIES),
        sector="seafood",
        workers=rng.choice(_WORKERS),
        issues=(issue,),
        statistics_consent=rng.random() < _COUNTED,
    )
    yield facts.CaseTriaged(
        issues=(issue,),
        severity=rng.choice(("S2", "S3", "S3", "S4")),
        admissible=True,
        admissibility_reason="Within the mandate.",
        danger_now=False,
        assess_by=at + timedelta(days=10),
    )
    yield facts.CaseAssigned(assignee=f"desk-{rng.randrange(HANDLERS)}", team="simulated")


def before_the_employer(
    rng: Random, at: datetime, employer: UUID, name: str, *, escalation_id: UUID, by: str
) -> Iterator[facts.CaseEvent]:
    """Yield how a case comes before its employer, and mostly an answer; `by` obtained the consent."""
    yield facts.RespondentNamed(organisation_id=employer, name=name, kind="employer", role="employer")
    yield facts.ConsentRecorded(
        recipient=str(employer), purpose="disclose-facts", obtained_from="individual", obtained_by=by
    )
    yield facts.CaseEscalated(
        escalation_id=escalation_id,
        organisation_id=employer,
        name=name,
        level="employer",
        brief="Workers at one of your sites report this. Please say what you found and what you will do.",
        answer_by=at + timedelta(days=40),
    )
    if rng.random() < _ANSWERED:
        yield facts.EmployerResponseRecorded(
            escalation_id=escalation_id,
            organisation_id=employer,
            position="partly",
            text="The site was asked; see above.",
        )


def remedied(rng: Random, at: datetime, item_ids: Callable[[], Sequence[UUID]]) -> Iterator[facts.CaseEvent]:
    """Yield how a case ends: without a remedy, or with one for each of the ids, paid and verified."""
    if rng.random() < _UNREMEDIED:
        yield facts.CaseClosed(reason="unremedied", explanation="The employer did not act.")
        return
    owed = Money(amount=Decimal(rng.randrange(1_000, 90_000)), currency="THB")
    due = (at + timedelta(days=60)).date()
    items = tuple(
        facts.RemedyItem(item_id=item_id, remedy="RM-WAG", owner="the employer", due_on=due, assessed=owed)
        for item_id in item_ids()
    )
    yield facts.RemedyPlanAgreed(items=items, complainant_consulted=True)
    for item in items:
        yield facts.RemedyItemCompleted(item_id=item.item_id, evidence="Receipts seen.", complete=True, paid=owed)
        yield facts.RemedyItemVerified(item_id=item.item_id, method="worker-confirmed")
    yield facts.CaseClosed(reason="remedied", explanation="Every promise was kept, and the workers were asked.")


def _employer(plan: Plan, place: int) -> UUID:
    return derived_id("simulated-employer", str(plan.seed), str(place))


def _name(place: int) -> str:
    return f"Employer {place:03d} Co., Ltd."
