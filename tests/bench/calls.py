"""What a caller says in one turn: request after request, each from the answer to the one before."""

import hmac
from collections.abc import Callable, Generator, Iterator
from itertools import count

import msgspec

TEXT = (
    "We came through an agent who took a fee of three months' wages. The supervisor keeps our passports in the "
    "office, and since February the overtime is not on the payslip. Fourteen of us are in the same dormitory. "
    "Please do not call before eight in the evening."
)
DESKS = 50
PAGES = 10
"""How far a list is paged through."""
WEBHOOK_SECRET = "secret of the bench"

Turn = Generator[bytes, bytes, str]
"""Yields a request, is sent the body of its answer; returns what later turns may want to know, or nothing."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a load process is told: what to say, over how many connections, until when.

    It ends after `seconds` or `most` turns, or when nothing `given` is left; turns in hand are finished.
    """

    turn: str
    port: int
    connections: int
    key: str = ""
    seconds: float = 3600.0
    most: int | None = None
    mark: str = ""
    organisation: str = ""
    given: tuple[str, ...] = ()


def turns(plan: Plan) -> Iterator[Turn]:
    """Return the turns of a plan."""
    made = TURNS[plan.turn]
    given = iter(plan.given) if plan.given else (f"{plan.mark}-{number:06d}" for number in count())
    for number, name in enumerate(given):
        if number == plan.most:
            return
        yield made(plan, name)


def request(plan: Plan, method: str, path: str, body: object = None) -> bytes:
    """Return the bytes of an HTTP request."""
    content = b"" if body is None else msgspec.json.encode(body)
    head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{plan.port}\r\n"
    if plan.key:
        head += f"Authorization: Bearer {plan.key}\r\n"
    if content:
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return f"{head}\r\n".encode() + content


def live(plan: Plan, _name: str) -> Turn:
    """Ask for what costs the server least."""
    yield request(plan, "GET", "/livez")
    return ""


def message(plan: Plan, name: str) -> Turn:
    """Submit a message of somebody who has not written before."""
    body = {
        "channel": "app",
        "account": "bench",
        "external_id": name,
        "sender": f"worker-{name}",
        "text": TEXT,
        "language": "en",
        "grievance": {"issues": ["DOC-RET", "WAG-NON"], "country": "TH", "workers": 14},
    }
    yield request(plan, "POST", "/intake/v1/messages", body)
    return ""


def delivery(plan: Plan, name: str) -> Turn:
    """Post a signed delivery of a provider with one message, of somebody who has not written before."""
    message = {"id": name, "from": name, "type": "text", "text": {"body": TEXT}}
    value = {"metadata": {"phone_number_id": "1"}, "messages": [message]}
    content = msgspec.json.encode({"entry": [{"changes": [{"value": value}]}]})
    signature = hmac.digest(WEBHOOK_SECRET.encode(), content, "sha256").hex()
    head = (
        f"POST /intake/v1/channels/whatsapp/bench HTTP/1.1\r\nHost: 127.0.0.1:{plan.port}\r\n"
        f"X-Hub-Signature-256: sha256={signature}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    yield head.encode() + content
    return ""


def escalated(plan: Plan, _name: str) -> Turn:
    """Open a case and put it before its employer; return its id."""
    case_id = yield from _open(plan)
    yield from _escalate(plan, case_id)
    return case_id


def handling(plan: Plan, case_id: str) -> Turn:
    """Open a new case; assign, answer and close one that was escalated; find the handler's cases."""
    yield from _open(plan)
    yield from _handle(plan, case_id)
    return ""


def whole_life(plan: Plan, _name: str) -> Turn:
    """Take one case from its opening to its end and find the handler's cases."""
    case_id = yield from _open(plan)
    yield from _escalate(plan, case_id)
    yield from _handle(plan, case_id)
    return ""


def paged(plan: Plan, asked: str) -> Turn:
    """Page through a list of cases."""
    after = ""
    for _ in range(PAGES):
        answer = yield request(plan, "GET", f"/cases/v1/cases?{asked}{after}")
        if (later := msgspec.json.decode(answer)["next"]) is None:
            break
        after = f"&after={later}"
    return ""


def shown(plan: Plan, path: str) -> Turn:
    """Look at a page."""
    yield request(plan, "GET", path)
    return ""


def _open(plan: Plan) -> Turn:
    body = {
        "channel": "hotline",
        "language": "my",
        "summary": TEXT,
        "country": "TH",
        "sector": "seafood",
        "site": "Samut Sakhon, plant 2",
        "workers": 14,
        "issues": ["REC-FEE", "DOC-RET"],
    }
    answer = yield request(plan, "POST", "/cases/v1/cases", body)
    return str(msgspec.json.decode(answer)["case_id"])


def _escalate(plan: Plan, case_id: str) -> Turn:
    consent = {"recipient": plan.organisation, "purpose": "disclose-facts"}
    yield _command(plan, case_id, "consent", consent)
    brief = {"level": "employer", "brief": "Workers of plant 2 paid fees and their passports are kept. Please answer."}
    yield _command(plan, case_id, "escalate", {"organisation_id": plan.organisation, **brief})
    return ""


def _handle(plan: Plan, case_id: str) -> Turn:
    desk = f"desk-{int(case_id[-6:], 16) % DESKS}"
    yield _command(plan, case_id, "assign", {"assignee": desk, "team": "mekong"})
    word = {"position": "disputed", "text": "We know of no fees."}
    yield _command(plan, case_id, "respond", {"organisation_id": plan.organisation, **word})
    ending = {"reason": "unremedied", "explanation": "The employer did not move; the worker was told."}
    yield _command(plan, case_id, "close", ending)
    yield request(plan, "GET", f"/cases/v1/cases?assignee={desk}&limit=20")
    return ""


def _command(plan: Plan, case_id: str, name: str, body: object) -> bytes:
    return request(plan, "POST", f"/cases/v1/cases/{case_id}/{name}", body)


TURNS: dict[str, Callable[[Plan, str], Turn]] = {
    turn.__name__: turn for turn in (live, message, delivery, escalated, handling, whole_life, paged, shown)
}
