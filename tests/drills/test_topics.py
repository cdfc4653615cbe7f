"""Somebody with the rights of the broker's master publishes something else: it is found beside the ledger."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from shared.bus.kafka.clients import KafkaSettings, producer, within
from shared.bus.kafka.records import outgoing
from shared.bus.kafka.topics import topics_of
from shared.bus.kafka.verifying import compare_topics
from shared.eventstore.store import Stored
from shared.ledger.notes import Signer
from shared.ledger.shelves import FolderShelf
from shared.witness.leaves import signed_leaves
from shared.witness.logs import FolderLog
from tests.drills.conftest import Telling
from tests.drills.ground import FACTS, SEED, Ground
from tests.engines.engine import Kafka
from tests.support.stores import in_folder
from tests.unit.bus.kafka.given import Broker

AT = 7
"""The index of the fact that is tampered with."""
Published = Callable[[list[Stored]], Sequence[Stored]]


def changed(old: bytes, new: bytes) -> Published:
    def publish(facts: list[Stored]) -> Sequence[Stored]:
        one = facts[AT]
        assert old in one.state
        return [*facts[:AT], Stored(one.position, one.state.replace(old, new, 1)), *facts[AT + 1 :]]

    return publish


def inserted(facts: list[Stored]) -> Sequence[Stored]:
    forged = Stored(facts[AT].position, facts[AT].state.replace(b'"stream_version":3', b'"stream_version":4', 1))
    return [*facts[: AT + 1], forged, *facts[AT + 1 :]]


TAMPERINGS: dict[str, tuple[Published, str]] = {
    "a byte changed": (changed(b'"data":{', b'"data":{ '), "said to be index 7: not a fact that was signed"),
    "a fact dropped": (lambda facts: [*facts[:AT], *facts[AT + 1 :]], "index 7 is missing from the topics"),
    # The next fact of the same stream comes first.
    "two facts reordered": (
        lambda facts: [*facts[:AT], facts[AT + 3], *facts[AT + 1 : AT + 3], facts[AT], *facts[AT + 4 :]],
        "said to be index 10: stream",
    ),
    "a fact inserted": (inserted, "said to be index 7: not a fact that was signed"),
    "a fact back-dated": (
        changed(b'"recorded_at":"2026', b'"recorded_at":"2025'),
        "said to be index 7: not a fact that was signed",
    ),
    "rolled back": (lambda facts: facts[:50], "index 50 is missing from the topics, up to 59"),
}


@pytest.mark.parametrize("done", [None, *TAMPERINGS])
async def test_what_was_published_otherwise_than_signed_is_named(
    kafka: Kafka, topic_prefix: str, tmp_path: Path, done: str | None, tell: Telling
) -> None:
    records = in_folder(tmp_path)
    shelf = FolderShelf(tmp_path / "ledger")
    store = await Ground("SQLite", records, shelf, "").lived()
    facts = list(await store.read_stored(0, FACTS))
    settings = KafkaSettings(
        servers=kafka.address, prefix=topic_prefix.rstrip("."), partitions=1, idempotent=kafka.idempotence
    )
    await Broker(settings).topics()
    tampering, words = TAMPERINGS[done] if done else (list, "")
    await publish(settings, tampering(facts))

    leaves = signed_leaves(FolderLog(tmp_path / "ledger"), [Signer("drill/cases", SEED).verifier])
    compared = await compare_topics(settings, "cases", leaves, lambda _done: None)
    records.close()

    if done is None:
        assert (compared.records, compared.newer, compared.findings) == (FACTS, 0, [])
        return
    assert words in " ".join(compared.findings), compared.findings
    tell("Kafka", done, "redress topics verify", next(one for one in compared.findings if words in one))


async def publish(settings: KafkaSettings, facts: Sequence[Stored]) -> None:
    """Publish facts with a client of one's own."""
    (topic,) = [name for name in topics_of(settings, "cases") if name.endswith("case.v1")]
    async with within(producer(settings)) as client:
        for record in map(outgoing, facts):
            await client.send_and_wait(topic, record.value, record.key, headers=record.headers)
