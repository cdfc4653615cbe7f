"""How figures leave the house: `reports` as JSON and CSV, `pages` for people, `charts` as drawings."""

from services.reporting.api.reports import reports_router

__all__ = ["reports_router"]
