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
            "message": record.msg if isinstance(record.msg, str) else "",
        }
        line.update({name: getattr(record, name) for name in _MEMBERS if hasattr(record, name)})
        return msgspec.json.encode(line).decode()


def configure(stream: TextIO = sys.stderr, level: int = logging.INFO) -> None:
    """Send the log lines of Redress to a stream; other libraries speak from warnings on, by message template only."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("redress").setLevel(level)
