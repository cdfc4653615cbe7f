"""A mapping says what the columns mean, and says itself what is wrong with it."""

from pathlib import Path

import pytest

from shared.cli.importing import load_mapping
from shared.cli.importing.conditions import holds
from shared.errors import InvalidError

MAPPINGS = Path("deploy/mappings")
SMALL = 'source = "old-desk"\nreference = { columns = "ref" }\n'


def written(folder: Path, toml: str) -> Path:
    path = folder / "mapping.toml"
    path.write_text(toml, encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["us-wage-claims", "us-va-wage-claims"])
def test_a_mapping_that_comes_with_the_product_names_its_own_source(name: str) -> None:
    assert load_mapping(MAPPINGS / f"{name}.toml").source == name


@pytest.mark.parametrize("name", ["us-wage-claims", "us-va-wage-claims"])
def test_no_mapping_of_the_product_says_remedied_and_every_closing_names_the_source_as_witness(name: str) -> None:
    closing = load_mapping(MAPPINGS / f"{name}.toml").closing
    assert closing
    explanations = [rule.explanation for rule in closing if rule.explanation is not None]
    assert [said for said in explanations if "recorded by the source" not in said] == []
    assert "remedied" not in {rule.reason for rule in closing}


def test_the_smallest_mapping_has_a_source_and_a_reference(tmp_path: Path) -> None:
    mapping = load_mapping(written(tmp_path, SMALL))
    assert mapping.reference.columns == ("ref",)
    assert [column for _, column in mapping.columns()] == ["ref"]


@pytest.mark.parametrize(
    ("toml", "named"),
    [
        ("source = [", "not TOML"),
        ('reference = { columns = "ref" }', "source"),
        (SMALL + 'souce = "x"', "souce"),
        (SMALL + '[dates]\ntime_zone = "Mars/Base"', "dates.time_zone"),
        (SMALL + '[dates]\nformats = ["tomorrow"]', "dates.formats.0"),
        (SMALL + "[amounts]\nclaimed = 'a'", "amounts.currency"),
        (SMALL + '[[closing]]\nreason = "remedied"\nexplanation = "All was paid back."', "closing.0.reason"),
        (SMALL + '[[closing]]\nreason = "partial"', "closing.0"),
        (SMALL + '[[closing]]\nwhen = { state = { is = "green" } }\nstays_open = true', "closing.0.when.state.is"),
        (SMALL + '[[issues]]\ncodes = ["wages"]', "issues.0.codes.0"),
    ],
)
def test_what_is_wrong_with_a_mapping_is_told_by_its_key(tmp_path: Path, toml: str, named: str) -> None:
    with pytest.raises(InvalidError) as refused:
        load_mapping(written(tmp_path, toml))
    assert "mapping.toml" in refused.value.detail
    assert named in refused.value.detail


def test_a_mapping_that_is_not_there_or_not_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match=r"absent\.toml cannot be opened"):
        load_mapping(tmp_path / "absent.toml")
    broken = tmp_path / "bytes.toml"
    broken.write_bytes(b'source = "\xff"')
    with pytest.raises(InvalidError, match="not UTF-8"):
        load_mapping(broken)


@pytest.mark.parametrize(
    ("condition", "text", "answer"),
    [
        ('"paid"', " Paid ", True),
        ('["open", "paid"]', "open", True),
        ('["open", "paid"]', "", False),
        ('{ is = "empty" }', "  ", True),
        ('{ is = "filled" }', "0", True),
        ('{ is = "positive" }', "0.01", True),
        ('{ is = "positive" }', "0.0", False),
        ('{ is = "positive" }', "NaN", False),
        ('{ is = "positive" }', "much", False),
        ('{ is = "true" }', "Yes", True),
        ('{ is = "true" }', "0", False),
        ('{ contains = "overtime" }', "Unpaid Overtime", True),
        ('{ contains = ["a b", "c"] }', "abc", True),
        ('{ contains = "x" }', "abc", False),
    ],
)
def test_a_condition_asks_one_thing_of_a_cell(tmp_path: Path, condition: str, text: str, answer: bool) -> None:  # noqa: FBT001
    toml = SMALL + f"[[closing]]\nwhen = {{ status = {condition} }}\nstays_open = true"
    rule = load_mapping(written(tmp_path, toml)).closing[0]
    assert holds(rule.when, {"status": text}) is answer
