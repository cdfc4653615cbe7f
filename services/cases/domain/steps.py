"""What the facts of the procedure have made of a case: attempts, open questions, investigations, appeals."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from shared.events import cases as facts
from shared.events import procedure as told
from shared.events.envelope import Recorded


class Investigation(msgspec.Struct, frozen=True, omit_defaults=True):
    """One investigation, and what it found."""

    opened: told.InvestigationOpened
    at: datetime
    reported: told.InvestigationReported | None = None
    reported_at: datetime | None = None


class Appeal(msgspec.Struct, frozen=True, omit_defaults=True):
    """One appeal, and what came of it."""

    filed: told.AppealFiled
    at: datetime
    decided: told.AppealDecided | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None


class Steps(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of one case. `missed`: when nobody was reached since somebody last was; `checked_by`: who saw no pressure."""

    missed: tuple[datetime, ...] = ()
    asked: tuple[told.ConsentRequested, ...] = ()
    investigations: tuple[Investigation, ...] = ()
    appeals: tuple[Appeal, ...] = ()
    checked_by: str | None = None
    overridden: tuple[told.GateOverridden, ...] = ()

    @property
    def attempts(self) -> int:
        """On how many days (UTC) somebody was tried in vain; several calls on one day are one attempt."""
        return len({at.astimezone(UTC).date() for at in self.missed})

    def waits_for(self, recipient: str, purpose: str) -> bool:
        """Whether the complainant was asked for this consent and has not answered."""
        return any((one.recipient, one.purpose) == (recipient, purpose) for one in self.asked)

    @property
    def appeal(self) -> Appeal | None:
        """The appeal that waits for a decision, or None."""
        return next((one for one in self.appeals if one.decided is None), None)


def after(steps: Steps, recorded: Recorded) -> Steps:  # noqa: C901, PLR0911 - one table of facts
    """Return the steps after a fact; a fact without bearing on them changes nothing."""
    at, by = recorded.envelope.occurred_at, recorded.envelope.actor.id
    match recorded.event:
        case told.ContactAttempted(outcome=outcome):
            return replace(steps, missed=(*steps.missed, at) if outcome == "not-reached" else ())
        case told.ConsentRequested() as event:
            return replace(steps, asked=(*steps.asked, event))
        case facts.ConsentRecorded() | told.ConsentDeclined() as event:
            return replace(steps, asked=tuple(one for one in steps.asked if not _answers(event, one)))
        case told.InvestigationOpened() as event:
            return replace(steps, investigations=(*steps.investigations, Investigation(event, at)))
        case told.InvestigationReported() as event:
            return replace(steps, investigations=tuple(_reported(one, event, at) for one in steps.investigations))
        case told.WithdrawalChecked(outcome=outcome):
            return replace(steps, checked_by=by if outcome == "free" else None)
        case told.AppealFiled() as event:
            return replace(steps, appeals=(*steps.appeals, Appeal(event, at)))
        case told.AppealDecided() as event:
            return replace(steps, appeals=tuple(_decided(one, event, at, by) for one in steps.appeals))
        case facts.CaseReopened():
            return replace(steps, checked_by=None, missed=())
        case told.GateOverridden() as event:
            return replace(steps, overridden=(*steps.overridden, event))
        case _:
            return steps


def pending(steps: Steps, investigation_id: UUID) -> Investigation | None:
    """Return an investigation that has not reported, or None."""
    return next(
        (
            one
            for one in steps.investigations
            if one.opened.investigation_id == investigation_id and one.reported is None
        ),
        None,
    )


def _answers(event: facts.ConsentRecorded | told.ConsentDeclined, asked: told.ConsentRequested) -> bool:
    return (event.recipient, event.purpose) == (asked.recipient, asked.purpose)


def _reported(one: Investigation, event: told.InvestigationReported, at: datetime) -> Investigation:
    if one.opened.investigation_id != event.investigation_id:
        return one
    return replace(one, reported=event, reported_at=at)


def _decided(one: Appeal, event: told.AppealDecided, at: datetime, by: str) -> Appeal:
    if one.filed.appeal_id != event.appeal_id:
        return one
    return replace(one, decided=event, decided_at=at, decided_by=by)
