"""Routes of grievances that belong together, of patterns, and of protecting the people in them."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.cases.api import examples
from services.cases.api.doing import HEADS, CommandRoute, command_routes
from services.cases.api.examples import shown
from services.cases.api.filters import Paged
from services.cases.api.reading import json_answer
from services.cases.api.words import ITEM, ORGANISATION, PREFIX, CommandBody, GuardedBody, IssueCode, example
from services.cases.application import Together
from services.cases.domain import retaliation, together
from services.cases.views import Patterns
from shared.events.protection import CheckOutcome, Reprisal
from shared.events.together import LinkKind, PatternKind
from shared.rights import Caller, Role
from shared.web.access import allow
from shared.web.consistency import caught_up
from shared.web.fields import Line, Prose, Workers

Acts = Annotated[tuple[Reprisal, ...], Field(max_length=20)]
Members = Annotated[tuple[UUID, ...], Field(max_length=1000)]


class JoinBody(CommandBody):
    """Who joins: a reference by which this person is told from others; it is kept as a keyed hash only."""

    model_config = example(reference="W-2041", name="Aye Aye Mon")

    reference: Annotated[Line, Field(description="The same for the same person, in whichever case.")]
    name: Line | None = None


class LeaveBody(CommandBody):
    """Who leaves."""

    model_config = example(member_id=ITEM)

    member_id: UUID


class CountBody(CommandBody):
    """How many workers are affected in all."""

    model_config = example(workers=40)

    workers: Workers


class RepresentativeBody(CommandBody):
    """Who speaks for the workers."""

    model_config = example(name="Ko Min, shift leader", member_id=ITEM)

    name: Line
    member_id: UUID | None = None
    organisation_id: UUID | None = None


class LinkBody(CommandBody):
    """Which other case, and how it belongs to this one."""

    model_config = example(other_id=ITEM, kind="same-employer")

    other_id: UUID
    kind: LinkKind = "related"


class UnlinkBody(CommandBody):
    """Which other case."""

    model_config = example(other_id=ITEM)

    other_id: UUID


class MergeCaseBody(CommandBody):
    """On which case the work goes on, and how one knows that it is the same matter."""

    model_config = example(survivor_id=ITEM, reason="The same twelve workers, told by two of them.")

    survivor_id: UUID
    reason: Line


class UnmergeCaseBody(CommandBody):
    """How one knows that it is a matter of its own."""

    model_config = example(reason="It was another month.")

    reason: Line


class SplitBody(CommandBody):
    """Who goes on with a case of their own."""

    model_config = example(workers=3, members=[ITEM], issues=["WAG-NON"])

    workers: Workers
    members: Members = ()
    issues: Annotated[tuple[IssueCode, ...] | None, Field(description="Default: those of this case.")] = None


class RetaliationBody(CommandBody):
    """What was done to somebody for the complaint."""

    model_config = example(acts=["dismissal"], statement="They were sent home the next day.")

    acts: Annotated[Acts, Field(min_length=1)]
    statement: Prose
    organisation_id: Annotated[UUID | None, Field(description="Who did it, where registered.")] = None


class CheckBody(GuardedBody):
    """What the workers said, or that they could not be reached."""

    model_config = example(outcome="none", statement="All still work there.")

    outcome: CheckOutcome
    statement: Annotated[Prose | None, Field(description="Needed for 'reported'.")] = None
    acts: Annotated[Acts, Field(description="Needed for 'reported'.")] = ()


class ReleaseBody(CommandBody):
    """Why what rests may be disclosed again."""

    model_config = example(reason="The workers are in a shelter and asked for it.")

    reason: Line


class PatternsAsked(Paged):
    """Which patterns."""

    kind: PatternKind | None = None
    organisation_id: Annotated[UUID | None, Field(description=f"Such as {ORGANISATION}.")] = None


COMMANDS: Sequence[CommandRoute] = (
    CommandRoute("join-worker", JoinBody, together.JoinWorker, Together.join),
    CommandRoute("leave-worker", LeaveBody, together.LeaveWorker, Together.leave),
    CommandRoute("count-workers", CountBody, together.CountGroup, Together.count),
    CommandRoute("name-representative", RepresentativeBody, together.NameRepresentative, Together.name_representative),
    CommandRoute("link", LinkBody, together.LinkCase, Together.link),
    CommandRoute("unlink", UnlinkBody, together.UnlinkCase, Together.unlink),
    CommandRoute("merge", MergeCaseBody, together.MergeCase, Together.merge),
    CommandRoute("unmerge", UnmergeCaseBody, together.UnmergeCase, Together.unmerge),
    CommandRoute("split", SplitBody, together.SplitCase, Together.split),
    CommandRoute("report-retaliation", RetaliationBody, retaliation.ReportRetaliation, Together.report_retaliation),
    CommandRoute("check-retaliation", CheckBody, retaliation.CheckRetaliation, Together.check_retaliation),
    CommandRoute("release-disclosure", ReleaseBody, retaliation.ReleaseDisclosure, Together.release_disclosure, HEADS),
)


def together_routes(doer: Together, patterns: Patterns) -> Sequence[APIRouter]:
    """Return every route of this kind."""
    routes = APIRouter(prefix=PREFIX, tags=["cases"], dependencies=[Depends(caught_up)])

    @routes.get("/patterns", summary="List what keeps coming back", responses=shown(200, examples.PATTERNS))
    async def list_patterns(
        caller: Annotated[Caller, Depends(allow(*HEADS, Role.AUDITOR))], asked: Annotated[PatternsAsked, Query()]
    ) -> Response:
        return json_answer(await patterns.listed(caller, asked.kind, asked.organisation_id, asked.limit, asked.after))

    return command_routes(doer, COMMANDS), routes
