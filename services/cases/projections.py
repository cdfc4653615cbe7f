"""Events -> rows of the lists."""

from collections.abc import Sequence
from datetime import UTC
from functools import partial
from typing import Any

from services.cases.domain import clocks as ticking
from services.cases.domain.course import after
from services.cases.domain.disclosure import LADDER
from services.cases.domain.queues import standing
from services.cases.views import (
    CASES,
    CLOCK_ROWS,
    KEPT_FILTERS,
    KEPT_TEMPLATES,
    NEVER,
    ORGANISATIONS,
    CaseRow,
    ClocksRow,
    KeptRow,
    OpenTask,
    OrganisationRow,
)
from shared.documents.folding import Projection
from shared.events import cases as facts
from shared.events import clocks, desk
from shared.events.envelope import Recorded
from shared.policy import Policy
from shared.reaching import fold_reach


def fold_case(row: CaseRow | None, recorded: Recorded, policy: Policy) -> CaseRow:
    """Return the row of a case after one more fact."""
    row = row or CaseRow(id=recorded.envelope.stream_id)
    fold_reach(row, recorded, policy)
    row.course = after(row.course, recorded)
    row.state = row.course.state
    row.next_due = row.course.next_due
    row.due_by = row.next_due or NEVER
    _mark(row, recorded)
    row.queues = standing(row.course, row.severity, row.assignee)
    return row


def _mark(row: CaseRow, recorded: Recorded) -> None:
    match recorded.event:
        case facts.CaseOpened() as event:
            _open(row, event, recorded)
        case facts.CaseTriaged(issues=issues, severity=severity):
            row.issues, row.severity = issues, severity
        case facts.RespondentNamed(organisation_id=organisation_id, name=name):
            row.respondents = tuple(dict.fromkeys((*row.respondents, str(organisation_id))))
            row.respondent_names = tuple(dict.fromkeys((*row.respondent_names, name)))
            row.text = _searchable(row)
        case facts.CaseEscalated(level=level):
            row.level = max(row.level or level, level, key=LADDER.index)
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
    row.retained = event.channel != "import"
    row.country = event.country
    row.sector = event.sector
    row.site = event.site
    row.workers = event.workers
    row.issues = event.issues
    row.opened_at = recorded.envelope.occurred_at.astimezone(UTC)
    row.text = _searchable(row)


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


def projections(policy: Policy) -> Sequence[Projection[Any]]:
    """Return the views; the policy says which issues only few may read."""
    return (
        Projection(CASES, "cases", facts.CASE, partial(fold_case, policy=policy)),
        Projection(ORGANISATIONS, "cases", facts.ORGANISATION, fold_organisation),
        Projection(CLOCK_ROWS, "cases", clocks.CLOCKS, fold_clocks),
        Projection(KEPT_FILTERS, "cases", desk.FILTER, fold_kept),
        Projection(KEPT_TEMPLATES, "cases", desk.TEMPLATE, fold_kept),
    )
