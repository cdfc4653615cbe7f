"""The composition root: lent parts in, the service out. Every part can be given instead."""

from services.cases.api import routers
from services.cases.application import Cases, index
from services.cases.consumers import reactions
from services.cases.projections import projections
from services.cases.settings import Settings
from services.cases.views import Lists, Records
from shared.eventstore.store import EventStore
from shared.policy import Policy, read_policy_file
from shared.service import Parts, Service

NAME = "cases"


def build(
    parts: Parts,
    settings: Settings | None = None,
    *,
    store: EventStore | None = None,
    policy: Policy | None = None,
) -> Service:
    """Put the service together."""
    store = store or parts.open_store(NAME, index)
    policy = policy or read_policy_file((settings or Settings()).policy, "REDRESS_CASES_POLICY")
    cases = Cases(store, clock=parts.clock, ids=parts.ids, policy=policy)
    return Service(
        name=NAME,
        store=store,
        documents=parts.documents,
        routers=routers(cases, Records(store, policy), Lists(parts.documents, policy), parts.clock),
        projections=projections(policy),
        reactions=reactions(cases, parts.clock),
        application=cases,
    )
