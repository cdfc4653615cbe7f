"""What is committed under deploy/contracts is what the code says; `make contracts` writes it anew."""

import json
from pathlib import Path

import pytest

from shared.events import REGISTRY, upcasting
from tests.contracts.compatibility import breaks
from tests.contracts.documents import SCHEMAS, golden_file, interfaces, rendered, schemas

COMMITTED = sorted(SCHEMAS.glob("*.json"))


def test_every_event_has_its_schema_committed() -> None:
    assert set(schemas()) <= set(COMMITTED)


@pytest.mark.parametrize("file", sorted(schemas()), ids=lambda file: file.stem)
def test_a_schema_is_the_one_of_its_class_and_reads_all_that_is_stored(file: Path) -> None:
    committed = file.read_text(encoding="utf-8")
    assert not breaks(json.loads(committed), schemas()[file])
    assert committed == rendered(schemas()[file]), "run 'make contracts' and commit what it wrote"


@pytest.mark.parametrize("file", COMMITTED, ids=lambda file: file.stem)
def test_a_version_that_was_ever_stored_can_be_read_for_ever(file: Path) -> None:
    if file.stem == "envelope":
        return
    topic, _, number = file.stem.rpartition(".v")
    assert topic in REGISTRY, "a stored name is never given up"
    assert golden_file(topic, int(number)).exists()
    for version in range(int(number), REGISTRY[topic].VERSION):
        assert (topic, version) in upcasting.UPCASTERS


@pytest.mark.parametrize("name", ["asyncapi.json", "openapi.json"])
def test_the_descriptions_for_others_are_those_of_the_code(name: str) -> None:
    file = next(file for file in interfaces() if file.name == name)
    assert file.read_text(encoding="utf-8") == rendered(interfaces()[file]), "run 'make contracts'"


def test_every_event_is_said_on_the_topic_of_its_stream() -> None:
    document = next(document for file, document in interfaces().items() if file.name == "asyncapi.json")
    said = {
        (channel["address"], document["components"]["messages"][name]["name"])
        for channel in document["channels"].values()
        for name in channel["messages"]
    }
    assert said == {(f"redress.{kind.STREAM}.v1", topic) for topic, kind in REGISTRY.items()}
    heard = {name for name, operation in document["operations"].items() if operation["action"] == "receive"}
    assert {"cases.hears.intake.report", "notify.hears.cases.case", "reporting.hears.cases.case"} <= heard
