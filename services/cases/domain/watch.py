"""What the facts of protection have made of the watch over a case: when to ask, and whether disclosure rests."""

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec.structs import replace

from shared.events import protection as told
from shared.events.envelope import Recorded


class Check(msgspec.Struct, frozen=True, omit_defaults=True):
    """One time to ask the workers, after whose learning of the case, and when it was done."""

    organisation_id: UUID
    due_at: datetime
    done_at: datetime | None = None


class Watch(msgspec.Struct, frozen=True, omit_defaults=True):
    """All of one case. `resting`: consents given before this moment do not hold."""

    checks: tuple[Check, ...] = ()
    reports: tuple[told.RetaliationReported, ...] = ()
    resting_since: datetime | None = None

    def watches(self, organisation_id: UUID) -> bool:
        """Whether the watch over what this organisation does has begun."""
        return any(check.organisation_id == organisation_id for check in self.checks)


def after(watch: Watch, recorded: Recorded) -> Watch:
    """Return the watch after a fact; a fact without bearing on it changes nothing."""
    at = recorded.envelope.occurred_at
    match recorded.event:
        case told.RetaliationWatchStarted(organisation_id=organisation_id, check_at=times):
            return replace(watch, checks=(*watch.checks, *(Check(organisation_id, due_at) for due_at in times)))
        case told.RetaliationChecked():
            return replace(watch, checks=done(watch.checks, at))
        case told.RetaliationReported() as reported:
            return replace(watch, reports=(*watch.reports, reported), resting_since=at)
        case told.DisclosureReleased():
            return replace(watch, resting_since=None)
        case _:
            return watch


def done(checks: tuple[Check, ...], at: datetime) -> tuple[Check, ...]:
    """Return the checks after the workers were asked: all that were due are done, or else the next one."""
    waiting = sorted(check.due_at for check in checks if check.done_at is None)
    if not waiting:
        return checks
    by = max(at, waiting[0])
    return tuple(replace(one, done_at=at) if one.done_at is None and one.due_at <= by else one for one in checks)
