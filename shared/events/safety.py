"""What is said of how a complainant may be reached, after their case was opened."""

from typing import ClassVar

from shared.events.cases import CASE
from shared.events.envelope import Event
from shared.events.values import SafeContact


class SafeContactSet(Event, frozen=True, kw_only=True):
    """The way on which it is safe from now on, in place of any before; none: no way is safe."""

    TOPIC: ClassVar[str] = "cases.safe-contact-set"
    STREAM: ClassVar[str] = CASE
    safe_contact: SafeContact | None = None


class CodeWordTried(Event, frozen=True, kw_only=True):
    """Somebody compared a code word that they were told with the one agreed on."""

    TOPIC: ClassVar[str] = "cases.code-word-tried"
    STREAM: ClassVar[str] = CASE
    matched: bool


EVENTS: tuple[type[Event], ...] = (SafeContactSet, CodeWordTried)
