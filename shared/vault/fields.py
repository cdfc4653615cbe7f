"""Where a fact holds personal data: found once per class from its annotations, and rewritten in place."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple, TypeVar
from urllib.parse import quote

import msgspec
from msgspec import inspect

Rewrite = Callable[[str, str, str | None], str]
"""From text, its path in the fact and the group of persons it speaks of, to what stands in its place."""

S = TypeVar("S", bound=msgspec.Struct)


class _Leaf(NamedTuple):
    group: str | None


class _Struct(NamedTuple):
    parts: tuple[tuple[str, Any], ...]


class _Many(NamedTuple):
    part: Any


class _Named(NamedTuple):
    part: Any


@cache
def plan_of(kind: type[msgspec.Struct]) -> Any:
    """Return where the personal fields of a class lie, None when it has none."""
    return _plan(inspect.type_info(kind))


def rewritten(struct: S, rewrite: Rewrite) -> S:
    """Return the struct with every personal text rewritten; itself when it has none."""
    plan = plan_of(type(struct))
    return struct if plan is None else _apply(plan, struct, "", rewrite)


def _plan(kind: inspect.Type) -> Any:  # noqa: PLR0911 - one arm per shape
    match kind:
        case inspect.Metadata(type=inner, extra_json_schema=extra):
            if extra and "x-personal" in extra:
                return _Leaf(extra.get("x-person"))
            return _plan(inner)
        case inspect.UnionType(types=types):
            return next((plan for one in types if (plan := _plan(one)) is not None), None)
        case inspect.StructType(cls=cls):
            found = ((field.encode_name, _plan(field.type)) for field in kind.fields)
            parts = tuple((name, plan) for name, plan in found if plan is not None)
            return _Struct(parts) if parts and cls is not None else None
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            plan = _plan(item)
            return None if plan is None else _Many(plan)
        case inspect.DictType(value_type=value):
            plan = _plan(value)
            return None if plan is None else _Named(plan)
    return None


def _apply(plan: Any, value: Any, path: str, rewrite: Rewrite) -> Any:
    if value is None:
        return None
    kind = type(plan)
    if kind is _Leaf:
        return rewrite(value, path, plan.group)
    if kind is _Struct:
        return _within(plan.parts, value, f"{path}." if path else "", rewrite)
    if kind is _Many:
        return type(value)(_apply(plan.part, one, f"{path}.{place}", rewrite) for place, one in enumerate(value))
    members: Mapping[str, Any] = value
    return {name: _apply(plan.part, one, f"{path}.{_safe(name)}", rewrite) for name, one in members.items()}


def _within(parts: tuple[tuple[str, Any], ...], value: Any, before: str, rewrite: Rewrite) -> Any:
    changed = {}
    for name, plan in parts:
        old = getattr(value, name)
        if old is not None and (new := _apply(plan, old, before + name, rewrite)) is not old:
            changed[name] = new
    return msgspec.structs.replace(value, **changed) if changed else value


def _safe(name: str) -> str:
    return quote(name, safe="").replace(".", "%2E")
