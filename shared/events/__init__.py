"""The published language: a module or a few for each service, and the only thing that services know of each other.

An event is stored, published and hashed as the same bytes (`envelope.encode`). Its stored name is `TOPIC`,
never a class path; a change of its shape raises `VERSION` and adds a step to `upcasting.UPCASTERS`.
"""

from shared.events import (
    answering,
    arrivals,
    attachments,
    cases,
    clocks,
    desk,
    figures,
    handling,
    intake,
    ledger,
    notify,
    parties,
    policies,
    procedure,
    protection,
    questions,
    remedying,
    reports,
    safety,
    subscribing,
    together,
)
from shared.events.envelope import Event, Registry

MODULES = (
    intake,
    arrivals,
    attachments,
    reports,
    cases,
    answering,
    desk,
    parties,
    policies,
    procedure,
    protection,
    questions,
    remedying,
    together,
    safety,
    clocks,
    handling,
    ledger,
    notify,
    subscribing,
    figures,
)
REGISTRY: Registry = {event.TOPIC: event for module in MODULES for event in module.EVENTS}

__all__ = ["REGISTRY", "Event"]
