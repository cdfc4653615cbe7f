"""The write side: `telling` decides within a reaction's transaction, `delivery` carries out in rounds of its own,
`forgetting` takes letters of erased persons back, `ruling` reads the rules, `preview` says what they would do.
"""

from services.notify.application.delivery import Delivery
from services.notify.application.forgetting import Forgetting
from services.notify.application.preview import Foreseen, Preview
from services.notify.application.receipts import Receipts, index
from services.notify.application.ruling import load_rules, read_rules
from services.notify.application.seeing import Seeing
from services.notify.application.telling import Office, Telling, handler_id

__all__ = [
    "Delivery",
    "Foreseen",
    "Forgetting",
    "Office",
    "Preview",
    "Receipts",
    "Seeing",
    "Telling",
    "handler_id",
    "index",
    "load_rules",
    "read_rules",
]
