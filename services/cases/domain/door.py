"""What the facts of the respondent's door have made of it: links, offers, files."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from shared.events import answering as told
from shared.events.envelope import Recorded


class Link(msgspec.Struct, frozen=True, omit_defaults=True):
    """One link, how often it was opened, and since when it opens nothing."""

    issued: told.AnswerLinkIssued
    issued_at: datetime
    opened: int = 0
    last_opened_at: datetime | None = None
    revoked_at: datetime | None = None


class Door(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of one case."""

    links: tuple[Link, ...] = ()
    proposals: tuple[told.RemedyProposed, ...] = ()
    evidence: tuple[told.EvidenceReceived, ...] = ()

    def link(self, link_id: UUID) -> Link | None:
        """Return a link, or None."""
        return next((link for link in self.links if link.issued.link_id == link_id), None)


def after(door: Door, recorded: Recorded) -> Door:
    """Return the door after a fact; a fact without bearing on it changes nothing."""
    at = recorded.envelope.occurred_at
    match recorded.event:
        case told.AnswerLinkIssued() as issued:
            return replace(door, links=(*door.links, Link(issued, at)))
        case told.AnswerLinkRevoked(link_id=link_id):
            return _on_link(door, link_id, revoked_at=at)
        case told.AnswerLinkOpened(link_id=link_id):
            known = door.link(link_id)
            return _on_link(door, link_id, opened=known.opened + 1 if known else 1, last_opened_at=at)
        case told.RemedyProposed() as proposed:
            return replace(door, proposals=(*door.proposals, proposed))
        case told.EvidenceReceived() as received:
            return replace(door, evidence=(*door.evidence, received))
        case _:
            return door


def _on_link(door: Door, link_id: UUID, **changes: object) -> Door:
    links = (replace(link, **changes) if link.issued.link_id == link_id else link for link in door.links)
    return replace(door, links=tuple(links))
