"""HTTP: `notifications` what was told and how far it got, `following` what partners may follow,
`letters` what is printed.
"""

from services.notify.api.following import following
from services.notify.api.letters import lettering
from services.notify.api.notifications import doing, router

__all__ = ["doing", "following", "lettering", "router"]
