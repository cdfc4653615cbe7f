"""HTTP: `notifications` what was told and how far it got, `following` what partners may follow,
`letters` what is printed,
`subscribing` where it is posted.
"""

from services.notify.api.following import following
from services.notify.api.letters import lettering
from services.notify.api.notifications import doing, router
from services.notify.api.subscribing import subscribed, subscribing

__all__ = ["doing", "following", "lettering", "router", "subscribed", "subscribing"]
