"""What may happen to organisations: names, duplicates merged and parted again, relations, sites, counts, reviews."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec
from msgspec.structs import replace

from services.cases.domain.commands import Command
from services.cases.domain.gates import another_person, said, still_open
from services.cases.domain.money import well_formed
from services.cases.domain.organisations import Organisation, Site, spelt
from services.cases.domain.os_id import well_formed_os_id
from services.cases.domain.state import Case
from shared.errors import GateClosedError, InvalidError
from shared.events import parties as told
from shared.events.envelope import Event, Recorded
from shared.events.values import Money

MOST_STARS = 5
RECRUITERS = frozenset({"recruiter", "broker"})


class Rename(Command, frozen=True, kw_only=True):
    """Call an organisation by another name from now on."""

    name: str


class Merge(Command, frozen=True, kw_only=True):
    """Say that an organisation is the same as another, under which it is shown from now on."""

    survivor_id: UUID
    reason: str


class Unmerge(Command, frozen=True, kw_only=True):
    """Say that it is not the same after all."""

    reason: str


class Relate(Command, frozen=True, kw_only=True):
    """Say that an organisation supplies, or recruits for, another."""

    kind: told.RelationKind
    organisation_id: UUID


class EndRelation(Relate, frozen=True, kw_only=True):
    """Say that it no longer does."""


class AddSite(Command, frozen=True, kw_only=True):
    """Make a place of work known."""

    name: str
    country: str | None = None
    os_id: str | None = None


class CountHeads(Command, frozen=True, kw_only=True):
    """Say how many workers worked at a site from a day on."""

    site_id: UUID
    workers: int
    counted_on: date


class ReportFee(Command, frozen=True, kw_only=True):
    """Say what workers of a case paid to be recruited; the amount is that of each."""

    amount: Money
    from_country: str
    to_country: str
    paid_on: date
    workers: int = 1
    recruiter_id: UUID | None = None


class ReviewOrganisation(Command, frozen=True, kw_only=True):
    """Say what a worker says of an organisation."""

    stars: Mapping[str, int]
    channel: str
    text: str | None = None
    reviewer: str | None = None


class ApproveReview(Command, frozen=True, kw_only=True):
    """Let a review count."""


class RejectReview(Command, frozen=True, kw_only=True):
    """Keep a review out of the count."""

    reason: str


class Review(msgspec.Struct, frozen=True):
    """What one worker says of one organisation, and whether it counts."""

    received: told.ReviewReceived
    taken_in_by: str
    status: Literal["waiting", "approved", "rejected"] = "waiting"


def rename(known: Organisation, command: Rename) -> Sequence[Event]:
    """Give it a new name; the one that it bears says nothing new."""
    name = spelt(command.name)
    renamed = told.OrganisationRenamed(name=name, kind=known.kind, country=known.country)
    return [] if name == known.name else [renamed]


def merge(known: Organisation, command: Merge, *, survivor: Organisation | None) -> Sequence[Event]:
    """Put a duplicate under its survivor; nothing that points to it is rewritten, so it can be undone."""
    if known.merged_into is not None:
        raise GateClosedError("not-merged", "It is merged already.", opens="Unmerge it first.")
    if survivor is None or survivor.organisation_id == known.organisation_id:
        raise InvalidError("The survivor is another organisation that is registered.", field="survivor_id")
    if survivor.merged_into is not None:
        raise GateClosedError(
            "survivor-stands",
            "The survivor is itself merged into another.",
            opens=f"Merge into {survivor.merged_into}, or unmerge the survivor.",
        )
    reason = said(command.reason, "reason")
    return [told.OrganisationMerged(survivor_id=command.survivor_id, reason=reason)]


def unmerge(known: Organisation, command: Unmerge) -> Sequence[Event]:
    """Let a merged organisation stand for itself again."""
    if known.merged_into is None:
        raise GateClosedError("merged", "It is not merged.", opens="Only a merged organisation can be parted again.")
    return [told.OrganisationUnmerged(survivor_id=known.merged_into, reason=said(command.reason, "reason"))]


def relate(known: Organisation, command: Relate, *, other: Organisation | None) -> Sequence[Event]:
    """Record a relation; one that holds already says nothing new."""
    if other is None or other.organisation_id == known.organisation_id:
        raise InvalidError("The other is another organisation that is registered.", field="organisation_id")
    if command.kind == "recruits-for" and known.kind not in RECRUITERS:
        raise InvalidError("Only a recruiter or a broker recruits for somebody.", field="kind")
    if known.relates(command.kind, command.organisation_id):
        return []
    return [told.RelationRecorded(kind=command.kind, organisation_id=command.organisation_id)]


def end_relation(known: Organisation, command: EndRelation) -> Sequence[Event]:
    """Record that a relation ended; one that does not hold says nothing new."""
    if not known.relates(command.kind, command.organisation_id):
        return []
    return [told.RelationEnded(kind=command.kind, organisation_id=command.organisation_id)]


def add_site(known: Organisation, command: AddSite, *, site_id: UUID) -> Sequence[Event]:
    """Make a site known under a name that no other site of the organisation bears."""
    name = spelt(command.name)
    if any(site.name.casefold() == name.casefold() for site in known.sites):
        raise InvalidError("A site of this name is known already.", field="name")
    os_id = well_formed_os_id(command.os_id)
    return [told.SiteRegistered(site_id=site_id, name=name, country=command.country or known.country, os_id=os_id)]


def count_heads(known: Organisation, command: CountHeads, *, today: date) -> Sequence[Event]:
    """Record a count of workers of a known site, not of a day to come."""
    if known.site(command.site_id) is None:
        raise InvalidError("No site of this organisation has this id.", field="site_id")
    if command.workers < 0:
        raise InvalidError("'workers' is not negative.", field="workers")
    if command.counted_on > today:
        raise InvalidError("'counted_on' lies in the future.", field="counted_on")
    return [told.HeadcountRecorded(site_id=command.site_id, workers=command.workers, counted_on=command.counted_on)]


def report_fee(
    case: Case, command: ReportFee, *, fee_id: UUID, recruiter: Organisation | None, today: date
) -> Sequence[Event]:
    """Record what workers of an open case paid, to whom where that is known."""
    still_open(case)
    well_formed(command.amount, "amount")
    if command.amount.amount == 0:
        raise InvalidError("A fee is more than zero.", field="amount")
    if command.workers < 1:
        raise InvalidError("'workers' counts at least one.", field="workers")
    if command.paid_on > today:
        raise InvalidError("'paid_on' lies in the future.", field="paid_on")
    if command.recruiter_id is not None and recruiter is None:
        raise InvalidError("The recruiter is an organisation that is registered.", field="recruiter_id")
    return [
        told.RecruitmentFeeReported(
            fee_id=fee_id,
            amount=command.amount,
            from_country=command.from_country,
            to_country=command.to_country,
            paid_on=command.paid_on,
            workers=command.workers,
            recruiter_id=command.recruiter_id,
        )
    ]


def review(command: ReviewOrganisation, organisation_id: UUID) -> Sequence[Event]:
    """Take in what a worker says; it counts when somebody else has looked at it."""
    if not command.stars or any(not 1 <= stars <= MOST_STARS for stars in command.stars.values()):
        raise InvalidError(f"'stars' gives one to {MOST_STARS} for at least one aspect.", field="stars")
    return [
        told.ReviewReceived(
            organisation_id=organisation_id, stars=command.stars, channel=command.channel, text=command.text
        )
    ]


def moderate(known: Review, command: ApproveReview | RejectReview, *, by: str) -> Sequence[Event]:
    """Decide whether a review counts; another person than who took it in, and again when it was decided otherwise."""
    another_person(
        None,
        by,
        (known.taken_in_by,),
        "Who took a review in does not moderate it.",
        opens="Another person moderates it.",
    )
    organisation_id = known.received.organisation_id
    if isinstance(command, ApproveReview):
        return [] if known.status == "approved" else [told.ReviewApproved(organisation_id=organisation_id)]
    reason = said(command.reason, "reason")
    rejected = told.ReviewRejected(organisation_id=organisation_id, reason=reason)
    return [] if known.status == "rejected" else [rejected]


def evolve_review(known: Review | None, recorded: Recorded) -> Review:
    """Return the review after one more fact; a new word of the same worker waits again."""
    event = recorded.event
    if isinstance(event, told.ReviewReceived):
        return Review(event, recorded.envelope.actor.id)
    if known is None:
        raise InvalidError("No review has this id.", field="review_id")
    if isinstance(event, told.ReviewApproved):
        return replace(known, status="approved")
    return replace(known, status="rejected") if isinstance(event, told.ReviewRejected) else known


def mean_headcount(sites: Sequence[Site], since: datetime, until: datetime) -> float | None:
    """Return the workers of all sites on an average day of a time, None where no day of it was counted."""
    means = [mean for site in sites if (mean := _mean_of_site(site, since.date(), until.date())) is not None]
    return sum(means) if means else None


def _mean_of_site(site: Site, since: date, until: date) -> float | None:
    counts = site.headcounts
    ends = (*(count.counted_on for count in counts[1:]), date.max)
    heads, days = 0, 0
    for count, end in zip(counts, ends, strict=False):
        span = max(timedelta(0), min(end, until) - max(count.counted_on, since)).days
        heads, days = heads + span * count.workers, days + span
    return heads / days if days else None
