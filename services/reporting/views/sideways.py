"""Events beside the course of a case, to facts: fees, reprisals, counts of units, and cases of one matter."""

from services.reporting.views.facts import AbsorbedFacts, CaseFacts, FeeFacts, ReprisalFacts, WatchFacts
from shared.events import parties, protection, remedying, together
from shared.events.envelope import Event, Recorded


def beside(row: CaseFacts, recorded: Recorded) -> None:
    """Take over an event that moves no state; one without bearing on figures changes nothing."""
    event, at = recorded.event, recorded.envelope.occurred_at
    match event:
        case parties.RecruitmentFeeReported():
            row.fees = [*row.fees, _fee(event)]
        case protection.RetaliationWatchStarted():
            watch = WatchFacts(organisation_id=event.organisation_id, since=at, check_at=list(event.check_at))
            row.watches = [*row.watches, watch]
        case protection.RetaliationChecked(outcome=outcome) if outcome != "not-reached":
            row.checks = [*row.checks, at]
        case protection.RetaliationReported():
            told = ReprisalFacts(reported_at=at, acts=list(event.acts), organisation_id=event.organisation_id)
            row.reprisals, row.severity = [*row.reprisals, told], event.severity
            row.issues = list(dict.fromkeys((*row.issues, protection.REPRISAL)))
        case remedying.RemedyCounted(unit="workers"):
            for item in row.remedies:
                if item.item_id == event.item_id:
                    item.workers = event.count or item.workers
        case _ if isinstance(event, together.EVENTS):
            _crew(row, event)
            row.workers = _workers(row)
        case _:
            pass


def _crew(row: CaseFacts, event: Event) -> None:
    match event:
        case together.WorkerJoined(member_id=member):
            row.members = list(dict.fromkeys((*row.members, member)))
        case together.WorkerLeft(member_id=member):
            row.members = [one for one in row.members if one != member]
        case together.GroupCounted(workers=workers):
            row.stated = workers
        case together.CaseMerged(survivor_id=survivor):
            row.merged_into = survivor
        case together.CaseUnmerged():
            row.merged_into = None
        case together.CaseAbsorbed():
            other = AbsorbedFacts(other_id=event.other_id, workers=event.workers, members=list(event.members))
            row.absorbed = [*row.absorbed, other]
        case together.AbsorptionUndone(other_id=other_id):
            row.absorbed = [one for one in row.absorbed if one.other_id != other_id]
        case together.CaseSplit(workers=workers, members=gone):
            row.members = [one for one in row.members if one not in gone]
            row.stated = None if row.stated is None else max(0, row.stated - workers)
            row.parted = (row.parted or 0) + workers
        case _:
            pass


def _workers(row: CaseFacts) -> int:
    """Return how many workers are affected, each once: cases of one matter tell of the same people."""
    members = {*row.members, *(member for one in row.absorbed for member in one.members)}
    opened_with = row.workers if row.opened_with is None else row.opened_with
    own = max(0, opened_with - (row.parted or 0)) if row.stated is None else row.stated
    return max(own, len(members), *(one.workers for one in row.absorbed), 0)


def _fee(event: parties.RecruitmentFeeReported) -> FeeFacts:
    return FeeFacts(
        fee_id=event.fee_id,
        amount=event.amount,
        from_country=event.from_country,
        to_country=event.to_country,
        paid_on=event.paid_on,
        workers=event.workers,
        recruiter_id=event.recruiter_id,
    )
