"""The published language speaks of facts: named once, in the past, by the service that says them."""

import re
from collections.abc import Iterator

import pytest

from shared.events import MODULES, REGISTRY, Event
from shared.events.envelope import Unreadable

TOPIC = re.compile(r"(?P<service>intake|cases|notify|reporting)\.[a-z]+(?:-[a-z]+)+")
IRREGULAR = {
    "given",
    "held",
    "sent",
    "met",
    "withdrawn",
    "begun",
    "split",
    "undone",
    "withheld",
    "told",
    "taken",
    "sealed",
    "broken",
    "overridden",
    "left",
    "paid",
    "set",
}


def every_event(kind: type[Event] = Event) -> Iterator[type[Event]]:
    """Return every event class that ends a line of descent."""
    for heir in kind.__subclasses__():
        if heir.__subclasses__():
            yield from every_event(heir)
        elif heir.__module__.startswith("shared.events") and heir is not Unreadable:
            yield heir


EVENTS = sorted(every_event(), key=lambda kind: kind.__name__)


def test_every_event_is_registered_once_under_its_name() -> None:
    assert {kind.TOPIC: kind for kind in EVENTS} == dict(REGISTRY)
    assert len(EVENTS) == len(REGISTRY)


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_an_event_is_a_named_fact(kind: type[Event]) -> None:
    found = TOPIC.fullmatch(kind.TOPIC)
    assert found is not None
    assert sum(kind in module.EVENTS for module in MODULES) == 1
    assert kind.STREAM.partition(".")[0] == found["service"]
    last = kind.TOPIC.rsplit("-", 1)[-1]
    assert last.endswith("ed") or last in IRREGULAR, "a fact is told in the past tense"
    assert last not in {"updated", "changed"}
    assert re.fullmatch(rf"{found['service']}\.[a-z]+", kind.STREAM)
    assert kind.VERSION >= 1


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_an_event_says_in_words_what_happened(kind: type[Event]) -> None:
    assert kind.__doc__
    assert kind.__doc__ != Event.__doc__
    assert kind.__doc__.rstrip().endswith(".")


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.__name__)
def test_the_class_is_called_as_the_fact_is_stored(kind: type[Event]) -> None:
    words = re.findall(r"[A-Z][a-z]*", kind.__name__)
    assert kind.TOPIC.partition(".")[2] == "-".join(words).lower()
