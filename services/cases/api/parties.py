"""Routes about organisations in their company, reviews of them, and fees paid to them."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any, Literal, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from services.cases.api import examples
from services.cases.api.doing import CREATED, HEADS, OFFICE, CommandRoute, command_routes
from services.cases.api.examples import shown
from services.cases.api.filters import Asked, Paged
from services.cases.api.reading import STAFF, json_answer
from services.cases.api.words import ORGANISATION, PREFIX, CommandBody, OrganisationId, OsId, example
from services.cases.application import Parties
from services.cases.domain import commands, parties
from services.cases.views import Company, Records
from shared.clock import Clock
from shared.events.parties import Aspect, RelationKind
from shared.eventstore.context import CommandContext
from shared.eventstore.store import Written
from shared.rights import Caller, Role
from shared.web.access import allow
from shared.web.commands import Commanded, answer, as_command, true_since
from shared.web.consistency import caught_up
from shared.web.fields import Country, Line, Moment, MoneyField, Prose, Word, Workers
from shared.web.lean import LeanRoute

A_YEAR = timedelta(days=365)


class RenameBody(CommandBody):
    """The name from now on."""

    model_config = example(name="Golden Prawn Public Co., Ltd.")

    name: Line


class MergeBody(CommandBody):
    """Of which other organisation this is a duplicate, and how one knows."""

    model_config = example(survivor_id=ORGANISATION, reason="Same address and same tax number.")

    survivor_id: OrganisationId
    reason: Line


class UnmergeBody(CommandBody):
    """How one knows that it is another after all."""

    model_config = example(reason="The tax numbers differ.")

    reason: Line


class RelateBody(CommandBody):
    """What it does for which other organisation."""

    model_config = example(kind="supplies", organisation_id=ORGANISATION)

    kind: RelationKind
    organisation_id: OrganisationId


class SiteBody(CommandBody):
    """A place where workers work."""

    model_config = example(name="Samut Sakhon, plant 2", country="TH", os_id="TH2021250D1DTNJ")

    name: Line
    country: Annotated[Country | None, Field(description="Default: that of the organisation.")] = None
    os_id: Annotated[OsId | None, Field(description="Open Supply Hub id.")] = None


class HeadcountBody(CommandBody):
    """How many workers there were from a day on."""

    model_config = example(site_id=ORGANISATION, workers=420, counted_on="2026-01-31")

    site_id: UUID
    workers: Annotated[int, Field(ge=0, le=10_000_000)]
    counted_on: date


class FeeBody(CommandBody):
    """What each of so many workers paid, and on which way."""

    model_config = example(
        amount={"amount": "15000.00", "currency": "THB"},
        from_country="MM",
        to_country="TH",
        paid_on="2025-11-01",
        workers=12,
        recruiter_id=ORGANISATION,
    )

    amount: Annotated[MoneyField, Field(description="Paid by each of the workers.")]
    from_country: Country
    to_country: Country
    paid_on: date
    workers: Workers = 1
    recruiter_id: Annotated[UUID | None, Field(description="Registered recruiter or broker, where known.")] = None


class ReviewBody(CommandBody):
    """One to five stars on some aspects; the reviewer's name with the channel makes that each counts once."""

    model_config = example(channel="app", reviewer="user-81f3", stars={"no-fees": 2, "respect": 4})

    channel: Word
    stars: Annotated[Mapping[Aspect, Annotated[int, Field(ge=1, le=parties.MOST_STARS)]], Field(min_length=1)]
    text: Prose | None = None
    reviewer: Annotated[Line | None, Field(description="As the channel knows them; kept as a keyed hash only.")] = None


class ApproveBody(CommandBody):
    """Nothing more needs to be said."""

    model_config = example()


class RejectBody(CommandBody):
    """Why it does not count."""

    model_config = example(reason="It is about another company of a similar name.")

    reason: Line


class ReviewsAsked(Paged):
    """Which reviews."""

    status: Literal["waiting", "approved", "rejected"] = "waiting"


class RateAsked(Asked):
    """Which time."""

    opened_from: Annotated[Moment | None, Field(description="Default: a year before the end.")] = None
    opened_to: Annotated[Moment | None, Field(description="The first moment that is too late. Default: now.")] = None


class PartyRoute(NamedTuple):
    """One command on an organisation or a review, by the id in its path."""

    path: str
    body: type[CommandBody]
    command: type[commands.Command]
    method: Callable[..., Coroutine[Any, Any, Written]]
    roles: tuple[Role, ...] = OFFICE


