"""What becomes of a case: its commands with their times, drawn once, up to the moment where the demo stands."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from shared.cli.demo.cast import HANDLERS, Organisation

ATTEMPTS = 3
CROWD = 8
"""Workers from whom on a grievance is one of many."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command on a case. `party` is an organisation by name, `item` a promised remedy by its place in the plan.

    `second` marks what takes another person than the one who did the rest, `member` one of the workers who joined.
    """

    command: str
    at: datetime
    body: dict[str, Any]
    party: str | None = None
    item: int | None = None
    second: bool = False
    member: int | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """What a case is about: everything that its life depends on."""

    issue: str
    channel: str
    safe_channel: str
    workers: int
    currency: str
    wage: Decimal
    respondent: Organisation
    corridor: tuple[str, str]
    """From where the workers came, and where they work."""
    opened_at: datetime
    progress: float
    """How far into the year it came, 0 to 1: parties learn to answer."""


class Life:
    """Draws the life of one case."""

    def __init__(self, matter: Matter, rng: Random) -> None:
        """Begin at the opening."""
        self._matter = matter
        self._rng = rng
        self._at = matter.opened_at

    def steps(self) -> Iterator[Step]:
        """Yield the commands in order, each later than the one before."""
        yield from self._desk()
        if self._matter.issue == "INF-REQ":
            yield self._close("referred", "A question; the worker was told where the answer is given.")
            return
        if self._chance(0.14):
            yield from self._early_ending()
            return
        outcome = yield from self._put_before_parties()
        if outcome in {"accepted", "partly"}:
            closed = yield from self._remedy()
        else:
            closed = True
            yield self._after(8, 60, "note", {"text": "No movement; the worker was told and wants the record kept."})
            yield self._close("unremedied", "The parties did not act; the ladder was climbed as far as it goes.")
        if closed and self._chance(0.07):
            yield self._after(5, 40, "reopen", {"reason": "The worker called again: the same thing goes on."})
            yield self._after(1, 4, "note", {"text": "Asked for the new payslips."})

    def _desk(self) -> Iterator[Step]:
        issue = self._matter.issue
        if self._chance(0.9):
            yield self._after_hours(1, 60, "acknowledge", {"channel": self._matter.channel})
        elif self._chance(0.7):
            yield self._after_hours(170, 260, "acknowledge", {"channel": self._matter.channel})
        question = issue == "INF-REQ"
        triage = {
            "issues": [issue, "THR-INT"] if not question and self._chance(0.12) else [issue],
            "admissible": not question,
            "admissibility_reason": "A question, not a grievance." if question else "Within the mandate.",
            "danger_now": issue == "MOV-RES",
        }
        yield self._after_hours(1, 4 if issue == "MOV-RES" else 48, "triage", triage)
        assignee, team = self._rng.choice(HANDLERS)
        yield self._after_hours(1, 12 if issue == "MOV-RES" else 130, "assign", {"assignee": assignee, "team": team})
        if self._chance(0.4):
            yield self._after_hours(2, 40, "note", {"text": "Can talk after the shift, from 20:00."})
        if issue == "REC-FEE":
            yield self._fee()
        if self._matter.workers >= CROWD:
            yield from self._gather()

    def _fee(self) -> Step:
        """Say what each worker paid to be recruited: less as the year goes on, since it is asked about."""
        matter, (home, work) = self._matter, self._matter.corridor
        months = Decimal(str(round(self._rng.uniform(1.1, 2.4) * (1 - 0.55 * matter.progress), 2)))
        fee = {
            "amount": {"amount": _money(matter.wage * months), "currency": matter.currency},
            "from_country": home,
            "to_country": work,
            "paid_on": (matter.opened_at - timedelta(days=self._rng.randrange(20, 160))).date().isoformat(),
            "workers": matter.workers,
        }
        return self._after_hours(1, 20, "report-fee", fee, party=matter.respondent.name)

    def _gather(self) -> Iterator[Step]:
        """Let workers join a grievance of many, one of them speak for all, and one think better of it."""
        for _ in range(self._rng.randrange(2, 5)):
            yield self._after_hours(1, 30, "join-worker", {"reference": f"W-{self._rng.randrange(10**6):06d}"})
        yield self._after_hours(1, 10, "name-representative", {"name": "The shift leader (demo)"})
        if self._chance(0.5):
            yield replace(self._after_hours(5, 60, "leave-worker", {}), member=0)

    def _early_ending(self) -> Iterator[Step]:
        kind = self._rng.choice(("withdrawn", "unreachable", "unsubstantiated"))
        match kind:
            case "withdrawn":
                yield self._after(1, 6, "check-withdrawal", {"outcome": "free"}, second=True)
                yield self._close("withdrawn", "The worker asked to stop; asked in private, no pressure was seen.")
            case "unreachable":
                yield from self._try_in_vain()
                yield self._close("unreachable", "Nobody answered on the safe channel.")
            case _:
                yield self._close("unsubstantiated", "The payslips show that the wages were paid as agreed.")

    def _put_before_parties(self) -> Generator[Step, None, str]:
        respondent = self._matter.respondent
        naming = {"role": respondent.kind}
        yield self._after_hours(2, 50, "name-respondent", naming, party=respondent.name)
        position = yield from self._ask(respondent.name, "employer")
        if position in {"accepted", "partly"} or respondent.buyer is None or self._chance(0.25):
            return position
        yield self._after_hours(4, 30, "name-respondent", {"role": "brand"}, party=respondent.buyer)
        return (yield from self._ask(respondent.buyer, "buyer"))

    def _ask(self, party: str, level: str) -> Generator[Step, None, str]:
        rng, learnt = self._rng, 18 * self._matter.progress
        consent = {"purpose": "disclose-facts", "obtained_from": "individual"}
        yield self._after_hours(3, 90, "consent", consent, party=party)
        brief = f"Workers report {self._matter.issue} at one of your sites. Please say what you found and will do."
        yield self._after_hours(2, 40, "escalate", {"level": level, "brief": brief}, party=party)
        answers = rng.choices(("in time", "late", "never"), (52 + learnt, 24 - learnt / 2, 24 - learnt / 2))[0]
        if answers == "never":
            self._at += timedelta(days=rng.uniform(18, 35))
            return "silence"
        days = (1, 13) if answers == "in time" else (15, 38)
        position = str(rng.choices(("accepted", "partly", "disputed", "no-action"), (44, 26, 18, 12))[0])
        yield self._after(*days, "respond", {"position": position, "text": "The site was asked; see above."}, party)
        if self._chance(0.08):
            yield from self._reprisal(party)
        elif self._chance(0.3):
            yield self._after(1, 6, "check-retaliation", {"outcome": "none", "statement": "All still work there."})
        return position

    def _reprisal(self, party: str) -> Iterator[Step]:
        """Report what was done to somebody for the complaint; nothing more is disclosed until a supervisor lets it."""
        acts = [self._rng.choice(("threat", "transfer", "pay-cut", "harassment", "dismissal"))]
        told = {"acts": acts, "statement": "Told to take the complaint back; moved to the night shift the next day."}
        yield self._after(1, 5, "report-retaliation", told, party)
        yield self._after(2, 9, "release-disclosure", {"reason": "The worker is safe and asked for it."}, second=True)

    def _remedy(self) -> Generator[Step, None, bool]:
        promises = self._promises()
        yield self._after(2, 16, "plan", {"items": promises, "complainant_consulted": True})
        broken = False
        for place, promise in enumerate(promises):
            if self._chance(0.14):
                broken = True
                continue
            yield from self._fulfil(place, promise)
        closed = not broken or self._chance(0.5)
        if not broken:
            yield self._close("remedied", "Every promise was kept, and the workers were asked one by one.")
        elif closed:
            yield self._after(30, 60, "note", {"text": "Reminded twice; nothing came."})
            yield self._close("partial", "Part of the plan was carried out; the rest never came.")
        return closed

    def _fulfil(self, place: int, promise: dict[str, Any]) -> Iterator[Step]:
        assessed = promise.get("assessed")
        evidence = {"evidence": "Receipts seen." if assessed else "Seen by the workers' committee."}
        days = (2, 24) if self._chance(0.75) else (46, 70)
        if assessed and self._chance(0.35):
            first = _part(assessed, Decimal("0.6"))
            paid = {"paid": first, "complete": False}
            yield self._after(*days, "complete-item", evidence | paid, item=place)
            assessed = _rest(assessed, first)
            days = (6, 40)
        paid = {"paid": assessed} if assessed else {}
        yield self._after(*days, "complete-item", evidence | paid | {"workers": promise["workers"]}, item=place)
        yield from self._ask_the_worker(place, money=bool(assessed))

    def _ask_the_worker(self, place: int, *, money: bool) -> Iterator[Step]:
        word = self._rng.choices(("confirmed", "refuted", "unreachable"), (80, 12, 8))[0]
        if word == "unreachable":
            yield from self._try_in_vain()
            yield self._after(2, 9, "verify-item", {"outcome": "attempts_failed"}, item=place, second=True)
            return
        if word == "refuted":
            yield self._after(2, 9, "verify-item", {"outcome": "refuted"}, item=place, second=True)
            wage = {"amount": _money(self._matter.wage), "currency": self._matter.currency}
            again = {"evidence": "Handed over in person."} | ({"paid": wage} if money else {})
            yield self._after(6, 20, "complete-item", again, item=place)
        yield self._after(2, 12, "verify-item", {"outcome": "confirmed"}, item=place, second=True)

    def _promises(self) -> list[dict[str, Any]]:
        matter, rng = self._matter, self._rng
        kinds = {
            "REC-FEE": ("RM-FEE",),
            "DOC-RET": ("RM-DOC",),
            "LIV-CON": ("RM-SAF",),
            "MOV-RES": ("RM-POL", "RM-COM"),
            "TER-UNF": ("RM-REI", "RM-WAG"),
        }.get(matter.issue, ("RM-WAG",))
        claimed = matter.wage * rng.choice((1, 2, 2, 3)) * matter.workers
        promises: list[dict[str, Any]] = []
        for kind in kinds:
            promise: dict[str, Any] = {
                "remedy": kind,
                "owner": matter.respondent.name,
                "due_on": (self._at + timedelta(days=44)).date().isoformat(),
                "workers": matter.workers,
            }
            if kind in {"RM-FEE", "RM-WAG", "RM-COM"}:
                share = Decimal(rng.choice(("1", "1", "0.9", "0.75", "0.6")))
                money = {"currency": matter.currency}
                promise["claimed"] = money | {"amount": _money(claimed)}
                promise["assessed"] = money | {"amount": _money(claimed * share)}
            promises.append(promise)
        return promises

    def _chance(self, share: float) -> bool:
        return self._rng.random() < share

    def _try_in_vain(self) -> Iterator[Step]:
        tried = {"channel": self._matter.safe_channel, "outcome": "not-reached"}
        for _ in range(ATTEMPTS):
            yield self._after(1, 5, "attempt-contact", tried)

    def _close(self, reason: str, explanation: str) -> Step:
        body = {"reason": reason, "explanation": explanation}
        return self._after(1, 14, "close", body, second=True)

    def _after_hours(
        self, least: float, most: float, command: str, body: dict[str, Any], party: str | None = None
    ) -> Step:
        return self._after(least / 24, most / 24, command, body, party)

    def _after(
        self,
        least: float,
        most: float,
        command: str,
        body: dict[str, Any],
        party: str | None = None,
        *,
        item: int | None = None,
        second: bool = False,
    ) -> Step:
        self._at += timedelta(seconds=round(self._rng.uniform(least, most) * 86_400))
        return Step(command, self._at, body, party, item, second)


def _money(amount: Decimal) -> str:
    return f"{amount:.2f}"


def _part(money: dict[str, str], share: Decimal) -> dict[str, str]:
    return money | {"amount": _money(Decimal(money["amount"]) * share)}


def _rest(money: dict[str, str], paid: dict[str, str]) -> dict[str, str]:
    return money | {"amount": _money(Decimal(money["amount"]) - Decimal(paid["amount"]))}
