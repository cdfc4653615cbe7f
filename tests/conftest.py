"""How properties are searched: without a stopwatch, and in CI with the same examples every time; engines on demand."""

import os
import signal

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.engines.fixtures"]

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "house")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell's background job ignores it, and so would every server that a test starts and interrupts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
