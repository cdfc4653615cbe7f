"""The contracts as files: what the code says now, and where it is committed."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from services.__main__ import BUILDERS
from shared.embedded import Embedded, open_embedded
from shared.events import REGISTRY, Event
from shared.events.asyncapi import asyncapi
from shared.events.schema import envelope_schema, event_schema, schema_name
from shared.service import Service
from shared.web.app import VERSION, openapi_of

CONTRACTS = Path("deploy/contracts")
SCHEMAS = CONTRACTS / "events"
GOLDEN = Path("tests/contracts/golden")


def schemas() -> Mapping[Path, dict[str, Any]]:
    """Return the schema of every event and of the envelope, under the file that keeps it."""
    said = {schema_name(kind): event_schema(kind) for kind in REGISTRY.values()} | {"envelope": envelope_schema()}
    return {SCHEMAS / f"{name}.json": json.loads(rendered(schema)) for name, schema in said.items()}


def interfaces() -> Mapping[Path, dict[str, Any]]:
    """Return the AsyncAPI and the OpenAPI document of the whole house, under the files that keep them."""
    with tempfile.TemporaryDirectory() as folder:
        house = open_embedded(Path(folder), BUILDERS)
        documents = {
            CONTRACTS / "asyncapi.json": asyncapi(REGISTRY.values(), _hearing(house), VERSION),
            CONTRACTS / "openapi.json": openapi_of(house.app()),
        }
        house.close()
    return documents


def rendered(document: Mapping[str, Any]) -> str:
    """Return a document as it is committed."""
    return json.dumps(document, indent=2, ensure_ascii=False, default=str) + "\n"


def golden_file(topic: str, version: int) -> Path:
    """Return where the stored example of one version of an event is kept, for ever."""
    return GOLDEN / f"{topic}.v{version}.json"


def _hearing(house: Embedded) -> dict[str, list[type[Event]]]:
    return {name: sorted(set(_heard(service)), key=str) for name, service in house.host.services.items()}


def _heard(service: Service) -> Iterator[type[Event]]:
    for reaction in service.reactions:
        yield from reaction.routes
    for projection in service.projections:
        yield from (kind for kind in REGISTRY.values() if projection.stream == kind.STREAM)
