"""The columns that the fields of a row become in the database of figures, so that a row is described only once."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec
from msgspec import inspect

from shared.documents.port import Row

_SCALARS: Mapping[type[inspect.Type], str] = MappingProxyType(
    {
        inspect.StrType: "VARCHAR",
        inspect.BoolType: "BOOLEAN",
        inspect.IntType: "BIGINT",
        inspect.UUIDType: "UUID",
        inspect.DateType: "DATE",
        inspect.DecimalType: "DECIMAL(28, 4)",
    }
)


def columns_of(row: type[Row], *, moment: str) -> dict[str, str]:
    """Return name -> column type of every field; moments are read with their zone and kept as UTC without one."""
    return _fields(inspect.type_info(row), moment)


def _fields(kind: inspect.Type, moment: str) -> dict[str, str]:
    assert isinstance(kind, inspect.StructType)  # noqa: S101 - rows and what they hold are structs
    return {field.encode_name: _column(field.type, moment) for field in kind.fields}


def _column(kind: inspect.Type, moment: str) -> str:
    match kind:
        case inspect.DateTimeType():
            return moment
        case inspect.UnionType():
            return _column(next(one for one in kind.types if not isinstance(one, inspect.NoneType)), moment)
        case inspect.ListType():
            return f"{_column(kind.item_type, moment)}[]"
        case inspect.DictType():
            return f"MAP({_column(kind.key_type, moment)}, {_column(kind.value_type, moment)})"
        case inspect.StructType():
            members = ", ".join(f'"{name}" {column}' for name, column in _fields(kind, moment).items())
            return f"STRUCT({members})"
        case _:
            try:
                return _SCALARS[type(kind)]
            except KeyError:
                raise msgspec.ValidationError(f"No column holds {kind!r}.") from None
