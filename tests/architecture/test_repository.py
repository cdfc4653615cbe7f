"""What is committed is complete, locked, and knows no machine and no registry."""

import ast
import re
import sys
import tomllib
from collections.abc import Sequence
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.tree import files, functions, modules, parsed, text

LOCKS = (Path("requirements.lock"), Path("requirements-dev.lock"))
BINARY = {".png", ".ico", ".woff2", ".parquet", ".xlsx", ".pdf", ".gz", ".zip", ".sqlite"}
REGISTRIES = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "jsdelivr" + ".net", "unpkg" + ".com")
PATHS = re.compile(r"(?<![\w.])/(?:home/\w|Users/\w|root/|work/|opt/wheels)")
PATCHES_PER_TEST = 0.05
PATCHING = re.compile(r"\b(?:monkeypatch\.\w+|mock\.patch|mocker\.\w+|patch\.object|MagicMock|AsyncMock)\(")


def canonical_name(requirement: str) -> str:
    """Return the name of a distribution as locks write it."""
    return re.split(r"[<>=~;\[ ]", requirement, maxsplit=1)[0].lower().replace("_", "-")


def imported_names(node: ast.AST) -> Sequence[str]:
    """Return the modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []


def pins(lock: Path) -> list[str]:
    return re.findall(r"^([a-z0-9._-]+)==", text(lock), re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS, ids=str)
def test_every_locked_package_has_its_hashes_and_no_address(lock: Path) -> None:
    entries = re.split(r"\n(?=[a-z0-9])", text(lock).split("\n", 2)[2])
    assert [entry.partition(" ")[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text(lock)
    assert "--index" not in text(lock)
    assert "--find-links" not in text(lock)


def test_what_is_declared_is_locked() -> None:
    project = tomllib.loads(text(Path("pyproject.toml")))
    runtime = [*project["project"]["dependencies"], *project["dependency-groups"]["build"]]
    assert {canonical_name(one) for one in runtime} <= set(pins(LOCKS[0]))
    assert {canonical_name(one) for one in project["dependency-groups"]["dev"]} <= set(pins(LOCKS[1]))


def test_what_builds_the_project_is_locked_with_it() -> None:
    project = tomllib.loads(text(Path("pyproject.toml")))
    assert set(project["build-system"]["requires"]) <= set(project["dependency-groups"]["build"])


def test_tests_import_only_what_is_declared() -> None:
    project = tomllib.loads(text(Path("pyproject.toml")))
    extras = [one for extra in project["project"]["optional-dependencies"].values() for one in extra]
    declared = {
        canonical_name(one)
        for one in (*project["project"]["dependencies"], *extras, *project["dependency-groups"]["dev"])
    }
    imported = {
        name.partition(".")[0]
        for file in modules("tests")
        for node in ast.walk(parsed(file))
        for name in imported_names(node)
    }
    strangers = imported - set(sys.stdlib_module_names) - {"services", "shared", "tests"}
    homes = packages_distributions()
    assert {name for name in strangers if not declared & {canonical_name(one) for one in homes[name]}} == set()


def test_tests_run_on_what_is_delivered() -> None:
    entry = re.compile(r"^[a-z0-9._-]+==\S+", re.MULTILINE)
    assert set(entry.findall(text(LOCKS[0]))) <= set(entry.findall(text(LOCKS[1])))


@pytest.mark.parametrize("lock", LOCKS, ids=str)
def test_no_stranger_bears_our_names(lock: Path) -> None:
    assert {"services", "shared"} & set(pins(lock)) == set()


def test_no_committed_file_knows_a_registry_or_a_machine() -> None:
    telling = [
        str(file)
        for file in files()
        if file.suffix not in BINARY
        if any(host in text(file) for host in REGISTRIES) or PATHS.search(text(file))
    ]
    assert telling == []


def test_fakes_come_in_by_argument_and_not_by_patching() -> None:
    tests = [one for file in modules("tests") for one in functions(file) if one.name.startswith("test_")]
    patches = sum(len(PATCHING.findall(text(file))) for file in modules("tests"))
    assert patches <= PATCHES_PER_TEST * len(tests)


def test_the_two_commands_are_the_first_lines_of_the_readme() -> None:
    commands = [line.split("#")[0].strip() for line in text(Path("README.md")).splitlines()[:8]]
    assert [line for line in commands if line.startswith("make ")] == ["make run", "make test"]
