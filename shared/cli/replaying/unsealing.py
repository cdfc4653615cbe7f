"""The facts of a case for who tells its story: masked, or opened after that was put on record."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from shared.events.cases import CaseFieldsViewed
from shared.events.envelope import Actor, Recorded
from shared.events.privacy import Purpose
from shared.eventstore.store import EventStore
from shared.privacy.reading import Asked, Reading
from shared.vault import tokens
from shared.vault.fields import rewritten
from shared.vault.sealing import masked, opened, place_of
from shared.vault.vault import Vault

TELLER = Actor("system:replay", "admin")


def masked_facts(facts: Sequence[Recorded]) -> Sequence[Recorded]:
    """Return the facts without what people said."""
    return [msgspec.structs.replace(fact, event=masked(fact.event)) for fact in facts]


async def unsealed(
    facts: Sequence[Recorded], *, store: EventStore, vault: Vault, purpose: Purpose, now: datetime
) -> Sequence[Recorded]:
    """Return the facts with what people said, after it is on record that somebody at this machine reads them."""
    subject, case_id = facts[0].envelope.subject, facts[0].envelope.stream_id
    fields = sorted({field for fact in facts for field in _sealed(fact)})
    if subject is not None and fields:
        asked = Asked(TELLER, purpose, now, facts[0].envelope.tenant)
        viewed = CaseFieldsViewed(
            subject=subject, purpose=purpose, record="case", record_id=case_id, fields=tuple(fields)
        )
        await Reading(store, vault).put_on_record(subject, asked, viewed)
    return [
        msgspec.structs.replace(
            fact, event=opened(vault, fact.event, place_of({subject}, case_id, fact.envelope.stream_version))
        )
        for fact in facts
    ]


def _sealed(fact: Recorded) -> Sequence[str]:
    found: list[str] = []

    def note(text: str, field: str, _group: str | None) -> str:
        if tokens.is_sealed(text):
            found.append(field)
        return text

    rewritten(fact.event, note)
    return found
