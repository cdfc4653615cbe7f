"""What is done through, and about, the links by which respondents answer."""

import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from msgspec.structs import replace

from services.cases.application import streams
from services.cases.application.index import ANSWER_LINK
from services.cases.application.service import Cases
from services.cases.domain import answering
from services.cases.domain.evolve import replay
from services.cases.domain.state import Case
from shared.answer_link import answer_path, answer_token, link_of
from shared.clock import Clock
from shared.errors import NotFoundError
from shared.events.answering import EvidenceReceived, EvidenceStored
from shared.events.envelope import Actor, Event, Recorded
from shared.eventstore.context import CommandContext
from shared.eventstore.store import Written
from shared.eventstore.work import UnitOfWork
from shared.ids import new_id

ROLE = "respondent"


class Let(NamedTuple):
    """Who was let in: the link, and the case as it stands."""

    link_id: UUID
    case: Case
    written: Written


class Answering:
    """The commands behind a link, and those of the office about links."""

    def __init__(self, cases: Cases, secret: bytes, clock: Clock, ids: Callable[[], UUID] = new_id) -> None:
        """Stand on the commands of cases; `secret` makes tokens."""
        self.store = cases.store
        self._cases = cases
        self._change = cases.change
        self._secret = secret
        self._clock = clock
        self._ids = ids

    def path(self, link_id: UUID) -> str:
        """Return where the page of a link lies."""
        return answer_path(answer_token(self._secret, link_id))

    def link(self, token: str) -> UUID:
        """Return the link of a token, before anything is looked up; a wrong one learns nothing, not even by time."""
        link_id = link_of(self._secret, token)
        if link_id is None:
            raise NotFoundError("This link is not known here. Check that all of it was copied.")
        return link_id

    async def issue(self, *, context: CommandContext, case_id: UUID, command: answering.IssueLink) -> Written:
        """Give a respondent a new link."""
        link_id, at = self._ids(), context.now
        return await self._change(
            context, case_id, lambda _, case: answering.issue(case, command, link_id=link_id, at=at)
        )

    async def revoke(self, *, context: CommandContext, case_id: UUID, command: answering.RevokeLink) -> Written:
        """End a link."""
        return await self._change(context, case_id, lambda _, case: answering.revoke(case, command))

    async def opened(self, link_id: UUID) -> Let:
        """Put on record that the brief is shown, and return the case that it belongs to."""
        return await self._through(link_id, lambda case, at: answering.open_link(case, link_id, at=at))

    async def answer(self, link_id: UUID, command: answering.AnswerByLink) -> Let:
        """Take the answer."""
        return await self._through(link_id, lambda case, at: answering.answer(case, link_id, command, at=at))

    async def propose(self, link_id: UUID, command: answering.Propose) -> Let:
        """Take an offer."""
        ids, policy = self._ids, self._cases.policy
        return await self._through(
            link_id,
            lambda case, at: answering.propose(case, link_id, command, at=at, new_id=ids, policy=policy),
        )

    async def hand_in(self, link_id: UUID, name: str, content: bytes) -> Let:
        """Take a file: its parts into a stream of their own, and that it was handed in into the case."""
        evidence_id = self._ids()

        def store(unit: UnitOfWork, case: Case, context: CommandContext) -> str:
            parts = answering.parts_of(case, content)
            own = replace(context, subject=case.subject)
            stored = unit.append(evidence_id, 0, parts, own)
            sealed = [one.event.content for one in stored if isinstance(one.event, EvidenceStored)]
            return hashlib.sha256("".join(sealed).encode()).hexdigest()

        def decide(unit: UnitOfWork, case: Case, context: CommandContext) -> Sequence[Event]:
            checked = answering.hand_in(
                case, link_id, name, content, at=context.now, evidence_id=evidence_id, digest=""
            )
            digest = store(unit, case, context)
            return [replace(one, digest=digest) if isinstance(one, EvidenceReceived) else one for one in checked]

        return await self._within(link_id, decide)

    async def _through(self, link_id: UUID, decide: Callable[[Case, datetime], Sequence[Event]]) -> Let:
        return await self._within(link_id, lambda _unit, case, context: decide(case, context.now))

    async def _within(
        self, link_id: UUID, decide: Callable[[UnitOfWork, Case, CommandContext], Sequence[Event]]
    ) -> Let:
        actor = Actor(f"link:{link_id}", ROLE)
        context = CommandContext(actor=actor, now=self._clock(), correlation_id=new_id())

        def work(unit: UnitOfWork) -> Sequence[Recorded]:
            case_id = unit.lookup(ANSWER_LINK, str(link_id))
            if case_id is None:
                raise NotFoundError("This link is not known here. Check that all of it was copied.")
            own = streams.in_its_tenant(unit, UUID(case_id), context)
            return streams.change_case(
                unit,
                UUID(case_id),
                own,
                lambda case: decide(unit, case, own),
                lambda _case: None,
                policy=lambda case: self._cases.policy_of(case, own),
            )

        written = await self.store.write(context, work)
        case = replay(await self.store.stream(written.stream_id))
        if case is None:
            raise NotFoundError(f"There is no case with the id {written.stream_id}.")
        return Let(link_id, case, written)
