"""A person behind a pseudonym: what may be done with all that is kept of them."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

from shared.errors import GateClosedError
from shared.events.envelope import Event, Recorded
from shared.events.intake import ErasurePostponed, HoldLifted, HoldPlaced, StatementCorrected, SubjectErased
from shared.events.privacy import ErasureReason
from shared.ids import derived_id


class Subject(msgspec.Struct, frozen=True):
    """A person as far as their own stream tells: nothing at first, since most are never asked about."""

    held_by: tuple[str, ...] = ()
    postponed: ErasurePostponed | None = None
    erased: bool = False


def subject_stream(subject: UUID) -> UUID:
    """Return the stream that says what was done about a person."""
    return derived_id("subject-file", subject.hex)


def evolve(subject: Subject | None, fact: Recorded) -> Subject:
    """Return the person after a fact."""
    subject = subject or Subject()
    match fact.event:
        case HoldPlaced(order=order):
            return msgspec.structs.replace(subject, held_by=(*subject.held_by, order))
        case HoldLifted(order=order):
            return msgspec.structs.replace(subject, held_by=tuple(one for one in subject.held_by if one != order))
        case ErasurePostponed() as postponed:
            return msgspec.structs.replace(subject, postponed=postponed)
        case SubjectErased():
            return msgspec.structs.replace(subject, erased=True, postponed=None)
    return subject


def may_erase(subject: Subject) -> None:
    """Let pass only what no hold keeps."""
    if subject.held_by:
        raise GateClosedError(
            "legal-hold",
            "A legal hold keeps what is on record about this person.",
            opens="Lift the hold with POST /intake/v1/subjects/{subject}/lift-hold, naming its order.",
        )


def postpone(
    subject: Subject, because: Literal["legal-hold", "open-report"], last_report: UUID | None
) -> Sequence[Event]:
    """Say that an erasure waits; saying it again says nothing new."""
    postponed = ErasurePostponed(because=because, last_report=last_report)
    return [] if subject.postponed == postponed else [postponed]


def is_due(subject: Subject, last_report: UUID | None) -> bool:
    """Whether an erasure waited only for holds that ended: whoever wrote anew meanwhile is kept for that."""
    waited = subject.postponed
    return waited is not None and not subject.held_by and waited.last_report == last_report


def erased(reason: ErasureReason, keys: Sequence[str]) -> Sequence[Event]:
    """Say that the keys were destroyed."""
    return [SubjectErased(reason=reason, keys=tuple(keys))]


def hold(subject: Subject, order: str) -> Sequence[Event]:
    """Keep everything until the hold is lifted; the same order twice says nothing new."""
    _not_erased(subject)
    return [] if order in subject.held_by else [HoldPlaced(order=order)]


def lift(subject: Subject, order: str) -> Sequence[Event]:
    """End a hold."""
    if order not in subject.held_by:
        raise GateClosedError(
            "hold-known", "There is no hold under this order.", opens="Name the order as it was placed."
        )
    return [HoldLifted(order=order)]


def correct(subject: Subject, about: str, text: str) -> Sequence[Event]:
    """Take down that something on record is otherwise."""
    _not_erased(subject)
    return [StatementCorrected(about=about, text=text)]


def _not_erased(subject: Subject) -> None:
    if subject.erased:
        raise GateClosedError("not-erased", "The data of this person was erased.", opens="Nothing: it is gone.")
