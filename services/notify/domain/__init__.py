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
    decide_move,
    decide_start,
    evolve,
    is_late,
)
from services.notify.domain.rules import Rule, Rules, checked_rules
from services.notify.domain.safety import Quiet, Silence, Wait, choose_way, ways, when_safe
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
    "choose_way",
    "contact_of",
    "decide_attempt",
    "decide_move",
    "decide_start",
    "decide_telling",
    "evolve",
    "is_late",
    "ways",
    "when_safe",
]
