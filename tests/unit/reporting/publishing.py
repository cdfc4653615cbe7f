"""Populations of cases told to a log, and the editions that are made of them."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from services.reporting.bootstrap import axes_of
from services.reporting.domain.audience import Audience
from services.reporting.domain.quarters import Quarter
from services.reporting.domain.rules import Rule
from services.reporting.projections import CASE_FACTS
from services.reporting.settings import Settings
from services.reporting.views.editions import Edition, Editions
from services.reporting.views.engine import Table
from services.reporting.views.warehouse import Warehouse
from shared.events import cases
from shared.events.values import Money
from shared.policy import default_policy
from tests.unit.reporting.figuring import DEFINITIONS, ROWS
from tests.unit.reporting.lives import NAMES, Log

QUARTER = Quarter(2026, 1)
LATER = datetime(2026, 12, 1, tzinfo=UTC)
SETTINGS = Settings(public_channels=("line", "phone"), public_countries=("TH", "KH"))
RULES = {Audience.PARTNER: Rule(5), Audience.PUBLIC: Rule(10)}
CHANNELS = ("line", "phone", "other")
SEVERITIES = ("S1", "S2", "S3", "S4", None)


@dataclass(frozen=True)
class Complaint:
    """One case of the quarter: what the tables tell apart."""

    channel: str = "line"
    severity: str | None = "S2"
    country: str | None = "TH"
    issues: tuple[str, ...] = ("WAG-NON",)
    workers: int = 1
    consent: bool = True
    reason: str | None = None
    days: int = 3
    answered: tuple[bool, ...] = ()
    """Requests to a party: answered in time, or never."""
    claimed: Decimal | None = None


@dataclass
class Office:
    """A log of cases, and editions of it."""

    folder: Path
    log: Log = field(default_factory=lambda: Log("cases"))

    def take(self, complaints: Sequence[Complaint], opened: datetime = QUARTER.start + timedelta(days=1)) -> list[UUID]:
        """Tell complaints to the log, one case each, and return the ids of the cases."""
        return [self._tell(complaint, opened) for complaint in complaints]

    def editions(self, now: datetime = LATER, warehouse: Warehouse | None = None) -> Editions:
        """Return the editions that somebody makes who begins at a moment."""
        return Editions(
            definitions=DEFINITIONS,
            cases=Table("cases", CASE_FACTS, self.log),
            warehouse=warehouse or Warehouse(self.folder, ROWS, memory="256MB", threads=1),
            clock=lambda: now,
            axes=axes_of(default_policy(), SETTINGS),
            rules=RULES,
            policy=default_policy(),
        )

    def _tell(self, complaint: Complaint, opened: datetime) -> UUID:
        stream = uuid5(NAMES, f"complaint-{len(self.log.versions)}")
        self.log.tell(stream, _opening(complaint, len(self.log.versions)), opened)
        if complaint.severity is not None:
            self.log.tell(stream, _triage(complaint), opened)
        for number, answered in enumerate(complaint.answered):
            for event in _request(uuid5(stream, str(number)), opened + timedelta(days=7), answered=answered):
                self.log.tell(stream, event, opened)
        if complaint.claimed is not None:
            self.log.tell(stream, _plan(stream, complaint.claimed), opened)
        if complaint.reason is not None:
            closed = cases.CaseClosed(reason=complaint.reason, explanation="so it was")  # type: ignore[arg-type]  # drawn
            self.log.tell(stream, closed, opened + timedelta(days=complaint.days))
        return stream


def numbers(edition: Edition, name: str) -> Mapping[Any, object]:
    """Return the last number of each row of a table under its labels, a single label without its tuple."""
    rows = edition.named(name).table.rows
    return {row[0] if len(row) == 2 else row[:-1]: row[-1] for row in rows}


def population(cells: Sequence[int], chance: random.Random) -> Sequence[Complaint]:
    """Return complaints: so many for each channel and severity, whatever chance adds to them."""
    reasons = ("remedied", "partial", "withdrawn", None)
    return [
        Complaint(
            channel=CHANNELS[cell // len(SEVERITIES)],
            severity=SEVERITIES[cell % len(SEVERITIES)],
            country=chance.choices(("TH", "KH", "VN", None), (60, 20, 10, 10))[0],
            issues=tuple(chance.sample(("WAG-NON", "DOC-RET", "REC-FEE"), chance.randint(0, 3))),
            workers=chance.choice((1, 1, 1, 4, 40)),
            consent=chance.random() < 0.9,
            reason=chance.choices(reasons, (50, 20, 5, 25))[0],
            answered=tuple(chance.random() < 0.8 for _ in range(chance.randint(0, 2))),
        )
        for cell, count in enumerate(cells)
        for _ in range(count)
    ]


def _opening(complaint: Complaint, number: int) -> cases.CaseOpened:
    return cases.CaseOpened(
        number=f"RG-{number}",
        channel=complaint.channel,
        language="th",
        country=complaint.country,
        workers=complaint.workers,
        issues=complaint.issues,
        statistics_consent=complaint.consent,
    )


def _triage(complaint: Complaint) -> cases.CaseTriaged:
    return cases.CaseTriaged(
        issues=complaint.issues,
        severity=str(complaint.severity),
        admissible=True,
        admissibility_reason="in scope",
        danger_now=False,
    )


def _request(
    escalation: UUID, due: datetime, *, answered: bool
) -> Sequence[cases.CaseEscalated | cases.EmployerResponseRecorded]:
    organisation = uuid5(NAMES, "Alpha")
    asked = cases.CaseEscalated(
        escalation_id=escalation,
        organisation_id=organisation,
        name="Alpha",
        level="employer",
        brief="wages of a group are unpaid",
        answer_by=due,
    )
    answer = cases.EmployerResponseRecorded(escalation_id=escalation, organisation_id=organisation, position="partly")
    return [asked, answer] if answered else [asked]


def _plan(stream: UUID, claimed: Decimal) -> cases.RemedyPlanAgreed:
    item = cases.RemedyItem(
        item_id=uuid5(stream, "item"),
        remedy="RM-WAG",
        owner="employer",
        due_on=QUARTER.end.date(),
        claimed=Money(amount=claimed, currency="THB"),
    )
    return cases.RemedyPlanAgreed(items=(item,), complainant_consulted=True)
