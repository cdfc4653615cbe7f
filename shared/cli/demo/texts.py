"""What invented workers write, in their languages."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(files("shared.cli.demo").joinpath("texts.toml").read_text(encoding="utf-8"))


def grievance(language: str, issue: str) -> str:
    """Return what a worker writes about an issue."""
    return _texts()[language][issue]


def again(language: str) -> str:
    """Return what a worker writes who has heard nothing."""
    return _texts()["again"][language]
