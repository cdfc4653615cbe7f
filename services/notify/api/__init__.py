"""HTTP: `notifications` what was told and how far it got, `following` what partners may follow."""

from services.notify.api.following import following
from services.notify.api.notifications import doing, router

__all__ = ["doing", "following", "router"]
