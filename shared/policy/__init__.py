"""The rules that a deployment may set: issue codes, severities, remedies and durations, as versioned packs.

`default.toml` is the pack that comes with the product; `pack` reads a pack and refuses one that contradicts itself.
"""

from shared.policy.pack import Issue, Policy, Remedy, Severity, default_policy, read_policy, read_policy_file

__all__ = ["Issue", "Policy", "Remedy", "Severity", "default_policy", "read_policy", "read_policy_file"]
