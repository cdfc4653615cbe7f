"""The same command on many cases: one fact per case, each carried out or refused by itself."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from msgspec.structs import replace

from shared.errors import InvalidError, RedressError, TryLaterError
from shared.eventstore.context import CommandContext
from shared.eventstore.store import Written

MOST = 500
AT_ONCE = 50
"""Commands that wait for the disk together."""


class Outcome(NamedTuple):
    """What became of one case of many: written, or refused."""

    case_id: UUID
    written: Written | None
    refused: RedressError | None


One = Callable[[CommandContext, UUID], Coroutine[Any, Any, Written]]


async def on_each(context: CommandContext, case_ids: Sequence[UUID], one: One) -> Sequence[Outcome]:
    """Carry out a command on each of the cases; an `Idempotency-Key` holds for every one of them by itself."""
    if context.expected_version is not None:
        raise InvalidError("If-Match names the version of one case; leave it out here.", field="If-Match")
    outcomes: list[Outcome] = []
    wanted = list(dict.fromkeys(case_ids))
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        outcomes += await asyncio.gather(*(_outcome(_of_case(context, case_id), case_id, one) for case_id in some))
    return outcomes


async def _outcome(context: CommandContext, case_id: UUID, one: One) -> Outcome:
    try:
        return Outcome(case_id, await one(context, case_id), None)
    except TryLaterError:
        # The store is away: the whole request is repeated, and what was done answers as it did.
        raise
    except RedressError as refused:
        return Outcome(case_id, None, refused)


def _of_case(context: CommandContext, case_id: UUID) -> CommandContext:
    key = context.idempotency_key
    return replace(context, idempotency_key=key and f"{key}\x1f{case_id.hex}")
