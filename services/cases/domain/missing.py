"""What follows when a clock is missed: the next party of the pack's ladder is asked, or a supervisor is alerted."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from services.cases.domain.clocks import Clock
from services.cases.domain.commands import Escalate
from services.cases.domain.disclosure import LADDER, escalate
from services.cases.domain.organisations import Organisation
from services.cases.domain.state import Case, Escalation
from shared.errors import GateClosedError
from shared.events import cases as facts
from shared.events import clocks as told
from shared.events.envelope import Event
from shared.policy import Policy

STANDS_ON: Mapping[str, frozenset[str]] = {
    "buyer": frozenset({"brand"}),
    "authority": frozenset({"government", "union", "cso"}),
}
"""Which kinds of organisation stand on a rung of the ladder; the other rungs are climbed by people only."""

Registered = Callable[[UUID], Organisation | None]


class Missed(msgspec.Struct, frozen=True):
    """What was missed, and what is said in the case because of it."""

    missed: told.ClockMissed
    said: Sequence[Event] = ()


def missed(
    clock: Clock, case: Case, *, at: datetime, escalation_id: UUID, registered: Registered, policy: Policy
) -> Missed:
    """Decide what a missed clock leads to, at the time `at` when it is seen."""
    if clock.duty != "answer":
        return Missed(_alert(clock, case, "duty-of-another-kind" if clock.party != "office" else "duty-of-the-office"))
    waiting = next((one for one in case.escalations if one.sent.escalation_id == clock.subject), None)
    if waiting is None or waiting.sent.level not in policy.ladder.escalates:
        return Missed(_alert(clock, case, "not-in-the-ladder"))
    refused = "nobody-on-the-next-rung"
    for command in _next_rung(case, waiting):
        try:
            said = escalate(
                case,
                command,
                at=at,
                escalation_id=escalation_id,
                organisation=registered(command.organisation_id),
                policy=policy,
            )
        except GateClosedError as closed:
            refused = closed.gate
            continue
        return Missed(_escalated(clock, case, command), said)
    return Missed(_alert(clock, case, refused))


def _next_rung(case: Case, waiting: Escalation) -> Iterator[Escalate]:
    """Yield the wish to ask each respondent who stands on the next rung and was not asked yet."""
    rung = LADDER.index(waiting.sent.level) + 1
    level: facts.EscalationLevel | None = LADDER[rung] if rung < len(LADDER) else None
    if level is None:
        return
    asked = {one.sent.organisation_id for one in case.escalations}
    for respondent in case.respondents:
        if respondent.kind in STANDS_ON.get(level, ()) and respondent.organisation_id not in asked:
            yield Escalate(organisation_id=respondent.organisation_id, level=level, brief=waiting.sent.brief)


def _alert(clock: Clock, case: Case, because: str) -> told.ClockMissed:
    return told.ClockMissed(
        case_id=case.case_id,
        duty=clock.duty,
        party=clock.party,
        subject=clock.subject,
        due_at=clock.due_at,
        consequence="alerted",
        because=because,
    )


def _escalated(clock: Clock, case: Case, command: Escalate) -> told.ClockMissed:
    return told.ClockMissed(
        case_id=case.case_id,
        duty=clock.duty,
        party=clock.party,
        subject=clock.subject,
        due_at=clock.due_at,
        consequence="escalated",
        because="ladder",
        level=command.level,
        escalated_to=command.organisation_id,
    )
