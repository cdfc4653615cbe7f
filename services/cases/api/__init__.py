"""HTTP in -> command -> HTTP out. Routes of reading in `reading`, of doing in `doing`; bodies by idea beside them."""

from collections.abc import Sequence

from fastapi import APIRouter

from services.cases.api.answering import Entrance, answer_routes, link_routes
from services.cases.api.answering_pages import answer_pages
from services.cases.api.desk import bulk_routes, desk_routes, keeping_routes
from services.cases.api.doing import COMMANDS, CommandRoute, code_word_route, command_routes, opening_routes
from services.cases.api.parties import FEES, party_routes
from services.cases.api.policies import policies_routes
from services.cases.api.procedure import COMMANDS as PROCEDURE
from services.cases.api.procedure import procedure_routes
from services.cases.api.questions import COMMANDS as QUESTIONS
from services.cases.api.questions import question_routes
from services.cases.api.reading import reading_routes
from services.cases.api.remedying import remedy_routes
from services.cases.api.searching import searching_routes
from services.cases.api.together import COMMANDS as TOGETHER
from services.cases.api.together import together_routes
from services.cases.application import (
    Adopting,
    Answering,
    Cases,
    Keeping,
    Parties,
    Procedure,
    Questions,
    Remedying,
    Together,
)
from services.cases.views import Briefs, Company, Desk, Files, Patterns, Records, Search
from shared.clock import Clock
from shared.rights import Role

ON_CASES: Sequence[CommandRoute] = (*COMMANDS, *PROCEDURE, *QUESTIONS, *TOGETHER, *FEES)
"""The commands on a case of which it says beforehand whether they may be given now."""


def routers(cases: Cases, keeping: Keeping, records: Records, desk: Desk, clock: Clock) -> Sequence[APIRouter]:
    """Return every route of this service."""
    return (
        opening_routes(cases),
        bulk_routes(cases),
        keeping_routes(keeping),
        command_routes(cases),
        code_word_route(cases),
        desk_routes(records, desk, clock),
        reading_routes(cases, records, desk.lists, clock, allowed),
    )


def allowed(role: Role) -> frozenset[str]:
    """Return the commands on a case that a role may give."""
    return frozenset(route.path for route in ON_CASES if role in route.roles)


def answering_routers(door: Answering, briefs: Briefs, records: Records, files: Files) -> Sequence[APIRouter]:
    """Return the routes about and behind the links by which respondents answer, and their page."""
    entrance = Entrance(door, briefs)
    return *link_routes(door, records, files), answer_routes(entrance), answer_pages(entrance, records.policy)


def organisation_routers(parties: Parties, records: Records, company: Company, clock: Clock) -> Sequence[APIRouter]:
    """Return the routes about organisations beyond their registration."""
    return party_routes(parties, records, company, clock)


def together_routers(together: Together, patterns: Patterns) -> Sequence[APIRouter]:
    """Return the routes of grievances that belong together, and of protecting the people in them."""
    return together_routes(together, patterns)


def procedure_router(procedure: Procedure) -> APIRouter:
    """Return the routes of the steps that not every case takes."""
    return procedure_routes(procedure)


def policies_router(adopting: Adopting) -> APIRouter:
    """Return the routes of the rules that were ever adopted."""
    return policies_routes(adopting)


def searching_router(search: Search) -> APIRouter:
    """Return the route of the search over what people said."""
    return searching_routes(search)


def question_router(questions: Questions) -> APIRouter:
    """Return the route by which the complainant is asked something by a message."""
    return question_routes(questions)


def remedying_router(remedying: Remedying) -> APIRouter:
    """Return the routes of remedies beyond the plan."""
    return remedy_routes(remedying)
