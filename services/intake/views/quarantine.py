"""What came in and is no message: listed for who looks after channels, opened only with a purpose."""

from typing import Any
from uuid import UUID

from services.intake.views.inbox import viewed_themselves
from shared.documents.folding import Projection
from shared.documents.port import Collection, Condition, Documents, Page, Query, Row
from shared.errors import NotFoundError
from shared.events.arrivals import ARRIVAL, PayloadQuarantined
from shared.events.envelope import Recorded
from shared.eventstore.store import EventStore
from shared.privacy.reading import Asked, Part, Reading
from shared.reaching import of_tenant
from shared.rights import Caller
from shared.vault.sealing import place_of


class ArrivalRow(Row, kw_only=True, omit_defaults=True):
    """Something that a provider sent beside messages; `reason` is empty for what was understood."""

    channel: str = ""
    account: str = ""
    reason: str = ""
    arrived_at: str = ""


QUARANTINE: Collection[ArrivalRow] = Collection(
    "quarantine", 1, ArrivalRow, columns=("channel", "account", "reason", "arrived_at"), order="arrived_at"
)


def quarantine_projection() -> Projection[ArrivalRow]:
    """Return the view that keeps `QUARANTINE`."""
    return Projection(QUARANTINE, "intake", ARRIVAL, fold)


def fold(row: ArrivalRow | None, recorded: Recorded) -> ArrivalRow:
    """Return the row after a fact."""
    row = row or ArrivalRow(id=recorded.envelope.stream_id)
    event = recorded.event
    if isinstance(event, PayloadQuarantined):
        row.channel, row.account, row.reason = event.channel, event.account, event.reason
    row.arrived_at = recorded.envelope.recorded_at.isoformat()
    return row


class QuarantineViews:
    """Reads what was kept."""

    def __init__(self, store: EventStore, documents: Documents, reading: Reading) -> None:
        """Answer from rows, and from the record."""
        self._store = store
        self._documents = documents
        self._reading = reading

    async def page(self, caller: Caller, asked: Query) -> Page[ArrivalRow]:
        """Return what was kept in the caller's tenant."""
        mine = (of_tenant(caller), Condition("reason", "in", ("unknown-kind", "unreadable", "other-account")))
        return await self._documents.find(
            QUARANTINE, Query(mine, "arrived_at", descending=True, after=asked.after, limit=asked.limit)
        )

    async def one(self, caller: Caller, identity: UUID, asked: Asked | None) -> dict[str, Any]:
        """Return what was kept, opened for who asked."""
        facts = await self._store.stream(identity)
        event = facts[0].event if facts and facts[0].envelope.tenant == caller.tenant else None
        if not isinstance(event, PayloadQuarantined):
            raise NotFoundError(f"Nothing was kept under the id {identity}.")
        head = facts[0].envelope
        part = Part(
            {"raw": event.raw, "headers": event.headers}, place_of({head.subject}, head.stream_id, head.stream_version)
        )
        shown: dict[str, Any]
        (shown,) = await self._reading.shown([part], head.subject, asked, viewed_themselves)
        about = {"id": identity, "channel": event.channel, "account": event.account, "reason": event.reason}
        return about | {"arrived_at": head.recorded_at} | shown
