"""What a bootstrap is given and what it gives back: the parts of a service, ready to be hosted by any process."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from shared.bus.port import Log, Reaction
from shared.clock import Clock, system_clock
from shared.documents.folding import Projection
from shared.documents.port import Documents
from shared.eventstore.index import Indexer
from shared.eventstore.store import EventStore
from shared.ids import new_id
from shared.ledger.roots import NoRoots, Roots
from shared.notary.keeper import REST, Keeper
from shared.notary.stamping import LOOK, StampSettings, stamper_of
from shared.privacy.persons import PersonalRecord, Rights
from shared.vault.memory import passing_vault
from shared.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Parts:
    """What the host lends to a service. `open_store` is called once, with the service's name and index."""

    open_store: Callable[[str, Indexer], EventStore]
    documents: Documents
    data: Path
    """A folder of this service's own, for what is neither facts nor rows (keys, outgoing files)."""
    secret: Callable[[str], bytes]
    """Returns the 32 secret bytes of a purpose, the same in every replica and after every restart."""
    clock: Clock = system_clock
    ids: Callable[[], UUID] = new_id
    vault: Vault = field(default_factory=passing_vault)
    """Opens what is sealed; the default forgets its keys with the process."""
    roots: Roots = field(default_factory=NoRoots)
    """Finds the roots of the ledgers of all services."""
    stands: Callable[[str, str], bool] = lambda _holder, _tenant: True
    """Returns whether who acted under this name, of this tenant, may still come in."""


Background = Callable[[], Awaitable[None]]
"""One round of work beside requests; returns when there is nothing to do just now."""


@dataclass(frozen=True, slots=True)
class Service:
    """A service, put together: what it answers, folds, reacts to and does in the background."""

    name: str
    store: EventStore
    documents: Documents
    routers: Sequence[APIRouter] = ()
    projections: Sequence[Projection[Any]] = ()
    reactions: Sequence[Reaction] = ()
    background: Sequence[tuple[str, Background, float]] = field(default=())
    """(name, one round, seconds to rest between rounds)."""
    everywhere: Sequence[tuple[str, Background, float]] = field(default=())
    """The same for work that every process does for itself, on what lies on its own disk."""
    spooled: Callable[[], Mapping[str, int]] = dict
    """What waits on the disk of this process for the record, by the state it is in."""
    personal: PersonalRecord | None = None
    """What it can tell a person about themselves."""
    rights: Rights | None = None
    """How this service, for all, knows a person by their receipt."""
    ledger: Keeper | None = None
    """Keeps its record provable; given by the host."""
    application: Any = None
    """The write side, for commands of the command line such as the import."""


def notarised(service: Service, keeper: Keeper, clock: Clock = system_clock) -> Service:
    """Return the service with its ledger kept up in the background, and stamped where an authority is named."""
    work: list[tuple[str, Background, float]] = [("ledger", keeper.look, REST)]
    chosen = StampSettings()
    stamper = stamper_of(service.name, keeper.shelf, chosen)
    if stamper is not None:
        every = timedelta(hours=chosen.hours)
        work.append(("time stamps", lambda: stamper.look(clock(), every), LOOK))
    return replace(service, ledger=keeper, background=(*service.background, *work))


Build = Callable[[Parts, Mapping[str, Log]], Service]
"""A service's bootstrap; gets the logs of the services that it may read from the first fact."""
