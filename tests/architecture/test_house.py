"""The house: four services, the same rooms in each, and who may bring what in from outside.

Import directions themselves are held by import-linter (see pyproject.toml); here is what it does not see.
"""

import ast
import graphlib
import importlib.util
import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import grimp
import pytest

from tests.architecture.tree import PRODUCT, ROOT, files, imported_names, modules, parsed

SERVICES = {"intake", "cases", "notify", "reporting"}
ROOMS = {"domain", "application", "consumers", "projections", "views", "api", "settings", "bootstrap", "__main__"}
OWN_ROOMS = {"intake": {"channels", "lexicon", "templates", "text"}, "notify": {"channels", "templates"}}
NEEDED = {"__init__.py", "api", "bootstrap", "projections", "settings", "views"}

OUTSIDE: Mapping[str, set[str]] = {
    "aiokafka": {"shared.bus"},
    "cryptography": {"shared.auditing", "shared.ledger.notes", "shared.vault"},
    "aiosmtplib": {"services.notify.channels"},
    "bson": {"shared.documents"},
    "argon2": {"shared.web.keys"},
    "babel": {"services.notify.templates"},
    "duckdb": {"services.reporting.views"},
    "eventsourcing": {"shared.eventstore"},
    "httpx": {
        "services.intake.channels",
        "services.notify.channels",
        "shared.auditing.remote",
        "shared.cli.demo",
        "shared.notary.stamping",
        "shared.vault.transit",
        "shared.web.jwks",
        "shared.witness.logs",
    },
    "jinja2": {"services.cases.api", "services.intake.api", "services.reporting.api"},
    "joserfc": {"shared.web.jwks", "shared.web.oidc"},
    "motor": {"shared.documents"},
    "para": {"services.intake.text"},
    "phonenumbers": {"services.intake.text"},
    "prometheus_client": {"shared.observing.metrics"},
    "py3langid": {"services.intake.text"},
    "psycopg": {
        "shared.eventstore",
        "shared.vault.postgres",
        "shared.vault.postgres_moving",
        "shared.web.keys.postgres",
    },
    "pymongo": {"shared.documents"},
    "rfc3161_client": {"shared.auditing.stamps", "shared.notary.stamping"},
    "rich": {"shared.cli"},
    "sqlite3": {"shared.bus", "shared.documents", "shared.eventstore", "shared.vault", "shared.web.keys"},
    "starlette": {"shared.web"},
    "typer": {"services.__main__", "shared.cli"},
    "uvicorn": {"shared.cli.serving"},
    "uvloop": {"shared.hosting"},
    "weasyprint": {"shared.web.paper"},
    "xlsxwriter": {"services.reporting.api.sheets"},
}
"""What comes from outside -> the only places that may know it. A new package is entered here on purpose."""

EVERYWHERE = {"fastapi", "msgspec", "pydantic", "pydantic_settings", "typing_extensions"}
PURE = {
    "annotationlib", "base64", "collections", "contextlib", "dataclasses", "datetime", "decimal", "enum", "fractions",
    "functools", "hashlib", "hmac", "itertools", "math", "operator", "re", "string", "typing", "unicodedata", "uuid",
    "zoneinfo",
}  # fmt: skip
"""What a domain may take from the standard library: nothing that asks the world for anything."""


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PRODUCT, include_external_packages=True, cache_dir=None)


def own(module: str) -> bool:
    return module.partition(".")[0] in PRODUCT


def below(module: str, places: set[str]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def rooms_of(service: str) -> set[str]:
    inside = (file.relative_to("services", service) for file in files() if file.parts[:2] == ("services", service))
    return {path.parts[0] for path in inside}


def test_there_are_four_services_and_the_command() -> None:
    top = {file.parts[1] for file in files() if file.parts[0] == "services"}
    assert top == SERVICES | {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_a_service_has_only_the_rooms_of_the_house(service: str) -> None:
    found = {name if name == "__init__.py" else name.removesuffix(".py") for name in rooms_of(service)}
    assert found - ROOMS - OWN_ROOMS.get(service, set()) == {"__init__.py"}
    assert found >= NEEDED


@pytest.mark.parametrize("service", sorted(SERVICES))
def test_the_card_of_a_service_is_words_only(service: str) -> None:
    card = (ROOT / "services" / service / "__init__.py").read_text(encoding="utf-8")
    assert card.startswith('"""')
    assert card.rstrip().endswith('"""')
    assert re.findall(r"^(Owns|Hears|Says|Stores)\b", card, re.MULTILINE) == ["Owns", "Hears", "Says", "Stores"]


def test_every_folder_of_the_product_is_a_package() -> None:
    assert [str(file) for file in modules(*PRODUCT) if not (ROOT / file).with_name("__init__.py").exists()] == []


def test_no_import_goes_round_in_a_circle() -> None:
    imports = {
        module: {one for one in graph().find_modules_directly_imported_by(module) if own(one)}
        for module in graph().modules
        if own(module)
    }
    order = list(graphlib.TopologicalSorter(imports).static_order())
    assert len(order) == len(imports)


@pytest.mark.parametrize("package", sorted(OUTSIDE))
def test_what_comes_from_outside_is_known_in_one_place(package: str) -> None:
    if package not in graph().modules:
        return
    knowing = graph().find_modules_that_directly_import(package)
    assert {module for module in knowing if not below(module, OUTSIDE[package])} == set()


def test_postgresql_is_known_only_where_it_is_chosen() -> None:
    knowing = {
        file.stem
        for file in modules(*PRODUCT)
        for node in ast.walk(parsed(file))
        for name in imported_names(node)
        if name.startswith(("psycopg", "eventsourcing.postgres"))
    }
    assert {name for name in knowing if not name.startswith("postgres")} == {"leading"}


def test_nothing_comes_from_outside_unnoticed() -> None:
    known = set(OUTSIDE) | EVERYWHERE
    asked = {module for module in graph().modules if not own(module)}
    assert asked - known - sys.stdlib_module_names == set()


def test_the_domain_asks_the_world_for_nothing() -> None:
    asked = {
        (module, outer)
        for module in graph().modules
        if module.startswith("services.") and module.split(".")[2:3] == ["domain"]
        for outer in graph().find_modules_directly_imported_by(module)
        if not own(outer) and outer not in PURE | {"msgspec"}
    }
    assert asked == set()


def test_our_names_are_ours() -> None:
    for name in PRODUCT:
        found = importlib.util.find_spec(name)
        assert found is not None
        assert found.origin is not None
        assert Path(found.origin).parent == ROOT / name
