"""The write side: `telling` decides within a reaction's transaction, `delivery` carries out in rounds of its own,
`forgetting` takes letters of erased persons back.
"""

from services.notify.application.delivery import Delivery
from services.notify.application.forgetting import Forgetting
from services.notify.application.telling import Telling

__all__ = ["Delivery", "Forgetting", "Telling"]
