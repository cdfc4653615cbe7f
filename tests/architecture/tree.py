"""The tree as the tests of the house read it: the files that belong to the repository, parsed once."""

import ast
import subprocess
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("services", "shared")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files() -> Sequence[Path]:
    """Return every file that is or will be committed, relative to the root."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return sorted(Path(name) for name in set(listed) if (ROOT / name).is_file())


def modules(*folders: str) -> Sequence[Path]:
    """Return the Python files below these folders."""
    return [file for file in files() if file.suffix == ".py" and file.parts[0] in folders]


@cache
def text(file: Path) -> str:
    """Return what a file says."""
    return (ROOT / file).read_text(encoding="utf-8")


@cache
def parsed(file: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(text(file), str(file))


def lines(file: Path) -> int:
    """Return the length of a file."""
    return text(file).count("\n")


def functions(file: Path) -> Iterator[Function]:
    """Return every function of a file, nested ones and methods too."""
    return (node for node in ast.walk(parsed(file)) if isinstance(node, Function))


def length(function: Function) -> int:
    """Return the number of lines from `def` to the end."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


def percentile(values: Sequence[int], share: float) -> int:
    """Return the value that this share of all values does not exceed."""
    return sorted(values)[max(0, round(share * len(values)) - 1)]


def imported_names(node: ast.AST) -> Sequence[str]:
    """Return the modules that a statement imports."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
