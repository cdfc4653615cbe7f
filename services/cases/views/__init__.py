"""What can be read: one case or organisation from its own facts, never stale; lists of them from rows."""

from services.cases.views.brief import Briefs
from services.cases.views.lists import CaseFilters, Lists, OrganisationFilters
from services.cases.views.records import AsOf, Records, viewed_themselves
from services.cases.views.rows import CASES, NEVER, ORGANISATIONS, CaseRow, OrganisationRow

__all__ = [
    "CASES",
    "NEVER",
    "ORGANISATIONS",
    "AsOf",
    "Briefs",
    "CaseFilters",
    "CaseRow",
    "Lists",
    "OrganisationFilters",
    "OrganisationRow",
    "Records",
    "viewed_themselves",
]
