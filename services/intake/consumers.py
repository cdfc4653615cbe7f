"""What intake hears: its own messages, filed into reports; questions to who wrote them; cases kept long enough."""

from services.intake.application import Fetching, Intake, link_answer, show_question
from shared.bus.port import Reaction
from shared.clock import Clock
from shared.events.cases import CaseRetired
from shared.events.envelope import Actor, Recorded
from shared.events.intake import MessageReceived
from shared.events.questions import QuestionAnswered, QuestionAsked
from shared.eventstore.context import caused_by
from shared.eventstore.work import UnitOfWork

SYSTEM = Actor("system:intake", "system")


def ending(intake: Intake, clock: Clock) -> Reaction:
    """Return the reaction that erases a person of whom every case was kept long enough."""

    def on_case_retired(unit: UnitOfWork, recorded: Recorded) -> None:
        subject, event = recorded.envelope.subject, recorded.event
        if subject is None or not isinstance(event, CaseRetired):
            return
        context = caused_by(recorded.envelope, actor=SYSTEM, now=clock())
        if event.report_id is not None:
            intake.subjects.retire_report(unit, event.report_id, subject, context)
        intake.subjects.end(unit, subject, context)

    return Reaction("intake.ending", "cases", {CaseRetired: on_case_retired})


def questioning(clock: Clock) -> Reaction:
    """Return the reaction that shows questions to who holds the receipt, and puts answers with their case."""

    def on_asked(unit: UnitOfWork, recorded: Recorded) -> None:
        if isinstance(recorded.event, QuestionAsked):
            show_question(unit, recorded.event, caused_by(recorded.envelope, actor=SYSTEM, now=clock()))

    def on_answered(unit: UnitOfWork, recorded: Recorded) -> None:
        if isinstance(recorded.event, QuestionAnswered):
            context = caused_by(recorded.envelope, actor=SYSTEM, now=clock())
            link_answer(unit, recorded.event, case_id=recorded.envelope.stream_id, context=context)

    return Reaction("intake.questions", "cases", {QuestionAsked: on_asked, QuestionAnswered: on_answered})


def attaching(fetching: Fetching) -> Reaction:
    """Return the reaction that says which files are to be fetched."""
    return Reaction("intake.attaching", "intake", {MessageReceived: fetching.announce})


def filing(intake: Intake, clock: Clock) -> Reaction:
    """Return the reaction that files each message."""

    def on_message_received(unit: UnitOfWork, recorded: Recorded) -> None:
        now = clock()
        since = min(recorded.envelope.occurred_at, now)
        intake.file(unit, recorded, caused_by(recorded.envelope, actor=SYSTEM, now=now, occurred_at=since))

    return Reaction("intake.filing", "intake", {MessageReceived: on_message_received})
