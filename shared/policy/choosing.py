"""Which pack holds for which case: a table of tenants, countries and buyers, of which the first match decides."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

import msgspec

from shared.errors import SettingsError
from shared.policy.pack import SHIPPED, Policy, default_policy, read_policy, shipped


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Cases of this tenant, country and buyer (each, where it is given) run by this pack.

    `pack` names one that comes with the product, or a file beside the table; `buyer` is the id of an organisation.
    """

    pack: str
    tenant: str | None = None
    country: str | None = None
    buyer: str | None = None

    def holds(self, tenant: str, country: str | None, buyers: Collection[str]) -> bool:
        """Whether a case is meant."""
        return (
            self.tenant in {None, tenant}
            and self.country in {None, country}
            and (self.buyer is None or self.buyer in buyers)
        )


class Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The rules in the order in which they are tried."""

    rule: tuple[Rule, ...] = ()


class Packs:
    """The packs of a deployment: `usual` is for cases that no rule means, and says which codes there are."""

    def __init__(
        self, usual: Policy | None = None, rules: Collection[Rule] = (), packs: Mapping[str, Policy] | None = None
    ) -> None:
        """Take the usual pack, the rules, and the packs that they name."""
        self.usual = usual or default_policy()
        self._rules = rules
        self._packs = packs or {}

    def all(self) -> Collection[Policy]:
        """Return every pack by which duties may begin, the usual one first."""
        return (self.usual, *self._packs.values())

    def chosen(self, tenant: str, country: str | None, buyers: Collection[str] = ()) -> Policy:
        """Return the pack by which duties of such a case begin."""
        rule = next((rule for rule in self._rules if rule.holds(tenant, country, buyers)), None)
        return self.usual if rule is None else self._packs[rule.pack]


def read_packs(usual: Policy, table: Path | None, setting: str) -> Packs:
    """Read the table that a setting names, and every pack in it; what is wrong is a `SettingsError`."""
    if table is None:
        return Packs(usual)
    try:
        rules = msgspec.convert(tomllib.loads(table.read_text()), Table).rule
        packs = {rule.pack: read_policy(_text(rule.pack, table.parent)) for rule in rules}
    except OSError as error:
        raise SettingsError(f"{setting} names a file that cannot be read: {error.strerror}.") from error
    except (msgspec.ValidationError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{setting}: the table of packs cannot be read: {error}.") from error
    return Packs(usual, rules, packs)


def _text(pack: str, folder: Path) -> bytes:
    return shipped(pack) if pack in SHIPPED else (folder / pack).read_bytes()
