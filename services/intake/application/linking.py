"""What a question in a case means for the reports of who was asked: they read it, and the answer needs no decision."""

from datetime import timedelta
from uuid import UUID

from services.intake import domain
from services.intake.application.receiving import REPORTS
from shared.errors import TryLaterError
from shared.events.intake import MessageFiled
from shared.events.questions import QuestionAnswered, QuestionAsked
from shared.events.reports import TriageSuggested
from shared.eventstore.context import CommandContext
from shared.eventstore.work import UnitOfWork

PATIENCE = timedelta(minutes=10)
"""How long the filing of a message is waited for; it is a reaction of its own."""


def show_question(unit: UnitOfWork, asked: QuestionAsked, context: CommandContext) -> None:
    """Write a question that has words of its own into the talk that is read with the receipt."""
    text = asked.text
    if text is not None and unit.version(asked.report_id):
        REPORTS.change(unit, asked.report_id, context, lambda _report: domain.reply(text, None))


def link_answer(unit: UnitOfWork, answered: QuestionAnswered, *, case_id: UUID, context: CommandContext) -> None:
    """Add the report of an answer to its case, where it is nothing but the answer; a person looks at any other."""
    message = unit.read(answered.message_id)
    filed = next((fact.event for fact in message if isinstance(fact.event, MessageFiled)), None)
    if filed is None:
        if message and context.now - message[0].envelope.recorded_at < PATIENCE:
            raise TryLaterError("The answer has not been filed yet.")
        return
    facts = unit.read(filed.report_id)
    report = REPORTS.fold(facts)
    if report is None or any(isinstance(fact.event, TriageSuggested) for fact in facts):
        return
    if report.state == "open" and report.all_messages == (answered.message_id,):
        unit.append(filed.report_id, len(facts), domain.link(report, case_id), context)
