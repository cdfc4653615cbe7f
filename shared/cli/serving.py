"""Serve an app on one address until told to stop: uvicorn with its fast loop and parser, and a graceful end."""

import gc
import signal
import socket
import sys
from types import FrameType

import uvicorn
from fastapi import FastAPI

from shared.errors import SettingsError

SWITCH_SECONDS = 0.001
"""How long a thread may keep the interpreter while a request waits; the default of 5 ms shows in the tail."""
GRACE_SECONDS = 10
BACKLOG = 2048


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens; an address that cannot be had is a `SettingsError` before anything starts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        raise SettingsError(
            f"Cannot listen on {host}, port {port}: {error.strerror}. Stop what uses it, or name another --port."
        ) from error


def serve(app: FastAPI, at: socket.socket) -> None:
    """Serve until SIGINT or SIGTERM; requests in hand are finished first, then the process leaves in peace."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[at])


def _leave(_number: int, _frame: FrameType | None) -> None:
    # uvicorn raises the signal once more when it has finished; by itself that would count as a death.
    raise SystemExit(0)
