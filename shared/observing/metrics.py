"""What a monitor may know, in Prometheus' text format: how far behind, how many dead letters, how quiet each loop."""

from collections.abc import Mapping

import msgspec


class Measured(msgspec.Struct, frozen=True):
    """Numbers of one moment; names of views and loops are part of the product and say nothing about a person."""

    lag: Mapping[str, int]
    dead_letters: Mapping[str, int]
    silence: Mapping[str, float]
    drift: Mapping[str, int] = {}
    spooled: Mapping[str, int] = {}
    checkpoints: Mapping[str, float] = {}


def exposition(measured: Measured) -> tuple[bytes, str]:
    """Return the numbers as text, and its media type."""
    from prometheus_client import CollectorRegistry, Gauge  # noqa: PLC0415 - only who asks pays for it
    from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest  # noqa: PLC0415

    registry = CollectorRegistry(auto_describe=True)
    gauges = (
        ("redress_consumer_lag_events", "Facts that a view is behind its log.", "view", measured.lag),
        ("redress_dead_letters", "Facts or streams that wait for a person.", "waiting", measured.dead_letters),
        ("redress_loop_silence_seconds", "Seconds since a loop's last good round.", "loop", measured.silence),
        (
            "redress_view_drift",
            "1 for a view that differs from its record, else 0.",
            "view",
            measured.drift,
        ),
        ("redress_spooled", "What waits on this disk for the record, or was put aside.", "state", measured.spooled),
        (
            "redress_checkpoint_age_seconds",
            "Seconds since all that a record had was signed over; it grows while signing is refused.",
            "ledger",
            measured.checkpoints,
        ),
    )
    for name, description, label, values in gauges:
        gauge = Gauge(name, description, [label], registry=registry)
        for key, value in values.items():
            gauge.labels(key).set(value)
    return generate_latest(registry), CONTENT_TYPE_PLAIN_0_0_4
