"""Pure decisions: `telling` whether somebody is told, `safety` whether and when that is safe for them, `delivering`
what an attempt means, `rules` who is told of which fact.
"""

from services.notify.domain.delivering import (
    Delivered,
    GiveUp,
    Notification,
    Outcome,
    Schedule,
    TryAgain,
    decide_attempt,
    decide_start,
    evolve,
)
from services.notify.domain.rules import Rule, Rules, checked_rules
from services.notify.domain.safety import Quiet, Silence, Wait, when_safe
from services.notify.domain.telling import News, Render, Text, contact_of, decide_telling

__all__ = [
    "Delivered",
    "GiveUp",
    "News",
    "Notification",
    "Outcome",
    "Quiet",
    "Render",
    "Rule",
    "Rules",
    "Schedule",
    "Silence",
    "Text",
    "TryAgain",
    "Wait",
    "checked_rules",
    "contact_of",
    "decide_attempt",
    "decide_start",
    "decide_telling",
    "evolve",
    "when_safe",
]
