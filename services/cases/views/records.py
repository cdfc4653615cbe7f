"""One case or organisation, folded from its own facts when it is asked for; today, or as it was."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from services.cases.domain import organisations
from services.cases.domain.clocks import Clocks, clocks_of
from services.cases.domain.clocks import evolve as evolve_clocks
from services.cases.domain.disclosure import recipient_id
from services.cases.domain.evolve import replay
from services.cases.domain.offering import Closed, closed
from services.cases.domain.organisations import Organisation
from services.cases.domain.reaching import is_within_reach
from services.cases.domain.state import Case
from services.cases.domain.trying import Asking
from services.cases.views.clocks import explained
from services.cases.views.showing import show, show_shared
from shared.errors import NotFoundError
from shared.events import cases as facts
from shared.events.envelope import Recorded
from shared.events.privacy import Purpose
from shared.eventstore.decider import Decider
from shared.eventstore.store import EventStore
from shared.policy import Policy
from shared.privacy.reading import Asked, Part, Reading, Say
from shared.rights import Caller, Role
from shared.vault.sealing import place_of

_CLOCKS: Decider[Clocks] = Decider("set of clocks", evolve_clocks)
_ORGANISATION: Decider[Organisation] = Decider("organisation", organisations.evolve)


def viewed_themselves(subject: UUID, purpose: Purpose, fields: tuple[str, ...]) -> facts.CaseFieldsViewed:
    """Say that a person was shown what is kept of them here."""
    return facts.CaseFieldsViewed(subject=subject, purpose=purpose, record="case", record_id=subject, fields=fields)


class AsOf(msgspec.Struct, frozen=True, kw_only=True):
    """Which past is asked for: up to a version, what was true by a time, what was known by a time."""

    version: int | None = None
    as_of: datetime | None = None
    known_at: datetime | None = None

    def holds(self, recorded: Recorded) -> bool:
        """Whether a fact belongs to that past."""
        head = recorded.envelope
        return (
            (self.version is None or head.stream_version <= self.version)
            and (self.as_of is None or head.occurred_at <= self.as_of)
            and (self.known_at is None or head.recorded_at <= self.known_at)
        )

    def moment(self, now: datetime) -> datetime:
        """Return the time at which clocks are read."""
        return min((time for time in (self.as_of, self.known_at) if time is not None), default=now)


@dataclass(frozen=True, slots=True)
class Records:
    """Answers questions about one case or organisation from the log itself."""

    store: EventStore
    policy: Policy
    reading: Reading

    async def case(
        self,
        caller: Caller,
        case_id: UUID,
        past: AsOf,
        now: datetime,
        asked: Asked | None = None,
        *,
        glass_broken: bool = False,
    ) -> tuple[int, dict[str, object]]:
        """Return the version and the shown case, a partner's the part that is shared with them.

        What is sealed is opened only for who asked.
        """
        history = await self._case_history(caller, case_id, glass_broken=glass_broken)
        if past.version is not None and past.version > history[-1].envelope.stream_version:
            raise NotFoundError(f"The case has no version {past.version} yet.")
        case = _replayed([recorded for recorded in history if past.holds(recorded)], case_id)
        subject = history[0].envelope.subject
        partner = caller.role is Role.PARTNER
        content = show_shared(case, caller) if partner else show(case, past.moment(now), self.policy)
        parts = [Part(content, place_of({subject}), {"reopened_because": "reason"})]
        return case.version, (await self.reading.shown(parts, subject, asked, viewed_of("case", case_id)))[0]

    async def reached(self, caller: Caller, case_id: UUID) -> Case:
        """Return the case of today, sealed as it lies; a `NotFoundError` where the caller may not know of it."""
        return _replayed(await self._case_history(caller, case_id, glass_broken=False), case_id)

    async def history(
        self, caller: Caller, case_id: UUID, asked: Asked | None = None, *, glass_broken: bool = False
    ) -> dict[str, object]:
        """Return every fact of a case with its envelope, in order; what is sealed is opened only for who asked."""
        history = await self._case_history(caller, case_id, glass_broken=glass_broken)
        subject = history[0].envelope.subject
        parts = [Part(one.event, place_of({subject}, case_id, one.envelope.stream_version)) for one in history]
        shown = await self.reading.shown(parts, subject, asked, viewed_of("case", case_id))
        items = [
            {"position": one.position, "envelope": one.envelope, "data": data}
            for one, data in zip(history, shown, strict=True)
        ]
        return {"case_id": case_id, "items": items, "total": len(items)}

    async def clocks(self, caller: Caller, case_id: UUID, now: datetime) -> dict[str, object]:
        """Return every clock of a case: how it stands at `now`, and why."""
        history = await self._case_history(caller, case_id, glass_broken=False)
        clocks = _CLOCKS.fold(await self.store.stream(clocks_of(case_id)))
        items = [explained(clock, now) for clock in (clocks.clocks if clocks else ())]
        return {"case_id": case_id, "version": history[-1].envelope.stream_version, "items": items}

    async def next(self, caller: Caller, case_id: UUID, now: datetime, allowed: Collection[str]) -> dict[str, object]:
        """Return the commands that the caller may give now, and for each other one the gate that is closed."""
        case = await self.reached(caller, case_id)
        parties = {one.organisation_id for one in case.respondents}
        parties |= {party for consent in case.consents if (party := recipient_id(consent.given.recipient))}
        found = {party: _ORGANISATION.fold(await self._facts(caller, party, facts.ORGANISATION)) for party in parties}
        known = {party: organisation for party, organisation in found.items() if organisation is not None}
        refusals = closed(case, Asking(caller.id, now, self.policy, known))
        refused = {
            name: refusal or _not_yours(name) for name, refusal in refusals.items() if refusal or name not in allowed
        }
        return {
            "case_id": case_id,
            "version": case.version,
            "open": [name for name in refusals if name not in refused],
            "closed": [refusal._asdict() for refusal in refused.values()],
        }

    async def organisation(
        self, caller: Caller, organisation_id: UUID, asked: Asked | None = None
    ) -> tuple[int, dict[str, object]]:
        """Return the version of an organisation and the organisation."""
        facts_of_it = await self._facts(caller, organisation_id, facts.ORGANISATION)
        found = _ORGANISATION.fold(facts_of_it)
        if found is None:
            raise NotFoundError(f"There is no organisation with the id {organisation_id}.")
        subject = facts_of_it[0].envelope.subject
        parts = [Part(found, place_of({subject}))]
        shown = await self.reading.shown(parts, subject, asked, viewed_of("organisation", organisation_id))
        return found.version, shown[0]

    async def known(self, caller: Caller, organisation_id: UUID) -> Organisation:
        """Return an organisation of the caller's tenant, sealed as it lies."""
        found = _ORGANISATION.fold(await self._facts(caller, organisation_id, facts.ORGANISATION))
        if found is None:
            raise NotFoundError(f"There is no organisation with the id {organisation_id}.")
        return found

    async def _case_history(self, caller: Caller, case_id: UUID, *, glass_broken: bool) -> Sequence[Recorded]:
        history = await self._facts(caller, case_id, facts.CASE)
        today = replay(history)
        # Who may know is decided by the case of today, also for who asks for its past.
        if today is None or not (is_within_reach(today, caller, self.policy) or glass_broken):
            raise NotFoundError(f"There is no case with the id {case_id}.")
        return history

    async def _facts(self, caller: Caller, stream_id: UUID, stream: str) -> Sequence[Recorded]:
        history = await self.store.stream(stream_id)
        first = history[0].envelope if history else None
        return history if first is not None and (first.stream, first.tenant) == (stream, caller.tenant) else ()


def _not_yours(command: str) -> Closed:
    return Closed(command, "role", "Your role may not give this command.", "Somebody with another role gives it.")


def viewed_of(record: Literal["case", "organisation"], record_id: UUID) -> Say:
    """Return how it is said that somebody opened sealed fields of a case or an organisation."""
    return lambda subject, purpose, fields: facts.CaseFieldsViewed(
        subject=subject, purpose=purpose, record=record, record_id=record_id, fields=fields
    )


def _replayed(history: Sequence[Recorded], case_id: UUID) -> Case:
    opened = bool(history) and isinstance(history[0].event, facts.CaseOpened)
    case = replay(history) if opened else None
    if case is None:
        raise NotFoundError(f"The case {case_id} was not open then.")
    return case
