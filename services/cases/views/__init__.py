"""What can be read: one case or organisation from its own facts, never stale; lists of them from rows."""

from services.cases.views.brief import Briefs
from services.cases.views.clocks import CLOCK_ROWS, ClockRows, ClocksRow
from services.cases.views.desk import Desk, desk_on
from services.cases.views.files import Files
from services.cases.views.forgetting import Forgetting
from services.cases.views.keeping import KEPT_FILTERS, KEPT_TEMPLATES, KeptRow, KeptThings
from services.cases.views.lists import CaseFilters, Lists, OrganisationFilters
from services.cases.views.parties import REVIEWS, Company, ReviewRow
from services.cases.views.patterns import PATTERNS, PatternRow, Patterns
from services.cases.views.plans import PLANS, PlanRow, PlanRows, is_of_plan
from services.cases.views.queues import Queue, Queues
from services.cases.views.records import AsOf, Records, viewed_themselves
from services.cases.views.rows import CASES, NEVER, ORGANISATIONS, CaseRow, OpenTask, OrganisationRow
from services.cases.views.search import Search
from services.cases.views.tasks import Tasks
from services.cases.views.words import WORDS, Blind, WordsRow, has_words

__all__ = [
    "CASES",
    "CLOCK_ROWS",
    "KEPT_FILTERS",
    "KEPT_TEMPLATES",
    "NEVER",
    "ORGANISATIONS",
    "PATTERNS",
    "PLANS",
    "REVIEWS",
    "WORDS",
    "AsOf",
    "Blind",
    "Briefs",
    "CaseFilters",
    "CaseRow",
    "ClockRows",
    "ClocksRow",
    "Company",
    "Desk",
    "Files",
    "Forgetting",
    "KeptRow",
    "KeptThings",
    "Lists",
    "OpenTask",
    "OrganisationFilters",
    "OrganisationRow",
    "PatternRow",
    "Patterns",
    "PlanRow",
    "PlanRows",
    "Queue",
    "Queues",
    "Records",
    "ReviewRow",
    "Search",
    "Tasks",
    "WordsRow",
    "desk_on",
    "has_words",
    "is_of_plan",
    "viewed_themselves",
]
