"""What decisions must know at once: which numbers and names are taken, whose case a link opens, who was asked."""

from collections.abc import Iterable
from itertools import count
from uuid import UUID

from services.cases.application.numbering import case_number
from services.cases.domain.organisations import identity
from shared.errors import ConflictError
from shared.events import answering, parties, questions
from shared.events import cases as facts
from shared.events.envelope import Recorded
from shared.eventstore.index import IndexEntry
from shared.eventstore.work import UnitOfWork

CASE_NUMBER = "case-number"
ORGANISATION = "organisation"
ANSWER_LINK = "answer-link"
OS_ID = "os-id"
LAST_QUESTION = "open-question"


def index(recorded: Recorded) -> Iterable[IndexEntry]:
    """Return what one fact adds to the index."""
    stream_id = str(recorded.envelope.stream_id)
    match recorded.event:
        case facts.CaseOpened(number=number):
            return (IndexEntry(CASE_NUMBER, number, stream_id),)
        case facts.OrganisationRegistered() | parties.OrganisationRenamed() as event:
            return tuple(_identities(event, recorded.envelope.tenant, stream_id))
        case parties.SiteRegistered(os_id=os_id) if os_id is not None:
            return (IndexEntry(OS_ID, _in(recorded.envelope.tenant, os_id), stream_id),)
        case answering.AnswerLinkIssued(link_id=link_id):
            return (IndexEntry(ANSWER_LINK, str(link_id), stream_id),)
        case questions.QuestionAsked():
            subject = recorded.envelope.subject
            return (IndexEntry(LAST_QUESTION, subject.hex, stream_id),) if subject is not None else ()
        case _:
            return ()


def number_is_free(unit: UnitOfWork, number: str) -> str:
    """Return the number; one that another case bears is a conflict, and another id gives another number."""
    if unit.lookup(CASE_NUMBER, number) is not None:
        raise ConflictError("The number derived for this case is taken; open it again.", number=number)
    return number


def free_number(unit: UnitOfWork, case_id: UUID) -> str:
    """Return the first number of a case, whose id cannot be another, that no other case bears."""
    numbers = (case_number(case_id, attempt) for attempt in count())
    return next(number for number in numbers if unit.lookup(CASE_NUMBER, number) is None)


def organisation_is_new(
    unit: UnitOfWork,
    event: facts.OrganisationRegistered | parties.OrganisationRenamed,
    tenant: str,
    *,
    but: UUID | None = None,
) -> None:
    """Refuse a second registration of the same name, kind and country, naming the first."""
    os_id = event.os_id if isinstance(event, facts.OrganisationRegistered) else None
    known = unit.lookup(OS_ID, _in(tenant, os_id)) if os_id else None
    if known is not None:
        raise ConflictError("An organisation with this OS ID is registered already.", organisation_id=known)
    existing = unit.lookup(ORGANISATION, identity(event, tenant))
    if existing is not None and existing != str(but):
        raise ConflictError(
            "An organisation of this name, kind and country is registered already.", organisation_id=existing
        )


def _identities(
    event: facts.OrganisationRegistered | parties.OrganisationRenamed, tenant: str, stream_id: str
) -> Iterable[IndexEntry]:
    yield IndexEntry(ORGANISATION, identity(event, tenant), stream_id)
    if isinstance(event, facts.OrganisationRegistered) and event.os_id is not None:
        yield IndexEntry(OS_ID, _in(tenant, event.os_id), stream_id)


def _in(tenant: str, key: str) -> str:
    return f"{tenant}\x1f{key}"
