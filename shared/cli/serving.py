"""Serve an app on one address until told to stop: uvicorn with its fast loop and parser, and a graceful end."""

import gc
import sys

import uvicorn
from fastapi import FastAPI

SWITCH_SECONDS = 0.001
"""How long a thread may keep the interpreter while a request waits; the default of 5 ms shows in the tail."""
GRACE_SECONDS = 10


def serve(app: FastAPI, host: str, port: int) -> None:
    """Serve until SIGINT or SIGTERM; requests in hand are finished first."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.freeze()
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
        backlog=2048,
    )
    uvicorn.Server(config).run()
