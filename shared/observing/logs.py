"""Log lines as JSON, one a line, from a fixed set of members: nothing that a person said can slip in."""

import logging
import sys
from typing import TextIO

import msgspec

_MEMBERS = ("error", "at", "method", "route", "status", "loop", "failures", "commands", "count", "service")


class JsonLines(logging.Formatter):
    """Writes time, level, logger, the constant message and the known members; exception texts are left out."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record."""
        line: dict[str, object] = {
            "time": record.created,
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record.msg),
        }
        line.update({name: getattr(record, name) for name in _MEMBERS if hasattr(record, name)})
        return msgspec.json.encode(line).decode()


def _message(said: object) -> str:
    if isinstance(said, OSError):
        return f"{type(said).__name__}: {said.strerror}"
    return said if isinstance(said, str) else type(said).__name__


def configure(stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """Send the log lines of Redress to a stream; other libraries speak from warnings on, by message template only."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("redress").setLevel(level)
