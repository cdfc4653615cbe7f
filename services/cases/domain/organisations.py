"""Organisations: who bears duties in a case, registered once."""

import unicodedata
from uuid import UUID

import msgspec

from services.cases.domain.commands import RegisterOrganisation
from services.cases.domain.gates import said
from shared.errors import NotFoundError
from shared.events import cases as facts
from shared.events.envelope import Instant, Recorded
from shared.events.values import SafeContact


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """An organisation as its facts have made it."""

    organisation_id: UUID
    version: int
    name: str
    kind: facts.OrganisationKind
    country: str | None
    os_id: str | None
    contact: SafeContact | None
    registered_at: Instant


def register(command: RegisterOrganisation) -> facts.OrganisationRegistered:
    """Make an organisation known under its name without stray spaces."""
    return facts.OrganisationRegistered(
        name=" ".join(unicodedata.normalize("NFC", said(command.name, "name")).split()),
        kind=command.kind,
        country=command.country,
        os_id=command.os_id,
        contact=command.contact,
    )


def evolve(organisation: Organisation | None, recorded: Recorded) -> Organisation:
    """Return the organisation after one more fact."""
    envelope, event = recorded.envelope, recorded.event
    if isinstance(event, facts.OrganisationRegistered):
        return Organisation(
            organisation_id=envelope.stream_id,
            version=envelope.stream_version,
            name=event.name,
            kind=event.kind,
            country=event.country,
            os_id=event.os_id,
            contact=event.contact,
            registered_at=envelope.occurred_at,
        )
    if organisation is None:
        raise NotFoundError(f"There is no organisation with the id {envelope.stream_id}.")
    return msgspec.structs.replace(organisation, version=envelope.stream_version)


def identity(event: facts.OrganisationRegistered, tenant: str) -> str:
    """Return what makes two registrations of a tenant the same: name, whatever its case and spelling, kind, country."""
    name = unicodedata.normalize("NFC", unicodedata.normalize("NFC", event.name).casefold())
    return "\x1f".join((tenant, name, event.kind, event.country or ""))
