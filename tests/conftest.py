"""How properties are searched: without a stopwatch, and in CI with the same examples every time; engines on demand."""

import os

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.engines.fixtures"]

settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "house")
