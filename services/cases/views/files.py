"""Files that respondents handed in: put together again for who asks for a purpose, which is on record before."""

import base64
from dataclasses import dataclass
from uuid import UUID

from services.cases.domain.state import Case
from shared.errors import NotFoundError
from shared.events import answering as told
from shared.events import cases as facts
from shared.eventstore.store import EventStore
from shared.privacy.reading import Asked, Reading
from shared.vault.sealing import opened_text, place_of
from shared.vault.tokens import ERASED, MASK
from shared.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class Files:
    """Opens files; each lies in a stream of its own, in parts, sealed under the key of the case's person."""

    store: EventStore
    vault: Vault
    reading: Reading

    def described(self, case: Case, evidence_id: UUID) -> dict[str, object]:
        """Return what a file of the case is, without what it says; a `NotFoundError` for any other."""
        known = _known(case, evidence_id)
        return {
            "evidence_id": known.evidence_id,
            "organisation_id": known.organisation_id,
            "name": MASK,
            "media_type": known.media_type,
            "size": known.size,
            "digest": known.digest,
        }

    async def content(self, case: Case, evidence_id: UUID, asked: Asked) -> bytes:
        """Return the bytes of a file of the case; a `NotFoundError` for any other, and for one that was erased."""
        _known(case, evidence_id)
        if case.subject is None:
            raise NotFoundError(f"The case has no file with the id {evidence_id}.")
        viewed = facts.CaseFieldsViewed(
            subject=case.subject,
            purpose=asked.purpose,
            record="case",
            record_id=case.case_id,
            fields=(f"evidence.{evidence_id}",),
        )
        await self.reading.put_on_record(case.subject, asked, viewed)
        place = place_of({case.subject})
        parts: list[bytes] = []
        for recorded in await self.store.stream(evidence_id):
            if isinstance(recorded.event, told.EvidenceStored):
                text = opened_text(self.vault, recorded.event.content, place, "content")
                if text == ERASED:
                    raise NotFoundError("The file was erased.")
                parts.append(base64.b64decode(text))
        return b"".join(parts)


def _known(case: Case, evidence_id: UUID) -> told.EvidenceReceived:
    found = next((one for one in case.door.evidence if one.evidence_id == evidence_id), None)
    if found is None:
        raise NotFoundError(f"The case has no file with the id {evidence_id}.")
    return found
