"""How figures are read: `reports` and `pages` by staff, `editions` and `public` by others, `charts` as drawings."""

from services.reporting.api.reports import reports_router

__all__ = ["reports_router"]
