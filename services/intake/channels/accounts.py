"""The accounts that we have at providers, and their secrets, read from a file that only we may read."""

import stat
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from services.intake.channels.port import Account
from shared.errors import SettingsError

SETTING = "REDRESS_INTAKE_CHANNELS"


class _File(msgspec.Struct, forbid_unknown_fields=True):
    account: tuple[Account, ...] = ()


def read_accounts(path: Path | None, types: Mapping[str, object]) -> Sequence[Account]:
    """Return the `[[account]]` entries of a TOML file; none without a file. A `SettingsError` says what is wrong."""
    if path is None:
        return ()
    try:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise SettingsError(f"{SETTING} has secrets in it: others may read the file; chmod 600 it.")
        found = msgspec.convert(tomllib.loads(path.read_text()), _File).account
    except (OSError, ValueError) as error:
        # The message of a parser may hold what stands beside the mistake: a secret.
        raise SettingsError(f"{SETTING} cannot be read as accounts ({type(error).__name__}).") from None
    names = [(one.type, one.name) for one in found]
    for one in found:
        if one.type not in types or not one.secrets or not all(one.secrets):
            known = ", ".join(sorted(types))
            raise SettingsError(f"{SETTING}: {one.type}/{one.name} needs 'secrets' and a type of {known}.")
    if len(set(names)) != len(names):
        raise SettingsError(f"{SETTING}: two accounts of one type have the same name.")
    return found