ORGANISATIONS: Sequence[PartyRoute] = (
    PartyRoute("rename", RenameBody, parties.Rename, Parties.rename),
    PartyRoute("merge", MergeBody, parties.Merge, Parties.merge, HEADS),
    PartyRoute("unmerge", UnmergeBody, parties.Unmerge, Parties.unmerge, HEADS),
    PartyRoute("relate", RelateBody, parties.Relate, Parties.relate),
    PartyRoute("end-relation", RelateBody, parties.EndRelation, Parties.end_relation),
    PartyRoute("add-site", SiteBody, parties.AddSite, Parties.add_site),
    PartyRoute("count-heads", HeadcountBody, parties.CountHeads, Parties.count_heads),
    PartyRoute("review", ReviewBody, parties.ReviewOrganisation, Parties.review, (*OFFICE, Role.CHANNEL)),
)
REVIEWS: Sequence[PartyRoute] = (
    PartyRoute("approve", ApproveBody, parties.ApproveReview, Parties.moderate),
    PartyRoute("reject", RejectBody, parties.RejectReview, Parties.moderate),
)
FEES: Sequence[CommandRoute] = (CommandRoute("report-fee", FeeBody, parties.ReportFee, Parties.report_fee),)


def party_routes(doer: Parties, records: Records, company: Company, clock: Clock) -> Sequence[APIRouter]:
    """Return every route about organisations beyond their registration."""
    doing = APIRouter(prefix=PREFIX, tags=["organisations"], route_class=LeanRoute)
    for noun, name, table in (("organisation", "organisations", ORGANISATIONS), ("review", "reviews", REVIEWS)):
        for route in table:
            doing.add_api_route(
                f"/{name}/{{{noun}_id}}/{route.path}",
                _endpoint(route, doer, noun),
                methods=["POST"],
                status_code=CREATED if route.path == "review" else 200,
                operation_id=f"{noun}_{route.path.replace('-', '_')}",
                summary=(route.command.__doc__ or "").split("\n", 1)[0],
                responses=shown(CREATED if route.path == "review" else 200, examples.WRITTEN),
            )
    return doing, command_routes(doer, FEES), _reading(records, company, clock)


def _endpoint(route: PartyRoute, doer: Parties, noun: str) -> Callable[..., Coroutine[Any, Any, Response]]:
    async def carried_out(stream_id: UUID, body: Any, context: CommandContext) -> Response:
        circumstances = true_since(context, body.occurred_at)
        wanted = as_command(body, route.command)
        written = await route.method(doer, context=circumstances, command=wanted, **{f"{noun}_id": stream_id})
        if route.path == "review":
            return answer(written, doer.store.source, {"review_id": written.stream_id}, CREATED)
        return answer(written, doer.store.source)

    async def on_organisation(
        organisation_id: UUID, body: Any, context: CommandContext = Commanded(*route.roles)
    ) -> Response:
        return await carried_out(organisation_id, body, context)

    async def on_review(review_id: UUID, body: Any, context: CommandContext = Commanded(*route.roles)) -> Response:
        return await carried_out(review_id, body, context)

    command = on_review if noun == "review" else on_organisation
    command.__annotations__["body"] = route.body
    return command


def _reading(records: Records, company: Company, clock: Clock) -> APIRouter:
    routes = APIRouter(prefix=PREFIX, tags=["organisations"], dependencies=[Depends(caught_up)])

    @routes.get(
        "/organisations/{organisation_id}/rate",
        summary="Cases per 1,000 workers of an average day",
        responses=shown(200, examples.RATE),
    )
    async def get_rate(
        organisation_id: UUID, caller: Annotated[Caller, Depends(allow(*STAFF))], asked: Annotated[RateAsked, Query()]
    ) -> Response:
        known = await records.known(caller, organisation_id)
        until = asked.opened_to or clock()
        since = asked.opened_from or until - A_YEAR
        return json_answer(await company.rate(caller, organisation_id, known.sites, since, until))

    @routes.get(
        "/organisations/{organisation_id}/reviews",
        summary="What workers say of an organisation, from ten on",
        responses=shown(200, examples.REVIEWS_OF),
    )
    async def get_reviews(
        organisation_id: UUID, caller: Annotated[Caller, Depends(allow(*STAFF, Role.PARTNER, Role.CHANNEL))]
    ) -> Response:
        known = await records.known(caller, organisation_id)
        return json_answer(await company.reviews_of(caller, known.organisation_id))

    @routes.get("/reviews", summary="List reviews, the newest first", responses=shown(200, examples.REVIEWS))
    async def list_reviews(
        caller: Annotated[Caller, Depends(allow(*STAFF))], asked: Annotated[ReviewsAsked, Query()]
    ) -> Response:
        return json_answer(await company.reviews(caller, asked.status, asked.limit, asked.after))

    return routes
