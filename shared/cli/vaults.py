"""`redress vault`: rotate the outer key, check proofs of erasure."""

from pathlib import Path
from typing import Annotated

import typer

from shared.cli.console import Bars, console, plain_errors
from shared.cli.options import DATA, Data
from shared.embedded import open_existing

vault = typer.Typer(no_args_is_help=True, help="Rotate the outer key, check proofs of erasure.")


@vault.command("rotate")
def rotate_vault(data: Data = DATA) -> None:
    """Wrap every data key with a new outer key, while the system runs; what is sealed is not touched."""
    from shared.cli.vaulting import rotate  # noqa: PLC0415 - only here

    house = open_existing(data, {})
    with plain_errors(), Bars() as bars:
        kek, done = rotate(house.vault, bars)
    console.print(f"{done} data keys are wrapped with {kek} from now on.")
    house.close()


@vault.command("verify")
def verify_proof(
    file: Annotated[Path, typer.Argument(help="The proof of an erasure, as JSON.")],
    public_key: Annotated[str, typer.Option(help="The public key that the office handed out.")],
) -> None:
    """Check a proof of erasure with nothing but the public key."""
    from shared.cli.vaulting import check_proof  # noqa: PLC0415 - only here

    with plain_errors():
        good = check_proof(file, public_key)
    console.print("The proof holds." if good else "[red]The proof does not hold.[/red]")
    raise typer.Exit(0 if good else 1)
