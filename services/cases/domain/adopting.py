"""Which rules hold: every pack goes on record with all that it says, before its file can be changed or lost."""

from collections.abc import Mapping, Sequence

from shared.events.policies import PolicyAdopted


def adopt(on_record: Sequence[PolicyAdopted], in_use: Mapping[str, tuple[str, str]]) -> Sequence[PolicyAdopted]:
    """Return what is new; `in_use` is by label the hash of a pack and what it says.

    A label stands for what was adopted last under it: going back to an earlier text is said again.
    """
    last = {one.label: one.sha256 for one in on_record}
    return [
        PolicyAdopted(label=label, sha256=digest, content=content)
        for label, (digest, content) in in_use.items()
        if last.get(label) != digest
    ]
