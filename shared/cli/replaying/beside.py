"""Sentences for what happens beside the course of a case: answers by link, and what came in through them."""

from shared.cli.replaying.quoting import Quoting
from shared.cli.replaying.steps import stepped
from shared.events import answering as told
from shared.events import (
    clocks,
    desk,
    handling,
    parties,
    policies,
    procedure,
    protection,
    questions,
    remedying,
    safety,
    together,
)
from shared.events.envelope import Event


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
            then = "".join(f", then {way.channel}" for way in contact.further)
            address = words.quoted("Its address", contact.address)
            return f"The safe contact is now {contact.channel}{then}{barred}.{address}"
        case safety.CodeWordTried(matched=matched):
            return f"A code word was tried: it {'was' if matched else 'was not'} the one agreed on."
        case told.EvidenceStored(part=part, parts=parts):
            return f"Part {part} of {parts} of a file was stored."
        case policies.PolicyAdopted(label=label):
            return f"The rules {label} hold from now on."
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
        case _ if isinstance(event, (*procedure.EVENTS, *questions.EVENTS)):
            return stepped(event, words)
        case handling.CaseReleased():
            return "The case is taken up again after a rest."
        case clocks.ClockEvent():
            return _clock(event, words)
        case _:
            return of_parties(event, words)


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


def of_parties(event: Event, words: Quoting) -> str:  # noqa: C901, PLR0911 - one table of facts
    """Say what happened to organisations and in the market of recruiters."""
    match event:
        case parties.OrganisationRenamed(name=name):
            return f"It is called {name} from now on."
        case parties.OrganisationMerged(survivor_id=party):
            return (
                f"It was found to be the same as {words.party(str(party))}.{words.quoted('The reason', event.reason)}"
            )
        case parties.OrganisationUnmerged(survivor_id=party):
            return f"It was parted from {words.party(str(party))} again.{words.quoted('The reason', event.reason)}"
        case parties.RelationRecorded(kind=kind, organisation_id=party):
            return f"It {kind.replace('-', ' ')} {words.party(str(party))}."
        case parties.RelationEnded(kind=kind, organisation_id=party):
            return f"It no longer {kind.replace('-', ' ')} {words.party(str(party))}."
        case parties.SiteRegistered(name=name):
            return f"The site {name} is known."
        case parties.HeadcountRecorded(workers=workers, counted_on=day):
            return f"{workers} workers were counted on {day}."
        case parties.ReviewReceived(channel=channel):
            return f"A worker reviewed it over {channel}.{words.quoted('The text', event.text)}"
        case parties.ReviewApproved():
            return "The review counts."
        case parties.ReviewRejected():
            return f"The review does not count.{words.quoted('The reason', event.reason)}"
        case parties.RecruitmentFeeReported() as fee:
            paid = f"{fee.amount.amount} {fee.amount.currency}"
            return f"Each of {fee.workers} paid {paid} to come from {fee.from_country} to {fee.to_country}."
        case _:
            return of_people(event, words)


def of_people(event: Event, words: Quoting) -> str:  # noqa: C901, PLR0911, PLR0912 - one table of facts
    """Say what happened to the people behind a grievance, and to cases of one matter."""
    match event:
        case protection.RetaliationWatchStarted(organisation_id=party, check_at=times):
            days = ", ".join(f"{time:%Y-%m-%d}" for time in times)
            return f"{words.party(str(party))} knows of the case; the workers are asked on {days}."
        case protection.RetaliationChecked(outcome=outcome):
            said = words.quoted("What they said", event.statement)
            return f"The workers were asked about retaliation: {outcome}.{said}"
        case protection.RetaliationReported(acts=acts):
            said = words.quoted("What was said", event.statement)
            return f"Retaliation was reported ({', '.join(acts)}); nothing more is disclosed.{said}"
        case protection.DisclosureReleased():
            return f"Disclosure was released.{words.quoted('The reason', event.reason)}"
        case together.WorkerJoined(member_id=member):
            return f"The worker {member} joined.{words.quoted('The name', event.name)}"
        case together.WorkerLeft(member_id=member):
            return f"The worker {member} left."
        case together.GroupCounted(workers=workers):
            return f"{workers} workers are affected in all."
        case together.RepresentativeNamed():
            return f"Somebody speaks for the workers.{words.quoted('The name', event.name)}"
        case together.CaseLinked(other_id=other, kind=kind):
            return f"It was linked to the case {other} ({kind})."
        case together.CaseUnlinked(other_id=other):
            return f"It was no longer linked to the case {other}."
        case together.CaseMerged(survivor_id=other):
            return f"It was merged into the case {other}.{words.quoted('The reason', event.reason)}"
        case together.CaseUnmerged(survivor_id=other):
            return f"It was parted from the case {other} again.{words.quoted('The reason', event.reason)}"
        case together.CaseAbsorbed(other_id=other, workers=workers):
            return f"The case {other} with {workers} workers was merged into it."
        case together.AbsorptionUndone(other_id=other):
            return f"The case {other} stands for itself again."
        case together.CaseSplit(other_id=other, workers=workers):
            return f"{workers} workers went on with the case {other}."
        case together.PatternRaised(kind=kind, cases=cases):
            return f"{cases} cases since {event.since:%Y-%m-%d} have the same {kind}."
        case _:
            return of_remedies(event, words)


def of_remedies(event: Event, words: Quoting) -> str:
    """Say what became of remedies beyond the plan."""
    match event:
        case remedying.RemedyShared(shares=shares):
            return f"It was said what is due to each of {len(shares)} workers."
        case remedying.WorkerPaid(member_id=member, amount=paid):
            return f"The worker {member} got {paid.amount} {paid.currency} of it."
        case remedying.RemedyCounted(unit=unit, count=count):
            return f"{count} {unit} are done in all."
        case remedying.RecheckScheduled(recheck_at=time):
            return f"The remedy is looked at again on {time:%Y-%m-%d}."
        case remedying.RemedyRechecked(outcome=outcome):
            return f"The remedy was looked at again: {outcome}.{words.quoted('What was said', event.statement)}"
        case _:
            raise TypeError(f"no sentence for {type(event).__name__}")


def _noun(event: Event) -> str:
    return "filter" if event.STREAM == desk.FILTER else "template"
