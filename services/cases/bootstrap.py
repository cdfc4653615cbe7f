"""The composition root: lent parts in, the service out. Every part can be given instead."""

from functools import partial

from services.cases.api import (
    answering_routers,
    organisation_routers,
    policies_router,
    procedure_router,
    question_router,
    remedying_router,
    routers,
    searching_router,
    together_routers,
)
from services.cases.application import (
    Adopting,
    Answering,
    Cases,
    Keeping,
    Lookout,
    Parties,
    Procedure,
    Prompting,
    Questions,
    Remedying,
    Retiring,
    Together,
    Waking,
    index,
)
from services.cases.consumers import reactions
from services.cases.projections import projections
from services.cases.settings import Settings
from services.cases.views import (
    Blind,
    Briefs,
    ClockRows,
    Company,
    Files,
    Forgetting,
    Patterns,
    PlanRows,
    Records,
    Search,
    desk_on,
    viewed_themselves,
)
from services.cases.views.forgetting import REST as FORGETTING_REST
from shared.answer_link import PURPOSE
from shared.eventstore.store import EventStore
from shared.policy import Policy, read_packs, read_policy_file
from shared.privacy.persons import RecordOfPerson
from shared.privacy.reading import Reading
from shared.service import Parts, Service

NAME = "cases"
REST = 3600.0
"""Seconds between two looks at what is kept long enough, and whether the rules are those on record."""
PATTERNS_REST = 300.0
"""Seconds between two looks at what keeps coming back."""
TICK = 1.0
"""Seconds between two looks at the clocks that are due."""


def build(
    parts: Parts,
    settings: Settings | None = None,
    *,
    store: EventStore | None = None,
    policy: Policy | None = None,
) -> Service:
    """Put the service together."""
    store = store or parts.open_store(NAME, index)
    settings = settings or Settings()
    policy = policy or read_policy_file(settings.policy, "REDRESS_CASES_POLICY")
    packs = read_packs(policy, settings.policies, "REDRESS_CASES_POLICIES")
    cases = Cases(store, clock=parts.clock, ids=parts.ids, packs=packs, vault=parts.vault)
    reading = Reading(store, parts.vault)
    desk = desk_on(parts.documents, policy, reading)
    lists = desk.lists
    answering = Answering(cases, parts.secret(PURPOSE), parts.clock, parts.ids)
    adopting = Adopting(store, packs, parts.clock)
    questions = Questions(cases, parts.vault, parts.ids)
    records = Records(store, policy, reading)
    waking = Waking(cases, ClockRows(parts.documents).due, parts.clock, parts.ids)
    prompting = Prompting(cases, questions, PlanRows(parts.documents).due, parts.clock, parts.ids)
    retiring = Retiring(cases, partial(lists.ripe, policy.retention), parts.clock)
    patterns = Patterns(parts.documents)
    lookout = Lookout(store, patterns.sightings, parts.clock, policy)
    forgetting = Forgetting(parts.documents, store, parts.vault)
    search = Search(parts.documents, store, policy, reading, Blind(parts.vault))
    return Service(
        name=NAME,
        store=store,
        documents=parts.documents,
        routers=[
            *routers(cases, Keeping(store), records, desk, parts.clock),
            *answering_routers(answering, Briefs(parts.vault), records, Files(store, parts.vault, reading)),
            *organisation_routers(
                Parties(cases, parts.vault, parts.ids), records, Company(parts.documents, policy), parts.clock
            ),
            procedure_router(Procedure(cases, parts.ids)),
            question_router(questions),
            remedying_router(Remedying(cases)),
            searching_router(search),
            policies_router(adopting),
            *together_routers(Together(cases, parts.vault, parts.ids), patterns),
        ],
        projections=projections(policy, parts.vault),
        reactions=reactions(cases, questions, parts.clock),
        background=(
            ("policy", adopting.look, REST),
            ("retire", retiring.look, REST),
            ("clocks", waking.look, TICK),
            ("questions", prompting.look, TICK),
            ("forget-words", forgetting.look, FORGETTING_REST),
            ("patterns", lookout.look, PATTERNS_REST),
        ),
        personal=RecordOfPerson(store, parts.vault, lists.of_person, viewed_themselves),
        application=cases,
    )
