"""What is said of the rules themselves: which pack holds from when on, with all that it says."""

from typing import ClassVar

from shared.events.envelope import Event
from shared.ids import derived_id

POLICIES = "cases.policies"
ARCHIVE = derived_id("policies")
"""The stream in which all packs of a deployment stand."""


class PolicyAdopted(Event, frozen=True, kw_only=True):
    """From now on cases may run by this pack; what clocks keep is its `label`.

    `content` is the whole pack as JSON, with what it took from the pack that it extends; `sha256` (hex) is its hash.
    A label that comes again with another hash says that a pack was changed without a new version.
    """

    TOPIC: ClassVar[str] = "cases.policy-adopted"
    STREAM: ClassVar[str] = POLICIES
    label: str
    sha256: str
    content: str


EVENTS: tuple[type[Event], ...] = (PolicyAdopted,)
