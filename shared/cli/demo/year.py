"""The plan of a year: who writes when, what is decided, and what becomes of it. The same seed plans the same year."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from random import Random
from typing import Any, Literal

from shared.cli.demo import texts
from shared.cli.demo.cast import ABROAD, CHANNELS, HOMES, ISSUES, PLACES, respondents
from shared.cli.demo.life import Life, Matter, Step

YEAR = timedelta(days=365)

_JOINING, _LETS_COUNT, _REACHABLE = 0.5, 0.8, 0.3
"""Shares: of cases that others join, of workers who let themselves be counted, of workers with a safe contact."""

Decision = Literal["accept", "dismiss", "link", "wait"]


@dataclass(frozen=True, slots=True)
class Message:
    """Something a worker writes, as the intake takes it."""

    external_id: str
    at: datetime
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Thread:
    """The messages of one sender, what is decided on their report, and the steps of its case, where it becomes one.

    `joined` are reports of other senders that belong to that case.
    """

    name: str
    messages: tuple[Message, ...]
    decision: Decision
    decided_at: datetime
    reason: str | None = None
    steps: tuple[Step, ...] = ()
    joined: tuple["Thread", ...] = ()

    @property
    def written(self) -> int:
        """How many messages there are, those of joined reports included."""
        return len(self.messages) + sum(other.written for other in self.joined)

    @property
    def size(self) -> int:
        """How many things there are to do."""
        decided = self.decision != "wait"
        return len(self.messages) + decided + len(self.steps) + sum(other.size for other in self.joined)


def first_thread(seed: int, anchor: datetime) -> Thread:
    """Return the message that the year begins with: found again, it tells when the year was."""
    message = {"channel": "form", "account": "demo-form", "text": "A first try of the form.", "language": "en"}
    begins = anchor - YEAR
    first = Message(f"demo-{seed}-first", begins, message)
    return Thread("first", (first,), "dismiss", begins + timedelta(hours=2), "test")


def plan(seed: int, size: int, anchor: datetime) -> tuple[Thread, ...]:
    """Plan a year up to `anchor` of about `size` messages; a larger one has all the threads of a smaller one."""
    threads = [first_thread(seed, anchor)]
    written = 1
    while written < size:
        name = f"{len(threads):05d}"
        thread = _Planned(seed, name, Random(f"{seed}:{name}"), anchor).thread()  # noqa: S311 - a play, not a secret
        threads.append(thread)
        written += thread.written
    return tuple(sorted(threads, key=lambda thread: thread.messages[0].at))


class _Planned:
    """Draws one thread."""

    def __init__(self, seed: int, name: str, rng: Random, anchor: datetime) -> None:
        self._seed, self._name, self._rng, self._anchor = seed, name, rng, anchor
        self._place = rng.choices(PLACES, [place.weight for place in PLACES])[0]
        self._language = rng.choice(self._place.languages)
        self._channel = rng.choices(tuple(CHANNELS), tuple(CHANNELS.values()))[0]
        self._issue = rng.choices(tuple(ISSUES), tuple(ISSUES.values()))[0]
        self._workers = rng.choice((1, 1, 1, 1, 2, 3, 5, 8, 14, 40, 120))
        self._respondent = rng.choice(respondents(self._place.country, self._issue))
        where = Random(f"{seed}:{name}:site")  # noqa: S311 - a play, not a secret
        self._site = where.choice(self._respondent.sites) if self._respondent.sites else None
        self._reachable = rng.random() < _REACHABLE
        # The root draws more of the year's end than of its beginning: the hotline became known.
        self._progress = rng.random() ** 0.7
        self._begins = anchor - YEAR + timedelta(seconds=round(self._progress * (YEAR.total_seconds() - 7_200)))

    def thread(self) -> Thread:
        rng = self._rng
        messages = tuple(self._until_now(self._messages(self._name, self._begins)))
        decided_at = messages[-1].at + timedelta(minutes=round(rng.uniform(30, 60 * 40)))
        decision, reason = self._decision(decided_at)
        if decision != "accept":
            return Thread(self._name, messages, decision, decided_at, reason)
        steps = tuple(takewhile(lambda step: step.at <= self._anchor, self._life(decided_at).steps()))
        return Thread(self._name, messages, decision, decided_at, None, steps, tuple(self._joined(decided_at)))

    def _decision(self, decided_at: datetime) -> tuple[Decision, str | None]:
        if decided_at > self._anchor:
            return "wait", None
        decisions: tuple[Decision, ...] = ("accept", "dismiss", "wait")
        decision = self._rng.choices(decisions, (70, 24, 6))[0]
        reasons = ("no-grievance", "out-of-scope", "duplicate", "spam")
        return decision, self._rng.choice(reasons) if decision == "dismiss" else None

    def _life(self, opened_at: datetime) -> Life:
        matter = Matter(
            issue=self._issue,
            channel=self._channel,
            safe_channel="email" if self._reachable else self._channel,
            workers=self._workers,
            currency=self._place.currency,
            wage=self._place.wage,
            respondent=self._respondent,
            corridor=_corridor(self._language, self._place.country),
            opened_at=opened_at,
            progress=self._progress,
        )
        return Life(matter, self._rng)

    def _joined(self, after: datetime) -> Iterator[Thread]:
        if self._workers == 1 or self._rng.random() > _JOINING:
            return
        name = f"{self._name}-b"
        begins = after + timedelta(hours=self._rng.uniform(4, 200))
        messages = tuple(self._until_now(self._messages(name, begins)))
        decided_at = begins + timedelta(hours=60)
        if messages and decided_at <= self._anchor:
            yield Thread(name, messages, "link", decided_at)

    def _messages(self, name: str, begins: datetime) -> Iterator[Message]:
        at, count = begins, self._rng.choices((1, 2, 3), (62, 28, 10))[0]
        for number in range(count):
            text = texts.again(self._language) if number else texts.grievance(self._language, self._issue)
            body: dict[str, Any] = {
                "channel": self._channel,
                "account": f"demo-{self._channel}",
                "sender": f"demo-{self._seed}-{name}",
                "text": text,
                "language": self._language,
                "country": self._place.country,
            }
            if not number:
                body["grievance"] = self._grievance(name)
            yield Message(f"demo-{self._seed}-{name}-{number}", at, body)
            at += timedelta(minutes=round(self._rng.uniform(3, 60 * 20)))

    def _grievance(self, name: str) -> dict[str, Any]:
        grievance: dict[str, Any] = {
            "issues": [self._issue],
            "country": self._place.country,
            "sector": self._respondent.sector,
            "workers": self._workers,
            "statistics_consent": self._rng.random() < _LETS_COUNT,
        }
        if self._site is not None:
            grievance["site"] = self._site
        if self._reachable:
            contact = {"channel": "email", "address": f"worker-{name}@example.org", "language": self._language}
            grievance["safe_contact"] = contact
        return grievance

    def _until_now(self, messages: Iterator[Message]) -> Iterator[Message]:
        return (message for message in messages if message.at <= self._anchor)


def _corridor(language: str, country: str) -> tuple[str, str]:
    """Return from where workers came who speak a language in a country; who is at home there is on the way abroad."""
    home = HOMES[language]
    return (home, country) if home != country else (home, ABROAD[home])
