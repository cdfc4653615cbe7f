"""Organisations as their facts have made them: who bears duties in a case, registered once."""

import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.cases.domain.commands import RegisterOrganisation
from services.cases.domain.gates import said
from services.cases.domain.os_id import well_formed_os_id
from shared.errors import NotFoundError
from shared.events import cases as facts
from shared.events import parties as told
from shared.events.envelope import Instant, Recorded
from shared.events.values import SafeContact


class Name(msgspec.Struct, frozen=True):
    """What it was called since when."""

    name: str
    since: Instant


class Relation(msgspec.Struct, frozen=True):
    """What it does for another organisation, since when, until when."""

    kind: told.RelationKind
    organisation_id: UUID
    since: Instant
    until: Instant | None = None


class Headcount(msgspec.Struct, frozen=True):
    """How many workers there were from a day on."""

    counted_on: date
    workers: int


class Site(msgspec.Struct, frozen=True):
    """A place of work, with its counts in the order of their days."""

    site_id: UUID
    name: str
    country: str | None = None
    os_id: str | None = None
    headcounts: tuple[Headcount, ...] = ()


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
    names: tuple[Name, ...] = ()
    relations: tuple[Relation, ...] = ()
    sites: tuple[Site, ...] = ()
    merged_into: UUID | None = None

    def site(self, site_id: UUID) -> Site | None:
        """Return a site, or None."""
        return next((site for site in self.sites if site.site_id == site_id), None)

    def relates(self, kind: str, organisation_id: UUID) -> bool:
        """Whether it does this for that organisation now."""
        live = (one for one in self.relations if one.until is None)
        return any((one.kind, one.organisation_id) == (kind, organisation_id) for one in live)


def register(command: RegisterOrganisation) -> facts.OrganisationRegistered:
    """Make an organisation known under its name without stray spaces."""
    return facts.OrganisationRegistered(
        name=spelt(command.name),
        kind=command.kind,
        country=command.country,
        os_id=well_formed_os_id(command.os_id),
        contact=command.contact,
    )


def spelt(name: str) -> str:
    """Return a name without stray spaces, its letters composed."""
    return " ".join(unicodedata.normalize("NFC", said(name, "name")).split())


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
            names=(Name(event.name, envelope.occurred_at),),
        )
    if organisation is None:
        raise NotFoundError(f"There is no organisation with the id {envelope.stream_id}.")
    return replace(_with(organisation, recorded), version=envelope.stream_version)


def _with(known: Organisation, recorded: Recorded) -> Organisation:  # noqa: PLR0911 - one table of facts
    at = recorded.envelope.occurred_at
    match recorded.event:
        case told.OrganisationRenamed(name=name):
            return replace(known, name=name, names=(*known.names, Name(name, at)))
        case told.OrganisationMerged(survivor_id=survivor_id):
            return replace(known, merged_into=survivor_id)
        case told.OrganisationUnmerged():
            return replace(known, merged_into=None)
        case told.RelationRecorded(kind=kind, organisation_id=other):
            return replace(known, relations=(*known.relations, Relation(kind, other, at)))
        case told.RelationEnded(kind=kind, organisation_id=other):
            ended = tuple(
                _ended(one, at) if (one.kind, one.organisation_id) == (kind, other) else one for one in known.relations
            )
            return replace(known, relations=ended)
        case told.SiteRegistered() as event:
            site = Site(event.site_id, event.name, event.country, event.os_id)
            return replace(known, sites=(*known.sites, site))
        case told.HeadcountRecorded() as event:
            return _on_site(known, event.site_id, lambda site: _counted(site, event))
        case _:
            return known


def _ended(relation: Relation, at: datetime) -> Relation:
    return relation if relation.until else replace(relation, until=at)


def _on_site(known: Organisation, site_id: UUID, change: Callable[[Site], Site]) -> Organisation:
    return replace(known, sites=tuple(change(site) if site.site_id == site_id else site for site in known.sites))


def _counted(site: Site, event: told.HeadcountRecorded) -> Site:
    """Take a count over; a later word on the same day stands in the place of the earlier one."""
    others = [one for one in site.headcounts if one.counted_on != event.counted_on]
    counts = sorted((*others, Headcount(event.counted_on, event.workers)), key=lambda one: one.counted_on)
    return replace(site, headcounts=tuple(counts))


def identity(event: facts.OrganisationRegistered | told.OrganisationRenamed, tenant: str) -> str:
    """Return what makes two registrations of a tenant the same: name, whatever its case and spelling, kind, country."""
    name = unicodedata.normalize("NFC", unicodedata.normalize("NFC", event.name).casefold())
    return "\x1f".join((tenant, name, event.kind, event.country or ""))
