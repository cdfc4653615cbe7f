"""The keys that sign ledgers, and the names under which they do."""

import secrets
from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.errors import SettingsError
from shared.ledger.notes import Signer
from shared.vault.keks import parsed

FILE = "ledger.key"
_SEED = 32
_BOTH = 2
"""Today's key and the one before it sign, so that who holds either follows the log over a rotation."""

Seeds = Sequence[bytes]


class LedgerSettings(BaseSettings):
    """Read from `REDRESS_LEDGER_…`."""

    model_config = SettingsConfigDict(env_prefix="REDRESS_LEDGER_", frozen=True)

    name: str | None = Field(default=None, pattern=r"^[a-z0-9][a-z0-9.-]{0,80}$")
    """What the logs of this deployment are called, a host name at best; default: made of its secret."""
    keys: SecretStr | None = None
    """Signing keys, `ID BASE64` separated by commas; the last one signs, and the one before it, too."""
    key_file: Path | None = None
    """A file of such keys, one a line; default: `ledger.key` in the data folder, made at the first start."""
    witnesses: str = ""
    """Public keys of witnesses whose cosignatures are taken and shown, as `redress witness key` prints them, separated
    by commas."""


def kept_seeds(file: Path) -> Seeds:
    """Return the keys of a file, making it when it is not there; only its owner may read it."""
    if not file.exists():
        _first_key(file)
    return _seeds(file.read_text(encoding="utf-8").splitlines())


def given_seeds(keys: SecretStr) -> Seeds:
    """Return the keys of a setting."""
    return _seeds(keys.get_secret_value().split(","))


def add_key(file: Path) -> None:
    """Put a new key behind those of a file."""
    there = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    _written_beside(file, [*there, _new_line(len(there) + 1)]).replace(file)


def _first_key(file: Path) -> None:
    """Make the file, unless another ledger of this deployment makes it just now: then its key is everybody's."""
    beside = _written_beside(file, [_new_line(1)])
    with suppress(FileExistsError):
        file.hardlink_to(beside)
    beside.unlink()


def _written_beside(file: Path, lines: Sequence[str]) -> Path:
    beside = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    beside.touch(mode=0o600)
    beside.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return beside


def _new_line(number: int) -> str:
    return f"ledger-{number} {b64encode(secrets.token_bytes(_SEED)).decode()}"


def signers_of(name: str, service: str, seeds: Callable[[], Seeds]) -> Callable[[str], Sequence[Signer]]:
    """Return what makes the keys of a service's logs; `seeds` is asked each time, since keys are added while we run."""

    def signers(behind: str) -> Sequence[Signer]:
        return [Signer(f"{name}/{service}{behind}", seed) for seed in seeds()[-_BOTH:]]

    return signers


def default_name(secret: bytes) -> str:
    """Return a name for the logs of a deployment that was given none."""
    return f"redress-{secret[:4].hex()}"


def _seeds(lines: list[str]) -> Seeds:
    seeds = list(parsed(lines).values())
    if not seeds or any(len(seed) != _SEED for seed in seeds):
        raise SettingsError("A signing key of the ledger is 32 bytes, written 'ID BASE64'.")
    return seeds
