"""What cases says of organisations beyond their registration: names, duplicates, relations, sites, reviews, fees."""

from collections.abc import Mapping
from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from shared.events.cases import ORGANISATION, CaseEvent, OrganisationKind
from shared.events.envelope import Event, Personal
from shared.events.values import Money

REVIEW = "cases.review"

RelationKind = Literal["supplies", "recruits-for"]
Aspect = Literal["honest-recruitment", "no-fees", "pay", "hours", "safety", "respect", "overall"]


class OrganisationEvent(Event, frozen=True, kw_only=True):
    """A fact of one organisation."""

    STREAM: ClassVar[str] = ORGANISATION


class OrganisationRenamed(OrganisationEvent, frozen=True, kw_only=True):
    """It goes by another name from now on; the earlier ones still find it. `kind` and `country` stay what they were."""

    TOPIC: ClassVar[str] = "cases.organisation-renamed"
    name: str
    kind: OrganisationKind
    country: str | None = None


class OrganisationMerged(OrganisationEvent, frozen=True, kw_only=True):
    """It turned out to be the same as another; what points to it is shown under the survivor."""

    TOPIC: ClassVar[str] = "cases.organisation-merged"
    survivor_id: UUID
    reason: Personal


class OrganisationUnmerged(OrganisationEvent, frozen=True, kw_only=True):
    """It turned out not to be the same after all, and stands for itself again."""

    TOPIC: ClassVar[str] = "cases.organisation-unmerged"
    survivor_id: UUID
    reason: Personal


class RelationRecorded(OrganisationEvent, frozen=True, kw_only=True):
    """It supplies, or recruits for, another organisation since then."""

    TOPIC: ClassVar[str] = "cases.relation-recorded"
    kind: RelationKind
    organisation_id: UUID


class RelationEnded(OrganisationEvent, frozen=True, kw_only=True):
    """It no longer does."""

    TOPIC: ClassVar[str] = "cases.relation-ended"
    kind: RelationKind
    organisation_id: UUID


class SiteRegistered(OrganisationEvent, frozen=True, kw_only=True):
    """A place where its workers work."""

    TOPIC: ClassVar[str] = "cases.site-registered"
    site_id: UUID
    name: str
    country: str | None = None
    os_id: str | None = None


class HeadcountRecorded(OrganisationEvent, frozen=True, kw_only=True):
    """So many workers worked at a site from that day on, until the next count."""

    TOPIC: ClassVar[str] = "cases.headcount-recorded"
    site_id: UUID
    workers: int
    counted_on: date


class ReviewEvent(Event, frozen=True, kw_only=True):
    """A fact of what one worker says of one organisation."""

    STREAM: ClassVar[str] = REVIEW


class ReviewReceived(ReviewEvent, frozen=True, kw_only=True):
    """A worker gave one to five stars on some aspects; one who reviews again takes the earlier word back."""

    TOPIC: ClassVar[str] = "cases.review-received"
    organisation_id: UUID
    stars: Mapping[str, int]
    channel: str
    text: Personal | None = None


class ReviewApproved(ReviewEvent, frozen=True, kw_only=True):
    """Somebody else than who took it in found that it may count."""

    TOPIC: ClassVar[str] = "cases.review-approved"
    organisation_id: UUID


class ReviewRejected(ReviewEvent, frozen=True, kw_only=True):
    """It does not count: spam, a threat, about somebody else."""

    TOPIC: ClassVar[str] = "cases.review-rejected"
    organisation_id: UUID
    reason: Personal


class RecruitmentFeeReported(CaseEvent, frozen=True, kw_only=True):
    """Each of `workers` paid `amount` to come from one country to work in another."""

    TOPIC: ClassVar[str] = "cases.recruitment-fee-reported"
    fee_id: UUID
    amount: Money
    from_country: str
    to_country: str
    paid_on: date
    workers: int = 1
    recruiter_id: UUID | None = None


EVENTS: tuple[type[Event], ...] = (
    OrganisationRenamed,
    OrganisationMerged,
    OrganisationUnmerged,
    RelationRecorded,
    RelationEnded,
    SiteRegistered,
    HeadcountRecorded,
    ReviewReceived,
    ReviewApproved,
    ReviewRejected,
    RecruitmentFeeReported,
)
