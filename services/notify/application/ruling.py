"""The rules of a deployment: those that come with the product, or a file of its own."""

import tomllib
from importlib.resources import files
from pathlib import Path

from services.notify.domain import Rules, checked_rules
from services.notify.templates import PLACEHOLDERS
from shared.errors import SettingsError
from shared.events import REGISTRY


def load_rules(file: Path | None = None) -> Rules:
    """Read and check the rules; what is wrong with them is a `SettingsError` that names the rule."""
    text = (
        files("services.notify.application").joinpath("rules.toml").read_text("utf-8") if file is None else _own(file)
    )
    place = "rules.toml" if file is None else str(file)
    return read_rules(text, place)


def read_rules(text: str, place: str = "rules.toml") -> Rules:
    """Read rules from TOML."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{place} cannot be read: {error}.") from error
    return checked_rules(raw, REGISTRY, PLACEHOLDERS, place)


def _own(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except OSError as error:
        raise SettingsError(f"REDRESS_NOTIFY_RULES: {file} cannot be read.") from error
