"""What a respondent sees behind a link: the brief without the person in it, what they answered, offered, handed in."""

from dataclasses import dataclass
from uuid import UUID

from services.cases.domain.state import Case, Escalation
from shared.errors import NotFoundError
from shared.events import answering as told
from shared.vault.sealing import opened, place_of
from shared.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Briefs:
    """Opens what was put before a respondent; that it was opened is on record before."""

    vault: Vault

    def shown(self, case: Case, link_id: UUID) -> dict[str, object]:
        """Return what stands behind a link, in the clear. Nothing of it says who complained, nor what others wrote."""
        link = case.door.link(link_id)
        behind = link and [one for one in case.escalations if one.sent.escalation_id == link.issued.escalation_id]
        if not link or not behind:
            raise NotFoundError("This link is not known here. Check that all of it was copied.")
        escalation, subject = behind[0], place_of({case.subject})
        proposals = [opened(self.vault, one, subject) for one in case.door.proposals if _of(one, escalation)]
        evidence = [opened(self.vault, one, subject) for one in case.door.evidence if _of(one, escalation)]
        sent = opened(self.vault, escalation.sent, subject)
        answer = escalation.answer and opened(self.vault, escalation.answer, subject)
        return {
            "number": case.opening.number,
            "organisation": sent.name,
            "level": sent.level,
            "brief": sent.brief,
            "sent_at": escalation.escalated_at,
            "answer_by": sent.answer_by,
            "open_until": link.issued.expires_at,
            "position": answer.position if answer else None,
            "text": answer.text if answer else None,
            "answered_at": escalation.answered_at,
            "proposals": [{"proposal_id": one.proposal_id, "items": one.items} for one in proposals],
            "evidence": [
                {"evidence_id": one.evidence_id, "name": one.name, "media_type": one.media_type, "size": one.size}
                for one in evidence
            ],
        }


def _of(part: told.RemedyProposed | told.EvidenceReceived, escalation: Escalation) -> bool:
    return part.escalation_id == escalation.sent.escalation_id
