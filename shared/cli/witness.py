"""`redress witness`: follows other people's logs from a folder of its own, and cosigns what continues what it saw."""

import secrets
import time
from pathlib import Path
from typing import Annotated

import typer

from shared.cli.console import complaints, plain_errors
from shared.clock import system_clock
from shared.errors import InvalidError, RedressError
from shared.ledger.notes import COSIGNATURE, NoteError, Signer, Verifier, read_verifier
from shared.ledger.shelves import FolderShelf
from shared.witness.logs import Log, log_at
from shared.witness.watching import ForkError, Witness

KEY, NAME = "witness.key", "witness.name"
_SEED = 32
_REFUSED, _FORK = 1, 3

witness_commands = typer.Typer(no_args_is_help=True, help="Follow the logs of others, and sign what was not rewritten.")
Home = Annotated[Path, typer.Argument(help="The witness's own folder: its key and what it has seen.")]


@witness_commands.command("key")
def make_key(
    folder: Home, name: Annotated[str, typer.Option(help="What the witness is called, for example its host name.")]
) -> None:
    """Make the witness's key, once, and print its public key, for the operator's REDRESS_LEDGER_WITNESSES."""
    with plain_errors():
        if (folder / KEY).exists():
            raise InvalidError(f"{folder} has a key already; 'redress witness watch' prints it.", field="folder")
        seed = secrets.token_bytes(_SEED)
        signer = _named(name, seed)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = folder / KEY
        file.touch(mode=0o600)
        file.write_text(seed.hex(), encoding="ascii")
        (folder / NAME).write_text(name, encoding="utf-8")
    print(signer.verifier.encoded())  # noqa: T201 - for scripts, too


@witness_commands.command("watch")
def watch(
    folder: Home,
    log: Annotated[list[str], typer.Option(help="A log: the address in front of /checkpoint, or a folder; repeat it.")],
    key: Annotated[list[str], typer.Option(help="The public key of a log, or a file of them; repeat it.")],
    every: Annotated[float, typer.Option(min=0.1, help="Seconds between two looks.")] = 60.0,
    *,
    once: Annotated[bool, typer.Option("--once", help="Look once, and end.")] = False,
) -> None:
    """Look at each log again and again. Exit code 3: a fork, with both checkpoints; 1: another refusal."""
    with plain_errors():
        signer = _kept(folder)
        witness = Witness(FolderShelf(folder), signer, log_keys(key), system_clock)
        logs = [log_at(where) for where in log]
    complaints.print(f"witness {signer.verifier.encoded()}", soft_wrap=True)
    while True:
        code = max([_looked(witness, one) for one in logs])
        if once or code == _FORK:
            raise typer.Exit(code)
        time.sleep(every)


def _looked(witness: Witness, log: Log) -> int:
    """Look at one log, say what came of it, and return the exit code."""
    try:
        found = witness.look(log)
    except ForkError as fork:
        print(f"FORK {log.where}: {fork.detail}\n--- seen before\n{fork.before}--- shown now\n{fork.now}", end="")  # noqa: T201 - for scripts, too
        return _FORK
    except (RedressError, NoteError) as refused:
        print(f"REFUSED {log.where}: {refused.detail if isinstance(refused, RedressError) else refused}")  # noqa: T201 - for scripts, too
        return _REFUSED
    place = "the operator shows it" if found.handed_in else "kept here"
    print(f"{found.origin}: {found.before} -> {found.size} facts, cosigned, {place}")  # noqa: T201 - for scripts, too
    return 0


def _kept(folder: Path) -> Signer:
    if not (folder / KEY).exists():
        raise InvalidError(f"{folder} has no key; make one with 'redress witness key {folder} --name NAME'.")
    return _named(
        (folder / NAME).read_text(encoding="utf-8"), bytes.fromhex((folder / KEY).read_text(encoding="ascii"))
    )


def _named(name: str, seed: bytes) -> Signer:
    try:
        return Signer(name, seed, COSIGNATURE)
    except NoteError as error:
        raise InvalidError(str(error), field="name") from error


def log_keys(given: list[str]) -> list[Verifier]:
    """Read public keys of logs, each as it is or in a file of them."""
    texts: list[str] = []
    for one in given:
        file = Path(one)
        texts += file.read_text(encoding="utf-8").split() if "+" not in one and file.is_file() else [one]
    try:
        return [read_verifier(text) for text in texts]
    except NoteError as error:
        raise InvalidError(str(error), field="key") from error
