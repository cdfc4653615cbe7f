"""Tasks on a case: what somebody shall do, until it is done."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.cases.domain.gates import said, still_open
from services.cases.domain.state import Case, Task
from shared.errors import InvalidError, NotFoundError
from shared.events import desk
from shared.events.envelope import Event

UNASSIGNED = "unassigned"
"""Stands for the handler that a case does not have yet; its next one takes the task over."""


class AddTask(msgspec.Struct, frozen=True, kw_only=True):
    """Have somebody, by key id, do something."""

    what: str
    assignee: str
    due_at: datetime | None = None


class FinishTask(msgspec.Struct, frozen=True, kw_only=True):
    """Say that a task is done, or why it was dropped."""

    task_id: UUID
    outcome: str | None = None


def add_task(case: Case, command: AddTask, *, task_id: UUID, at: datetime) -> Sequence[Event]:
    """Add a task to an open case."""
    still_open(case)
    if command.due_at is not None and command.due_at <= at:
        raise InvalidError("'due_at' lies in the past.", field="due_at")
    what, assignee = said(command.what, "what"), said(command.assignee, "assignee")
    return [desk.TaskAdded(task_id=task_id, what=what, assignee=assignee, due_at=command.due_at)]


def taken_over(tasks: tuple[Task, ...], assignee: str) -> tuple[Task, ...]:
    """Return the tasks once somebody is the handler: those that waited for one are theirs."""
    return tuple(
        replace(one, added=replace(one.added, assignee=assignee)) if _waits_for_a_handler(one) else one for one in tasks
    )


def _waits_for_a_handler(task: Task) -> bool:
    return task.done_at is None and task.added.assignee == UNASSIGNED


def finish_task(case: Case, command: FinishTask) -> Sequence[Event]:
    """Finish a task; one that is done already says nothing new. Tasks outlive the closure of their case."""
    task = next((task for task in case.tasks if task.added.task_id == command.task_id), None)
    if task is None:
        raise NotFoundError("The case has no task of this id.")
    return [] if task.done_at else [desk.TaskFinished(task_id=command.task_id, outcome=command.outcome)]
