"""Bodies of the commands up to the escalation and its answer."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from services.cases.api.words import (
    ORGANISATION,
    CommandBody,
    IssueCode,
    OrganisationId,
    OsId,
    Plainly,
    SeverityCode,
    example,
)
from shared.events.cases import ConsentPurpose, EscalationLevel, OrganisationKind, RespondentRole, ResponsePosition
from shared.events.handling import WaitsFor
from shared.events.values import Teller
from shared.web.fields import Country, Language, Line, Moment, PartyField, Prose, SafeContactField, Word, Workers

_MOST_ISSUES = 32


class OpenCaseBody(CommandBody):
    """A grievance that becomes a case. Identity is never required."""

    model_config = example(
        channel="hotline",
        language="my",
        summary="A recruitment fee was taken and the passports are kept.",
        country="TH",
        sector="seafood",
        site="Samut Sakhon, plant 2",
        workers=12,
        issues=["REC-FEE", "DOC-RET"],
        safe_contact={"channel": "email", "address": "worker@example.org", "language": "my"},
    )

    channel: Annotated[Word, Field(description="How it came in.")]
    language: Language
    summary: Prose | None = None
    country: Country | None = None
    sector: Line | None = None
    site: Line | None = None
    workers: Workers = 1
    issues: Annotated[tuple[IssueCode, ...], Field(max_length=_MOST_ISSUES, description="Suggested.")] = ()
    complainant: PartyField | None = None
    safe_contact: SafeContactField | None = None
    statistics_consent: Plainly = False
    told_by: Annotated[Teller | None, Field(description="Who tells; nobody guesses it.")] = None
    happened_on: Annotated[date | None, Field(description="The day it happened, or began.")] = None


class AcknowledgeBody(CommandBody):
    """On which safe channel the complainant was told, or why on none. Empty: on the case's safe contact."""

    model_config = example(channel="hotline")

    channel: Word | None = None
    no_safe_channel_because: Line | None = None


class SafeContactBody(CommandBody):
    """How it is safe to reach the complainant from now on; null: no way is."""

    model_config = example(
        safe_contact={
            "channel": "sms",
            "address": "+66812345678",
            "language": "my",
            "zone": "Asia/Bangkok",
            "hours": [{"start": "19:00", "end": "21:00", "days": [1, 2, 3, 4, 5]}],
            "code_word": "Is the blue umbrella there?",
            "further": [{"channel": "email", "address": "worker@example.org"}],
        },
    )

    safe_contact: SafeContactField | None


class CodeWordBody(CommandBody):
    """A word that was said."""

    model_config = example(word="Is the blue umbrella there?")

    word: Line


class ConflictBody(CommandBody):
    """Whose stake in the case it is, and what it is or why it is gone."""

    model_config = example(handler="operator-3f2a91bc", reason="A relative is foreman at this plant.")

    handler: Annotated[Word, Field(description="The key id of the person; an operator can name only themselves.")]
    reason: Line


class TriageBody(CommandBody):
    """What it is about, how grave, whether ours to handle, and the safety screen."""

    model_config = example(
        issues=["REC-FEE", "DOC-RET"],
        admissible=True,
        admissibility_reason="Within the mandate: recruitment of migrant workers.",
        danger_now=False,
    )

    issues: Annotated[tuple[IssueCode, ...], Field(min_length=1, max_length=_MOST_ISSUES)]
    severity: Annotated[SeverityCode | None, Field(description="Default: the worst of the issues.")] = None
    severity_reason: Annotated[Line | None, Field(description="Needed where the severity is not the default.")] = None
    admissible: Plainly
    admissibility_reason: Line
    danger_now: Annotated[Plainly, Field(description="The safety screen: is anybody in danger now?")]
    safety_note: Prose | None = None


class AssignBody(CommandBody):
    """Who handles the case from now on."""

    model_config = example(assignee="operator-mae-sot", team="mekong")

    assignee: Annotated[Word, Field(description="The id of a key.")]
    team: Word | None = None


class SatisfactionBody(CommandBody):
    """How content the complainant said they are."""

    model_config = example(stars=4)

    stars: Annotated[int, Field(ge=1, le=5, strict=True, description="From 1, not at all, to 5, wholly.")]


class NoteBody(CommandBody):
    """Something that another handler must know."""

    model_config = example(text="Calls only after 20:00.")

    text: Prose


class FeedbackBody(CommandBody):
    """What the complainant was told of the handling."""

    model_config = example(channel="hotline", text="The factory must answer by Friday.")

    channel: Word
    text: Prose | None = None


class HoldBody(CommandBody):
    """For what the case waits, and when it is looked at again."""

    model_config = example(
        waits_for="authority", until="2027-01-15T09:00:00+07:00", reason="The court sits in January."
    )

    waits_for: WaitsFor
    until: AwareDatetime
    reason: Line


class ReleaseBody(CommandBody):
    """Nothing needs to be said."""

    model_config = example()


class TaskBody(CommandBody):
    """What somebody shall do."""

    model_config = example(what="Ask the bank for the statement.", assignee="operator-mae-sot")

    what: Prose
    assignee: Annotated[Word, Field(description="The id of a key.")]
    due_at: Moment | None = None


class FinishTaskBody(CommandBody):
    """Which task is done, and what came of it."""

    model_config = example(task_id=ORGANISATION, outcome="The statement is here.")

    task_id: UUID
    outcome: Prose | None = None


class WithdrawConsentBody(CommandBody):
    """For whom and for what the consent ends."""

    model_config = example(recipient=ORGANISATION, purpose="disclose-facts")

    recipient: Annotated[Line, Field(description="To disclose something: the id of a registered organisation.")]
    purpose: ConsentPurpose


class ConsentBody(WithdrawConsentBody):
    """What a recipient may learn, said by whom and taken down by whom."""

    obtained_from: Literal["individual", "caregiver", "representative"] = "individual"
    obtained_by: Annotated[Word | None, Field(description="Default: the caller.")] = None
    withheld: Annotated[Prose | None, Field(description="What must not be told, and why.")] = None


class NameRespondentBody(CommandBody):
    """Which organisation bears a duty, in which role."""

    model_config = example(organisation_id=ORGANISATION, role="employer")

    organisation_id: OrganisationId
    role: RespondentRole


class EscalateBody(CommandBody):
    """A brief without the person in it, to a party that must answer."""

    model_config = example(
        organisation_id=ORGANISATION,
        level="employer",
        brief="Workers at plant 2 paid recruitment fees and their passports are kept. Please answer.",
    )

    organisation_id: OrganisationId
    level: EscalationLevel
    brief: Prose
    level_reason: Annotated[Line | None, Field(description="Needed to skip a level.")] = None


class RespondBody(CommandBody):
    """What the escalated party answered."""

    model_config = example(
        organisation_id=ORGANISATION, position="accepted", text="We will repay the fees by the end of the month."
    )

    organisation_id: OrganisationId
    position: ResponsePosition
    text: Prose | None = None


class OrganisationBody(CommandBody):
    """An organisation that was not known yet."""

    model_config = example(name="Golden Prawn Co., Ltd.", kind="employer", country="TH", os_id="TH2021250D1DTNJ")

    name: Line
    kind: OrganisationKind
    country: Country | None = None
    os_id: Annotated[OsId | None, Field(description="Open Supply Hub id.")] = None
    contact: SafeContactField | None = None
