"""The composition root: lent parts in, the service out. Every part can be given instead."""

from services.cases.api import routers
from services.cases.application import Cases, index
from services.cases.consumers import reactions
from services.cases.projections import PROJECTIONS
from services.cases.settings import Settings
from services.cases.views import Lists, Records, viewed_themselves
from shared.errors import SettingsError
from shared.eventstore.store import EventStore
from shared.policy import Policy, default_policy, read_policy
from shared.privacy.persons import RecordOfPerson
from shared.privacy.reading import Reading
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
    policy = policy or _policy(settings or Settings())
    cases = Cases(store, clock=parts.clock, ids=parts.ids, policy=policy, vault=parts.vault)
    lists = Lists(parts.documents)
    return Service(
        name=NAME,
        store=store,
        documents=parts.documents,
        routers=routers(cases, Records(store, Reading(store, parts.vault)), lists, parts.clock),
        projections=PROJECTIONS,
        reactions=reactions(cases, parts.clock),
        personal=RecordOfPerson(store, parts.vault, lists.of_person, viewed_themselves),
        application=cases,
    )


def _policy(settings: Settings) -> Policy:
    if settings.policy is None:
        return default_policy()
    try:
        return read_policy(settings.policy.read_bytes())
    except OSError as error:
        raise SettingsError(f"REDRESS_CASES_POLICY names a file that cannot be read: {error.strerror}.") from error
