"""The command line in this process: what a command prints and its exit code, without starting an interpreter for it."""

from subprocess import CompletedProcess

from typer.testing import CliRunner

from services.__main__ import commands


def command(*arguments: str) -> CompletedProcess[str]:
    """Run a command that ends by itself; what it raises is raised."""
    ran = CliRunner().invoke(commands, arguments)
    if ran.exception is not None and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    return CompletedProcess(arguments, ran.exit_code, ran.stdout, ran.stderr)
