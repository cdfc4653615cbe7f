"""The one interface of all webhooks: verify, parse, answer; and what may arrive by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Literal, Protocol
from uuid import UUID

import msgspec

Reason = Literal["unknown-kind", "unreadable", "other-account"]


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request as it came: nothing of it has been read yet. `headers` have lower-case names; `url` is whole."""

    method: str
    url: str
    headers: Mapping[str, str]
    query: Mapping[str, str]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Account:
    """An account of ours at a provider. Every one of `secrets` is valid, so that they can be rotated."""

    type: str
    name: str
    secrets: tuple[str, ...] = field(repr=False)
    tenant: str = "default"
    region: str | None = None
    language: str | None = None
    provider_id: str | None = None
    verify_token: str | None = field(default=None, repr=False)
    url: str | None = None
    token: str | None = field(default=None, repr=False)
    """What opens the files of the provider, as `fetch` of its module says."""
    api: str | None = None
    """Where the provider is asked for files; default: where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Something in a delivery: `key` is the provider's own id of it, `to` which account it was sent to if it says."""

    key: str
    to: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file of a message: its `source` (an address, or the provider's name of it), or its `content` itself."""

    kind: str
    source: str | None = None
    media_type: str | None = None
    name: str | None = None
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How a file is fetched. With `path`, the answer is JSON in which it leads to the address of the file."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    path: tuple[str, ...] = ()
    before: str = field(default="", repr=False)
    """What stands before the address that the JSON names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said(Arrival):
    """Somebody said something."""

    text: str
    sender: str | None = None
    language: str | None = None
    attachments: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited(Arrival):
    """The message `of` now reads otherwise."""

    of: str
    text: str
    sender: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Arrival):
    """The message `of` was taken back."""

    of: str
    sender: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported(Arrival):
    """A message of ours, `of`, is now in this state."""

    of: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept(Arrival):
    """What is no message, or cannot be read: kept as it came, for a person to look at."""

    raw: bytes
    reason: Reason = "unknown-kind"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a delivery: the ids of its messages, and whether all of it had been here before."""

    ids: Sequence[UUID] = ()
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the provider is told."""

    status: int = 200
    body: bytes = b""
    media: str = "text/plain"
    headers: Mapping[str, str] = field(default_factory=dict)


def named(outcome: Outcome, status: int = 200) -> Answer:
    """Return an answer that names the messages: who sent one again hears the ids of the first time."""
    body = msgspec.json.encode({"message_ids": outcome.ids, "repeated": outcome.repeated})
    return Answer(status, body, "application/json")


class Webhook(Protocol):
    """One provider. Every method is pure; none of them raises on any bytes but `parse` a `MalformedError`."""

    name: ClassVar[str]
    title: ClassVar[str]
    settings: ClassVar[tuple[str, ...]] = ("secrets",)
    """Which members of an account it needs."""
    secret_headers: ClassVar[frozenset[str]] = frozenset({"authorization"})

    def handshake(self, delivery: Delivery, account: Account) -> Answer | None:  # noqa: ARG002 - most ask nothing
        """Answer the provider's question whether we are there, or None when this is none."""
        return None

    def verify(self, delivery: Delivery, account: Account, now: datetime) -> bool:
        """Return whether one of the account's secrets vouches for the bytes."""
        ...

    def parse(self, delivery: Delivery) -> Sequence[Arrival]:
        """Return everything in the delivery, in its order; a `MalformedError` when nothing of it can be read."""
        ...

    def answer(self, outcome: Outcome) -> Answer:  # noqa: ARG002 - most want to hear the same
        """Return what the provider takes as success."""
        return Answer()

    def source(self, named: str, account: Account) -> Source | None:  # noqa: ARG002 - most name an open address
        """Return how a file is fetched, or None when the account lacks what that needs."""
        return Source(url=named)

    def redact(self, headers: Mapping[str, str]) -> Mapping[str, str]:
        """Return the headers as they may be shown."""
        return {name: "…" if name in self.secret_headers else value for name, value in headers.items()}

    def describe(self, account: Account) -> Mapping[str, object]:
        """Return what the channel page shows of an account: no secret."""
        about = {"type": self.name, "title": self.title, "account": account.name, "language": account.language}
        about["path"] = f"/intake/v1/channels/{self.name}/{account.name}"
        return about | {"region": account.region, "needs": self.settings, "secrets": len(account.secrets)}
