"""Whether everything stored under an older schema still reads, and means the same, under a newer one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Schema = Mapping[str, Any]

_STRUCTURE = {"$defs", "$id", "$ref", "$schema", "anyOf", "enum", "items", "properties", "required"}
_SEALING = {"x-personal", "x-person"}
"""May come to a field, which stays text for who reads it, and never leave it: then it would be stored in the clear."""
_WORDS = {"additionalProperties", "default", "description", "title"}


def breaks(old: Schema, new: Schema) -> Sequence[str]:
    """Return what a reader of the new schema would lose or refuse of the old one; nothing: it is compatible."""
    return list(_Comparison(old.get("$defs", {}), new.get("$defs", {})).of("", old, new))


@dataclass(frozen=True, slots=True)
class _Comparison:
    old_parts: Mapping[str, Schema]
    new_parts: Mapping[str, Schema]

    def of(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        """Walk over both schemas side by side."""
        old, new = _resolved(old, self.old_parts), _resolved(new, self.new_parts)
        if "anyOf" in old or "anyOf" in new:
            yield from self._variants(path, old, new)
            return
        for key in sorted((set(old) | set(new)) - _STRUCTURE - _WORDS):
            if old.get(key) != new.get(key) and (key not in _SEALING or key in old):
                yield f"{path or 'the event'}: {key} was {old.get(key)!r} and is {new.get(key)!r}"
        yield from _values(path, old, new)
        yield from self._fields(path, old, new)
        for key in ("items", "additionalProperties"):
            if isinstance(old.get(key), Mapping) and isinstance(new.get(key), Mapping):
                yield from self.of(f"{path}[]", old[key], new[key])
            elif old.get(key) != new.get(key):
                yield f"{path}: {key} changed"

    def _variants(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        for variant in old.get("anyOf", [old]):
            if not any(not list(self.of(path, variant, taken)) for taken in new.get("anyOf", [new])):
                kind = variant.get("type") or variant.get("$ref") or variant.get("enum")
                yield f"{path}: what was stored as {kind} is no longer taken"

    def _fields(self, path: str, old: Schema, new: Schema) -> Iterator[str]:
        had, has = old.get("properties", {}), new.get("properties", {})
        needed_before, needed = set(old.get("required", ())), set(new.get("required", ()))
        for name in sorted(had):
            field = f"{path}.{name}".lstrip(".")
            if name not in has:
                yield f"{field}: removed or renamed"
                continue
            if had[name].get("default") != has[name].get("default") and name not in needed_before:
                yield f"{field}: another default gives stored facts another meaning"
            yield from self.of(field, had[name], has[name])
        for name in sorted(needed - needed_before):
            yield f"{path}.{name}: required now, and older facts may lack it".lstrip(".")


def _resolved(schema: Schema, parts: Mapping[str, Schema]) -> Schema:
    while "$ref" in schema:
        schema = parts[schema["$ref"].rsplit("/", 1)[-1]]
    return schema


def _values(path: str, old: Schema, new: Schema) -> Iterator[str]:
    if "enum" not in old and "enum" not in new:
        return
    lost = sorted(set(map(str, old.get("enum", ["any"]))) - set(map(str, new.get("enum", ()))))
    if lost:
        yield f"{path}: no longer takes {', '.join(lost)}"
