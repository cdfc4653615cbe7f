"""The verdict itself: it finds what is lost, what came twice and what is torn."""

from collections.abc import Sequence

import httpx
import msgspec
import pytest

from shared.events.envelope import Recorded
from shared.events.intake import MessageFiled, MessageReceived
from shared.ids import derived_id
from tests.chaos.crowd import Crowd
from tests.chaos.evidence import compared, messages_are_filed_once, records_are_whole
from tests.support.given_when_then import history


def message(number: int) -> Sequence[Recorded]:
    """Return the facts of a message that was filed."""
    received = MessageReceived(channel="app", account="chaos", external_id=str(number), text="They keep it.")
    stream = derived_id("evidence", str(number))
    facts = history([received, MessageFiled(report_id=derived_id("evidence", "report"))], stream)
    return [msgspec.structs.replace(fact, position=2 * number + fact.position) for fact in facts]


@pytest.fixture
def crowd() -> Crowd:
    """Somebody to whom messages 0, 1 and 2 were acknowledged."""
    ours = Crowd(httpx.AsyncClient(), "key", "second")
    for number in range(3):
        ours.told.messages[str(number)] = (str(derived_id("evidence", str(number))), "receipt")
    return ours


async def test_a_whole_record_is_found_whole(crowd: Crowd) -> None:
    log = [fact for number in range(3) for fact in message(number)]
    counts = compared({"intake": log}, crowd)
    assert (counts.written, counts.lost, counts.duplicated) == (6, 0, 0)
    messages_are_filed_once(log)


async def test_what_is_not_on_record_is_lost_and_what_nobody_was_promised_is_too_much(crowd: Crowd) -> None:
    log = [fact for number in (0, 1, 1, 7) for fact in message(number)]
    counts = compared({"intake": log}, crowd)
    assert (counts.lost, counts.duplicated) == (1, 2)


async def test_a_torn_stream_and_a_message_that_went_nowhere_are_found() -> None:
    log = [fact for number in range(3) for fact in message(number)]
    with pytest.raises(AssertionError, match="gaps"):
        records_are_whole({"intake": log[1:]})
    with pytest.raises(AssertionError):
        records_are_whole({"intake": [log[1], log[0]]})
    with pytest.raises(AssertionError):
        messages_are_filed_once(log[:-1])
