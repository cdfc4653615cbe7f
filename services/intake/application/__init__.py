"""What intake can be told: `receiving` takes messages and decides on reports, `subjects` cares for persons."""

from services.intake.application.arriving import Arriving
from services.intake.application.draining import Draining
from services.intake.application.fetching import Fetching
from services.intake.application.index import indexer
from services.intake.application.linking import link_answer, show_question
from services.intake.application.preparing import Preparing
from services.intake.application.receiving import Intake, Taken
from services.intake.application.retiring import Retiring
from services.intake.application.spool import Spool
from services.intake.application.subjects import Subjects
from services.intake.application.turnstile import Turnstile

__all__ = [
    "Arriving",
    "Draining",
    "Fetching",
    "Intake",
    "Preparing",
    "Retiring",
    "Spool",
    "Subjects",
    "Taken",
    "Turnstile",
    "indexer",
    "link_answer",
    "show_question",
]
