"""The rules that a deployment may set: issue codes, severities, remedies and durations, as versioned packs.

`default.toml` is the usual pack, the others extend it; `pack` reads one and refuses what contradicts itself, `terms`
knows how long a span lasts, `choosing` which pack holds for which case.
"""

from shared.policy.choosing import Packs, read_packs
from shared.policy.pack import Issue, Policy, Remedy, Retention, Severity, default_policy, read_policy, read_policy_file

__all__ = [
    "Issue",
    "Packs",
    "Policy",
    "Remedy",
    "Retention",
    "Severity",
    "default_policy",
    "read_packs",
    "read_policy",
    "read_policy_file",
]
