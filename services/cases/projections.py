"""Events -> rows of the lists."""

from collections.abc import Sequence
from datetime import UTC
from functools import partial
from typing import Any

from msgspec.structs import replace

from services.cases.domain import clocks as ticking
from services.cases.domain import crew
from services.cases.domain.course import after
from services.cases.domain.disclosure import LADDER
from services.cases.domain.queues import standing
from services.cases.domain.tasks import UNASSIGNED
from services.cases.views import (
    CASES,
    CLOCK_ROWS,
    KEPT_FILTERS,
    KEPT_TEMPLATES,
    NEVER,
    ORGANISATIONS,
    PATTERNS,
    PLANS,
    REVIEWS,
    WORDS,
    Blind,
    CaseRow,
    ClocksRow,
    KeptRow,
    OpenTask,
    OrganisationRow,
    PatternRow,
    PlanRow,
    ReviewRow,
    has_words,
    is_of_plan,
)
from shared.documents.folding import Projection
from shared.events import cases as facts
from shared.events import clocks, desk, parties, protection, questions, together
from shared.events.envelope import Recorded
from shared.policy import Policy
from shared.reaching import fold_reach
from shared.vault.vault import Vault

IMPORTED = "import"
"""The channel of records of earlier systems."""


def fold_case(row: CaseRow | None, recorded: Recorded, policy: Policy) -> CaseRow:
    """Return the row of a case after one more fact."""
    row = row or CaseRow(id=recorded.envelope.stream_id)
    fold_reach(row, recorded, policy)
    row.course = after(row.course, recorded)
    row.state = row.course.state
    row.next_due = row.course.next_due
    row.due_by = row.next_due or NEVER
    _mark(row, recorded)
    row.crew = crew.after(row.crew, recorded)
    row.merged_into = row.crew.merged_into
    row.sighted_at = row.opened_at if row.merged_into is None and row.channel != IMPORTED else None
    row.workers = row.crew.workers(row.opened_with)
    row.queues = standing(row.course, row.severity, row.assignee)
    return row


def _mark(row: CaseRow, recorded: Recorded) -> None:  # noqa: C901 - one table of facts
    match recorded.event:
        case facts.CaseOpened() as event:
            _open(row, event, recorded)
        case facts.CaseTriaged(issues=issues, severity=severity):
            row.issues, row.severity = issues, severity
        case facts.RespondentNamed(organisation_id=organisation_id, name=name):
            row.respondents = tuple(dict.fromkeys((*row.respondents, str(organisation_id))))
            row.respondent_names = tuple(dict.fromkeys((*row.respondent_names, name)))
            row.text = _searchable(row)
        case protection.RetaliationReported(severity=severity):
            row.severity, row.issues = severity, tuple(dict.fromkeys((*row.issues, protection.REPRISAL)))
        case facts.CaseEscalated(level=level):
            row.level = max(row.level or level, level, key=LADDER.index)
        case facts.CaseAssigned(assignee=assignee):
            _task(row, tuple(_of_handler(task, assignee) for task in row.tasks))
        case desk.TaskAdded() as event:
            version, due_at = recorded.envelope.stream_version, event.due_at
            task = OpenTask(
                task_id=event.task_id, what=event.what, assignee=event.assignee, version=version, due_at=due_at
            )
            _task(row, (*row.tasks, task))
        case desk.TaskFinished(task_id=task_id):
            _task(row, tuple(task for task in row.tasks if task.task_id != task_id))
        case facts.CaseClosed(reason=reason):
            row.closed_at, row.close_reason = recorded.envelope.occurred_at.astimezone(UTC), reason
        case facts.CaseRetired():
            row.retained = False
        case facts.CaseReopened():
            row.closed_at, row.close_reason = None, None
        case _:
            pass


def _open(row: CaseRow, event: facts.CaseOpened, recorded: Recorded) -> None:
    row.number = event.number
    row.channel = event.channel
    row.subject = recorded.envelope.subject
    # Records of earlier systems came in without a person who could be erased.
    row.retained = event.channel != IMPORTED
    row.country = event.country
    row.sector = event.sector
    row.site = event.site
    row.opened_with = event.workers
    row.issues = event.issues
    row.opened_at = recorded.envelope.occurred_at.astimezone(UTC)
    row.text = _searchable(row)


def _of_handler(task: OpenTask, assignee: str) -> OpenTask:
    return replace(task, assignee=assignee) if task.assignee == UNASSIGNED else task


def _task(row: CaseRow, tasks: tuple[OpenTask, ...]) -> None:
    row.tasks = tasks
    row.task_of = tuple(dict.fromkeys(task.assignee for task in tasks))


def _searchable(row: CaseRow) -> str:
    return "\n".join((row.number, row.site or "", *row.respondent_names))


