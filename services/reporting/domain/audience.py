"""Who reads a figure. The less an audience is bound to the cases, the less it is told."""

from enum import StrEnum


class Audience(StrEnum):
    """`staff` works on cases, a `partner` is known and bound by an agreement, the `public` is anybody."""

    STAFF = "staff"
    PARTNER = "partner"
    PUBLIC = "public"
