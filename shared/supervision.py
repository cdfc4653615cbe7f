"""The one place that catches whatever may go wrong: a command or a loop that fails must not take others with it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, kept as a value so that it is dealt with where it belongs."""

    error: Exception

    @property
    def cause(self) -> str:
        """The class and place of the error; never its text, which may quote what a person wrote."""
        place = self.error.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f" at {place.tb_frame.f_code.co_name}:{place.tb_lineno}" if place else ""
        return f"{type(self.error).__name__}{where}"


def attempt(call: Callable[[], T]) -> T | Failure:
    """Return what the call returns, or how it failed."""
    try:
        return call()
    except Exception as error:  # noqa: BLE001 - this is the place
        return Failure(error)


async def attempt_async(call: Callable[[], Awaitable[T]]) -> T | Failure:
    """Like `attempt`, for a coroutine function."""
    try:
        return await call()
    except Exception as error:  # noqa: BLE001 - this is the place
        return Failure(error)
