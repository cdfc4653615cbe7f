"""What can be read: `notifications` from the read model, `feed` for those who follow cases from outside."""

from services.notify.views.feed import Feeds
from services.notify.views.letters import Letters
from services.notify.views.notifications import NOTIFICATIONS, Attempt, Left, NotificationRow, NotificationViews, State
from services.notify.views.subscriptions import SUBSCRIPTION_VIEW, SubscriptionViews

__all__ = [
    "NOTIFICATIONS",
    "SUBSCRIPTION_VIEW",
    "Attempt",
    "Feeds",
    "Left",
    "Letters",
    "NotificationRow",
    "NotificationViews",
    "State",
    "SubscriptionViews",
]
