"""The write side: `telling` decides within a reaction's transaction, `delivery` carries out in rounds of its own."""

from services.notify.application.delivery import Delivery
from services.notify.application.telling import Telling

__all__ = ["Delivery", "Telling"]