def fold_organisation(row: OrganisationRow | None, recorded: Recorded) -> OrganisationRow:
    """Return the row of an organisation after one more fact."""
    row = row or OrganisationRow(id=recorded.envelope.stream_id)
    match recorded.event:
        case facts.OrganisationRegistered() as event:
            row.name, row.kind = event.name, event.kind
            row.country, row.os_id = event.country, event.os_id
            row.registered_at = recorded.envelope.occurred_at.astimezone(UTC)
            row.names = event.name
        case parties.OrganisationRenamed(name=name):
            row.name, row.names = name, f"{row.names}\n{name}"
        case parties.OrganisationMerged(survivor_id=survivor_id):
            row.merged_into = survivor_id
        case parties.OrganisationUnmerged():
            row.merged_into = None
        case parties.RelationRecorded(organisation_id=other) as event:
            _related(row, event.kind, {*_relations(row, event.kind), str(other)})
        case parties.RelationEnded(organisation_id=other) as event:
            _related(row, event.kind, {*_relations(row, event.kind)} - {str(other)})
        case _:
            pass
    return row


def _relations(row: OrganisationRow, kind: parties.RelationKind) -> tuple[str, ...]:
    return row.supplies if kind == "supplies" else row.recruits_for


def _related(row: OrganisationRow, kind: parties.RelationKind, others: set[str]) -> None:
    if kind == "supplies":
        row.supplies = tuple(sorted(others))
    else:
        row.recruits_for = tuple(sorted(others))


def fold_review(row: ReviewRow | None, recorded: Recorded) -> ReviewRow:
    """Return the row of a review after one more fact; a new word of the same worker waits again."""
    row = row or ReviewRow(id=recorded.envelope.stream_id)
    match recorded.event:
        case parties.ReviewReceived() as event:
            row.organisation_id, row.stars, row.channel = event.organisation_id, event.stars, event.channel
            row.received_at, row.status = recorded.envelope.occurred_at.astimezone(UTC), "waiting"
        case parties.ReviewApproved():
            row.status = "approved"
        case _:
            row.status = "rejected"
    return row


def fold_pattern(row: PatternRow | None, recorded: Recorded) -> PatternRow:
    """Return the row of a pattern after it was raised once more."""
    row = row or PatternRow(id=recorded.envelope.stream_id)
    match recorded.event:
        case together.PatternRaised() as event:
            row.kind, row.key, row.organisation_id = event.kind, event.key, event.organisation_id
            row.cases, row.workers, row.since = event.cases, event.workers, event.since
            row.raised_at, row.times = recorded.envelope.recorded_at.astimezone(UTC), row.times + 1
        case _:
            pass
    return row


def fold_clocks(row: ClocksRow | None, recorded: Recorded) -> ClocksRow:
    """Return the row of the clocks of a case after one more fact."""
    row = row or ClocksRow(id=recorded.envelope.stream_id)
    row.clocks = ticking.evolve(row.clocks, recorded)
    row.case_id = row.clocks.case_id
    row.wakes_at = row.clocks.wakes_at or NEVER
    return row


def fold_kept(row: KeptRow | None, recorded: Recorded) -> KeptRow:
    """Return the row of a filter or template after one more fact."""
    row = row or KeptRow(id=recorded.envelope.stream_id)
    match recorded.event:
        case desk.FilterSaved() as event:
            row.kind, row.name, row.owner, row.shared = "filter", event.name, event.owner, event.shared
            row.filter, row.live = event.filter, True
        case desk.NoteTemplateSaved() as event:
            row.kind, row.name, row.language, row.text = "template", event.name, event.language, event.text
            row.live = True
        case _:
            row.live = False
    row.saved_at = recorded.envelope.recorded_at.astimezone(UTC)
    return row


def fold_plan(_row: PlanRow | None, recorded: Recorded) -> PlanRow:
    """Return the row of a question after a fact of it: the last one says all."""
    case_id = recorded.envelope.stream_id
    match recorded.event:
        case questions.QuestionPlanned(question_id=question_id, ask_at=ask_at):
            return PlanRow(id=question_id, case_id=case_id, ask_at=ask_at)
        case questions.QuestionWithheld(question_id=question_id) | questions.QuestionAsked(question_id=question_id):
            return PlanRow(id=question_id, case_id=case_id)
        case _:
            raise TypeError(recorded.envelope.type)


def projections(policy: Policy, vault: Vault) -> Sequence[Projection[Any]]:
    """Return the views; the policy says which issues only few may read, the vault opens what is hashed for search."""
    return (
        Projection(CASES, "cases", facts.CASE, partial(fold_case, policy=policy)),
        Projection(ORGANISATIONS, "cases", facts.ORGANISATION, fold_organisation),
        Projection(REVIEWS, "cases", parties.REVIEW, fold_review),
        Projection(PATTERNS, "cases", together.PATTERN, fold_pattern),
        Projection(CLOCK_ROWS, "cases", clocks.CLOCKS, fold_clocks),
        Projection(KEPT_FILTERS, "cases", desk.FILTER, fold_kept),
        Projection(KEPT_TEMPLATES, "cases", desk.TEMPLATE, fold_kept),
        Projection(WORDS, "cases", facts.CASE, Blind(vault).fold, apart=has_words),
        Projection(PLANS, "cases", facts.CASE, fold_plan, apart=is_of_plan),
    )
