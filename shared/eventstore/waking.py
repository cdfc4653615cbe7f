"""Who waits for the log is woken when it has grown, in whatever event loop they wait."""

import asyncio
from threading import Lock


class Newest:
    """The position of the newest fact that this process knows of; it only grows."""

    def __init__(self, position: int) -> None:
        """Begin with what the log holds now."""
        self.position = position
        self._growing = Lock()
        self._waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()

    def reached(self, position: int) -> None:
        """Note a position, from any thread, and wake whoever waits for it."""
        with self._growing:
            if position <= self.position:
                return
            self.position = position
        for loop, event in tuple(self._waiting):
            if not loop.is_closed():
                loop.call_soon_threadsafe(event.set)

    async def wait(self, after: int, timeout: float) -> None:  # noqa: ASYNC109 - part of the store's port
        """Return when something behind `after` is known of, at the latest after `timeout` seconds."""
        if self.position > after:
            return
        waiter = (asyncio.get_running_loop(), asyncio.Event())
        self._waiting.add(waiter)
        try:
            if self.position <= after:
                await asyncio.wait_for(waiter[1].wait(), timeout)
        except TimeoutError:
            return
        finally:
            self._waiting.discard(waiter)
