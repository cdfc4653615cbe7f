"""The rules that say who is told of which fact: read from TOML, checked against the facts there are, matched to one."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from shared.errors import SettingsError
from shared.events.envelope import Event, Registry
from shared.events.notify import Audience, Occasion
from shared.events.values import ContactChannel

Wanted = str | bool | int | tuple[str, ...]


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row: of which fact, told to whom, in which words, how long after it and for how long at most.

    `to` is the field that names the organisation, for audiences that are organisations.
    """

    fact: str
    audience: Audience
    occasion: Occasion
    template: str | None = None
    when: Mapping[str, Wanted] = {}
    values: Mapping[str, str] = {}
    channels: tuple[ContactChannel, ...] = ()
    to: str = "organisation_id"
    at: str | None = None
    about: str | None = None
    until: str | None = None
    delay_minutes: int = 0
    expires_hours: int = 336
    awaited: bool = False

    @property
    def text(self) -> str:
        """The key of the text."""
        return self.template or f"{self.occasion}.{self.audience}"

    @property
    def delay(self) -> timedelta:
        """How long after the fact it is told."""
        return timedelta(minutes=self.delay_minutes)

    @property
    def life(self) -> timedelta:
        """How long after that it may still be told."""
        return timedelta(hours=self.expires_hours)

    def fits(self, event: Event) -> bool:
        """Whether the fact is one that this rule is about."""
        return self.fact == event.TOPIC and all(_is(getattr(event, name, None), to) for name, to in self.when.items())

    def moments(self, event: Event) -> tuple[datetime, ...]:
        """Return the times that the fact names to tell it at; none: the rule names no field."""
        return tuple(getattr(event, self.at, ())) if self.at else ()


class Rules(msgspec.Struct, frozen=True):
    """A set of rules and its version."""

    version: str
    rule: tuple[Rule, ...]

    def of(self, event: Event) -> tuple[Rule, ...]:
        """Return the rules that a fact fits, in their order."""
        return tuple(rule for rule in self.rule if rule.fits(event))

    def ended_by(self, event: Event) -> tuple[Rule, ...]:
        """Return the rules whose notifications a fact makes needless."""
        return tuple(rule for rule in self.rule if rule.until == event.TOPIC)

    def facts(self, service: str) -> frozenset[str]:
        """Return the stored names of the facts of a service that anything is done about."""
        named = {name for rule in self.rule for name in (rule.fact, rule.until) if name}
        return frozenset(name for name in named if name.startswith(f"{service}."))


def checked_rules(raw: Mapping[str, Any], registry: Registry, gaps: Mapping[str, Collection[str]], place: str) -> Rules:
    """Return rules from what TOML holds, or raise a `SettingsError` that names the rule and what is wrong with it.

    `gaps`: text -> what it names.
    """
    try:
        rules = msgspec.convert(raw, Rules)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{place} cannot be read: {error}.") from error
    seen: set[tuple[object, ...]] = set()
    for number, rule in enumerate(rules.rule, 1):
        where = f"{place}, rule {number} ({rule.fact} to {rule.audience})"
        _check(rule, registry, gaps, where)
        key = (rule.fact, rule.audience, rule.occasion, tuple(sorted(rule.when.items())))
        if key in seen:
            raise SettingsError(f"{where}: the same fact is told to the same audience on the same occasion already.")
        seen.add(key)
    return rules


def _check(rule: Rule, registry: Registry, gaps: Mapping[str, Collection[str]], where: str) -> None:
    if rule.text not in gaps:
        raise SettingsError(f"{where}: there is no text {rule.text}; there are {', '.join(sorted(gaps))}.")
    if {*rule.values} != {*gaps[rule.text]} - {"number"}:
        raise SettingsError(
            f"{where}: the text {rule.text} names {', '.join(sorted(gaps[rule.text]))}: fill just these."
        )
    if rule.delay_minutes < 0 or rule.expires_hours <= 0:
        raise SettingsError(f"{where}: a delay is not negative, and there is some time in which to tell it.")
    if (rule.at is None, rule.about is None) not in {(True, True), (False, False)}:
        raise SettingsError(f"{where}: 'at' and 'about' belong together.")
    if rule.until is not None and (rule.at is None or rule.until not in registry):
        raise SettingsError(f"{where}: 'until' is a fact there is, for rules with 'at'.")
    kind = registry.get(rule.fact)
    if kind is None and not rule.awaited:
        raise SettingsError(f"{where}: there is no such fact; a rule for one to come says 'awaited = true'.")
    if kind is not None:
        fields = _open_fields(kind)
        used = {*rule.when, *rule.values.values(), *(name for name in (rule.at, rule.about) if name)}
        if wrong := sorted(used - fields):
            raise SettingsError(f"{where}: the fact has no open field {', '.join(wrong)}; nothing personal is told.")


def _open_fields(kind: type[Event]) -> set[str]:
    """Return the fields of a fact that say nothing about a person."""
    return {field.name for field in msgspec.structs.fields(kind) if "x-personal" not in repr(field.type)}


def _is(found: Any, wanted: Wanted) -> bool:
    return found in wanted if isinstance(wanted, tuple) else found == wanted
