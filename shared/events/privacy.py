"""What the facts about sealed data have in common, whichever service says them."""

from typing import Literal
from uuid import UUID

from shared.events.envelope import Event

Purpose = Literal["handling", "safety", "review", "legal", "rights"]
"""Why somebody may open what is sealed: to handle the case, to keep somebody safe, to check the work of others,
because a law or court asks, or because the person themselves asks."""


ErasureReason = Literal["request", "retention", "court-order", "safety"]
"""Why the data of a person is erased: they asked, its time is over, a court said so, or it endangers them."""


class FieldsViewed(Event, frozen=True, kw_only=True):
    """Sealed fields of a person were opened; who and when is in the envelope."""

    subject: UUID
    purpose: Purpose
    record: Literal["case", "organisation", "report", "notification"]
    record_id: UUID
    fields: tuple[str, ...]
