"""Sentences for what happens beside the course of a case: answers by link, and what came in through them."""

from typing import Protocol

from shared.events import answering as told
from shared.events import clocks, desk, handling, safety
from shared.events.envelope import Event


class Quoting(Protocol):
    """Whoever knows whether what a person said is told."""

    def quoted(self, what: str, text: str | None) -> str:
        """Quote a personal text, or say only that it is there."""
        ...

    def party(self, name: str) -> str:
        """Name an organisation where its id is known."""
        ...


def beside(event: Event, words: Quoting) -> str:  # noqa: C901, PLR0911, PLR0912 - one table of facts
    """Say what happened. Total over the facts that are not of the course itself."""
    match event:
        case told.AnswerLinkIssued(organisation_id=party):
            return (
                f"A link to answer by was made for {words.party(str(party))}, good until {event.expires_at:%Y-%m-%d}."
            )
        case told.AnswerLinkRevoked():
            return f"A link to answer by was taken back.{words.quoted('The reason', event.reason)}"
        case told.AnswerLinkOpened():
            return "The request was opened by its link."
        case told.RemedyProposed(organisation_id=party, items=items):
            offered = ", ".join(item.remedy for item in items)
            return f"{words.party(str(party))} offered {offered}."
        case told.EvidenceReceived(organisation_id=party):
            return f"{words.party(str(party))} handed in a file ({event.media_type}, {event.size} bytes)."
        case safety.SafeContactSet(safe_contact=None):
            return "No way to reach the complainant is safe any more."
        case safety.SafeContactSet(safe_contact=contact) if contact is not None:
            barred = ", on which nobody contacts them" if contact.do_not_contact else ""
            return f"The safe contact is now {contact.channel}{barred}.{words.quoted('Its address', contact.address)}"
        case safety.CodeWordTried(matched=matched):
            return f"A code word was tried: it {'was' if matched else 'was not'} the one agreed on."
        case desk.TaskAdded():
            return f"{event.assignee} got a task.{words.quoted('The task', event.what)}"
        case desk.TaskFinished():
            return f"A task was finished.{words.quoted('The outcome', event.outcome)}"
        case desk.FilterSaved() | desk.NoteTemplateSaved():
            return f"The {_noun(event)} “{event.name}” was kept."
        case desk.FilterRemoved() | desk.NoteTemplateRemoved():
            return f"The {_noun(event)} is not offered any more."
        case handling.FeedbackGiven(channel=channel):
            return f"The complainant was told by {channel} what is done.{words.quoted('What was said', event.text)}"
        case handling.CaseHeld(waits_for=party, until=until):
            return f"The case rests until {until:%Y-%m-%d}, for: {party}.{words.quoted('The reason', event.reason)}"
        case handling.CaseReleased():
            return "The case is taken up again after a rest."
        case clocks.ClockEvent():
            return _clock(event, words)
        case _:
            raise TypeError(f"no sentence for {type(event).__name__}")


def _clock(event: clocks.ClockEvent, words: Quoting) -> str:
    clock = f"The clock “{event.duty}” of {words.party(event.party)}"
    match event:
        case clocks.ClockStarted(due_at=due_at):
            return f"{clock} started, until {due_at:%Y-%m-%d %H:%M}."
        case clocks.ClockPaused(reason=reason):
            return f"{clock} was stopped: {reason}."
        case clocks.ClockResumed(due_at=due_at):
            return f"{clock} runs again, until {due_at:%Y-%m-%d %H:%M}."
        case clocks.ClockMet(late=late):
            return f"{clock} was met, {'late' if late else 'in time'}."
        case clocks.ClockMissed(consequence=consequence, because=because):
            return f"{clock} was missed; {consequence}: {because}."
        case _:
            raise TypeError(f"no sentence for {type(event).__name__}")


def _noun(event: Event) -> str:
    return "filter" if event.STREAM == desk.FILTER else "template"
