"""The write side: one method per command that loads, decides and appends."""

from services.cases.application.adopting import Adopting
from services.cases.application.answering import Answering, Let
from services.cases.application.index import index
from services.cases.application.keeping import Keeping
from services.cases.application.numbering import case_number
from services.cases.application.parties import Parties
from services.cases.application.patterns import Lookout
from services.cases.application.procedure import Procedure
from services.cases.application.prompting import Prompting
from services.cases.application.questions import Questions
from services.cases.application.remedying import Remedying
from services.cases.application.retiring import Retiring
from services.cases.application.service import Cases
from services.cases.application.simulating import simulate
from services.cases.application.together import Together
from services.cases.application.waking import Waking

__all__ = [
    "Adopting",
    "Answering",
    "Cases",
    "Keeping",
    "Let",
    "Lookout",
    "Parties",
    "Procedure",
    "Prompting",
    "Questions",
    "Remedying",
    "Retiring",
    "Together",
    "Waking",
    "case_number",
    "index",
    "simulate",
]
