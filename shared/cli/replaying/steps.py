"""Sentences for the steps that not every case takes: attempts, asking, questions, investigating, appeals."""

from shared.cli.replaying.quoting import Quoting
from shared.errors import CorruptRecordError
from shared.events import procedure, questions
from shared.events.envelope import Event


def stepped(event: Event, words: Quoting) -> str:  # noqa: C901, PLR0911 - one table of facts
    """Say what happened."""
    match event:
        case procedure.ContactAttempted(channel=channel, outcome=outcome):
            reached = "was reached" if outcome == "reached" else "was not reached"
            return f"The complainant {reached} by {channel}.{words.quoted('The note', event.note)}"
        case procedure.ConsentRequested(recipient=recipient, purpose=purpose):
            return f"The complainant was asked whether {words.party(recipient)} may learn of it ({purpose})."
        case procedure.ConsentDeclined(recipient=recipient):
            return f"The complainant said no to {words.party(recipient)}.{words.quoted('The reason', event.reason)}"
        case procedure.InvestigationOpened() | procedure.InvestigationReported():
            return _investigated(event, words)
        case procedure.MonitoringStarted():
            return "Every promise was kept; the case is followed while checks are still to come."
        case procedure.WithdrawalChecked(outcome=outcome):
            seen = "no pressure to give up was seen" if outcome == "free" else "the complainant is pressed to give up"
            return f"Asked in private: {seen}.{words.quoted('What was said', event.statement)}"
        case procedure.AppealFiled(by=by):
            return f"The {by} appealed against the ending.{words.quoted('The grounds', event.grounds)}"
        case procedure.AppealDecided(outcome=outcome):
            return f"The appeal was {outcome}.{words.quoted('The reason', event.reason)}"
        case procedure.GateOverridden(gate=gate):
            return f"The gate “{gate}” was passed by a person’s right.{words.quoted('The reason', event.reason)}"
        case questions.QuestionPlanned() | questions.QuestionWithheld():
            return _planned(event)
        case questions.QuestionAsked() | questions.QuestionAnswered() | questions.ReplyReceived():
            return _asked(event, words)
        case _:
            raise CorruptRecordError(f"{event.TOPIC} is no step of the procedure.")


def _planned(event: questions.QuestionPlanned | questions.QuestionWithheld) -> str:
    if isinstance(event, questions.QuestionPlanned):
        return f"By the rules of {event.policy} they are to be asked on {event.ask_at:%Y-%m-%d} ({event.kind})."
    return f"What was to be asked by the rules is not asked ({event.kind}): {event.because}."


def _asked(
    event: questions.QuestionAsked | questions.QuestionAnswered | questions.ReplyReceived, words: Quoting
) -> str:
    if isinstance(event, questions.QuestionAsked):
        whose = f"The complainant was asked by a message ({event.kind}), to answer by {event.expires_at:%Y-%m-%d}."
        return f"{whose}{words.quoted('The question', event.text)}"
    if isinstance(event, questions.ReplyReceived):
        return f"A reply came that decides nothing ({event.because}).{words.quoted('The words', event.text)}"
    led = "and it stands" if event.moved else "for a person to read"
    return f"The complainant answered: {event.reply}, {led}.{words.quoted('The words', event.text)}"


def _investigated(event: procedure.InvestigationOpened | procedure.InvestigationReported, words: Quoting) -> str:
    if isinstance(event, procedure.InvestigationOpened):
        whose = f"An investigation ({event.kind}) was opened, to report by {event.report_by:%Y-%m-%d}."
        return f"{whose}{words.quoted('Its terms', event.terms)}"
    return f"The investigation found: {event.finding}.{words.quoted('The report', event.report)}"
