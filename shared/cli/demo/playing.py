"""The plan carried out: many threads at once, each in its own order; what is there already is not done again."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

import httpx

from shared.cli.demo.around import Site, Surroundings, surroundings
from shared.cli.demo.cast import ORGANISATIONS
from shared.cli.demo.client import Door, Reply
from shared.cli.demo.life import Step
from shared.cli.demo.year import YEAR, Message, Thread, first_thread, plan
from shared.cli.progress import Progress

AT_ONCE = 16
_CONFLICT, _KNOWN, _NEW = 409, 422, 202
_PARTY = {"consent": "recipient", "report-fee": "recruiter_id"}
"""What the organisation of a command is called in its body, where that is not `organisation_id`."""


@dataclass(slots=True)
class DemoResult:
    """What a run added; `repeated` were there from an earlier run with the same seed."""

    seed: int
    messages: int = 0
    cases: int = 0
    dismissed: int = 0
    linked: int = 0
    steps: int = 0
    repeated: int = 0
    look_at: tuple[str, ...] = field(default=())


async def fill(
    *,
    base_url: str,
    keys: tuple[str, str],
    seed: int,
    progress: Progress,
    now: datetime,
    size: int = 400,
    transport: httpx.AsyncBaseTransport | None = None,
) -> DemoResult:
    """Fill a running system with a year of about `size` messages. `keys` are of two persons: two see more than one."""
    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(base_url=base_url, limits=limits, timeout=60, transport=transport) as http:
        play = _Play(Door(http, keys[0]), Door(http, keys[1]), seed, progress)
        anchor = await play.anchor(now)
        threads, around = plan(seed, size, anchor), surroundings(seed, anchor)
        progress.begin("a year of grievances", around.size + sum(thread.size for thread in threads))
        await play.all(threads, around)
    play.result.look_at = (f"{base_url}/", f"{base_url}/cases/v1/cases?overdue=true", f"{base_url}/openapi.json")
    return play.result


@dataclass(frozen=True, slots=True)
class _Report:
    path: str
    decided: bool = False
    """Whether an earlier run decided on it, and for which case."""
    case_id: str | None = None


class _Play:
    """One run of the plan."""

    def __init__(self, first: Door, second: Door, seed: int, progress: Progress) -> None:
        self._first, self._second = first, second
        self._seed = seed
        self._progress = progress
        self._organisations: dict[str, str] = {}
        self._begun: dict[str, Reply] = {}
        self._repeats = False
        self.result = DemoResult(seed)

    async def anchor(self, now: datetime) -> datetime:
        """Return the moment at which this seed's year ends: now, or where an earlier run put it."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        message = first_thread(self._seed, hour).messages[0]
        self._begun[message.external_id] = first = await self._say(message)
        self._repeats = first.status != _NEW
        told = await self._first.get(f"/intake/v1/messages/{first.body['message_id']}")
        return datetime.fromisoformat(told.body["occurred_at"]) + YEAR

    async def all(self, threads: Sequence[Thread], around: Surroundings) -> None:
        """Register the organisations with what surrounds them, then play the threads, the earliest first."""
        for organisation in ORGANISATIONS:
            self._organisations[organisation.name] = await self._registered(organisation.name)
        await self._surround(around)
        places = asyncio.Semaphore(AT_ONCE)

        async def one(thread: Thread) -> None:
            async with places:
                await self._thread(thread)

        try:
            async with asyncio.TaskGroup() as group:
                for thread in threads:
                    group.create_task(one(thread))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures

    async def _registered(self, name: str) -> str:
        found = next(one for one in ORGANISATIONS if one.name == name)
        body = {"name": name, "kind": found.kind, "country": found.country}
        known = frozenset({_CONFLICT})
        reply = await self._first.post("/cases/v1/organisations", body, self._once("org", name), accept=known)
        return str(reply.body["organisation_id"])

    async def _surround(self, around: Surroundings) -> None:
        for supplier, buyer in around.supplies:
            relation = {"kind": "supplies", "organisation_id": self._organisations[buyer]}
            await self._around(supplier, "relate", relation, "")
        for site in around.sites:
            await self._site(site)
        for review in around.reviews:
            body = review.body | {"occurred_at": _text(review.at)}
            told = await self._around(review.organisation, "review", body, str(review.number))
            decision, why = ("reject", {"reason": review.rejected}) if review.rejected else ("approve", {})
            path = f"/cases/v1/reviews/{told.body['review_id']}/{decision}"
            await self._second.post(path, why, self._once(decision, review.organisation, str(review.number)))
            self._count_around()

    async def _site(self, site: Site) -> None:
        body = {"name": site.name, "occurred_at": _text(site.at)}
        await self._around(site.organisation, "add-site", body, site.name)
        organisation = f"/cases/v1/organisations/{self._organisations[site.organisation]}"
        known = {one["name"]: one["site_id"] for one in (await self._first.get(organisation)).body["sites"]}
        for count in site.counts:
            day = count.at.date().isoformat()
            heads = {"site_id": known[site.name], "workers": count.workers, "counted_on": day}
            await self._around(site.organisation, "count-heads", heads, f"{site.name} {day}")

    async def _around(self, name: str, command: str, body: dict[str, Any], which: str) -> Reply:
        """Carry out a command on an organisation. A repeated key is answered as the first time, another year's site
        is known.
        """
        path = f"/cases/v1/organisations/{self._organisations[name]}/{command}"
        reply = await self._first.post(
            path, body, self._once(command, name, which), accept=frozenset({_CONFLICT, _KNOWN})
        )
        self._count_around()
        return reply

    def _count_around(self) -> None:
        self._progress.advance()
        if self._repeats:
            self.result.repeated += 1
        else:
            self.result.steps += 1

    async def _thread(self, thread: Thread) -> None:
        report = await self._report(thread)
        match thread.decision:
            case "accept":
                await self._case(thread, report)
            case "dismiss":
                await self._decide(thread, report, "dismiss", {"reason": thread.reason})
                self.result.dismissed += not report.decided
            case _:
                return

    async def _report(self, thread: Thread) -> _Report:
        """Let the sender write, and return the report that came of it."""
        said = [await self._say(message) for message in thread.messages]
        new = sum(reply.status == _NEW for reply in said)
        self.result.messages += new
        self.result.repeated += len(said) - new
        self._progress.advance(len(said))
        message = f"/intake/v1/messages/{said[0].body['message_id']}"
        told = await self._first.until(message, lambda reply: bool(reply.body["report_id"]), said[-1].body["position"])
        path = f"/intake/v1/reports/{told.body['report_id']}"
        if said[0].status == _NEW:
            return _Report(path)
        earlier = await self._first.get(path)
        return _Report(path, earlier.body["state"] != "open", earlier.body["case_id"])

    async def _say(self, message: Message) -> Reply:
        # No Idempotency-Key: the external id does it, and the answer tells whether the message was there.
        if message.external_id in self._begun:
            return self._begun[message.external_id]
        body = message.body | {"external_id": message.external_id, "occurred_at": _text(message.at)}
        return await self._first.post("/intake/v1/messages", body)

    async def _case(self, thread: Thread, report: _Report) -> None:
        answer = await self._decide(thread, report, "accept", {})
        self.result.cases += not report.decided
        case_id = str(answer.get("case_id", report.case_id))
        case = f"/cases/v1/cases/{case_id}"
        await self._first.until(case, lambda reply: "case_id" in reply.body, answer.get("position"))
        done = await self._facts(case) if report.decided else set()
        for other in thread.joined:
            await self._join(other, case_id)
        items: list[str] = []
        for step in thread.steps:
            if step.item is not None and not items:
                items = await self._items(case)
            await self._step(thread, case, step, done, items)

    async def _facts(self, case: str) -> set[datetime]:
        told = await self._first.get(f"{case}/events")
        return {datetime.fromisoformat(fact["envelope"]["occurred_at"]) for fact in told.body["items"]}

    async def _items(self, case: str) -> list[str]:
        return [str(item["item_id"]) for item in (await self._first.get(case)).body["remedies"]]

    async def _join(self, thread: Thread, case_id: str) -> None:
        report = await self._report(thread)
        await self._decide(thread, report, "link", {"case_id": case_id})
        self.result.linked += not report.decided

    async def _decide(self, thread: Thread, report: _Report, decision: str, body: dict[str, Any]) -> dict[str, Any]:
        """Decide on a report, unless an earlier run did."""
        self._progress.advance()
        if report.decided:
            self.result.repeated += 1
            return {}
        dated = body | {"occurred_at": _text(thread.decided_at)}
        return (await self._first.post(f"{report.path}/{decision}", dated, self._once(thread.name, decision))).body

    async def _step(self, thread: Thread, case: str, step: Step, done: set[datetime], items: list[str]) -> None:
        self._progress.advance()
        if step.at in done:
            self.result.repeated += 1
            return
        body = step.body | {"occurred_at": _text(step.at)}
        if step.party is not None:
            body[_PARTY.get(step.command, "organisation_id")] = self._organisations[step.party]
        if step.item is not None:
            body["item_id"] = items[step.item]
        if step.member is not None:
            body["member_id"] = (await self._first.get(case)).body["members"][step.member]
        door = self._second if step.second else self._first
        await door.post(f"{case}/{step.command}", body, self._once(thread.name, step.command, _text(step.at)))
        self.result.steps += 1

    def _once(self, *parts: str) -> str:
        return quote("-".join(("demo", str(self._seed), *parts)))[:200]


def _text(at: datetime) -> str:
    return at.isoformat()
