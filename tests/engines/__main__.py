"""`python -m tests.engines up|down|env|fetch`: the tests' engines for a person, until they are told to go."""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.engines import mongodb, postgres
from tests.engines.engine import Engine, EngineFailedError, EngineMissingError, Place, first
from tests.engines.kafka import broker, finding
from tests.engines.standing import Register, Standing, recorded

REGISTER = Register(Path(__file__).parents[2] / ".engines")
WAYS: Mapping[str, Sequence[Callable[[Place], Engine]]] = {
    "postgres": postgres.OWN_WAYS,
    "mongodb": mongodb.OWN_WAYS,
    "kafka": finding.OWN_WAYS,
}
TESTED = {"kafka": finding.VARIABLE, "postgres": postgres.VARIABLE, "mongodb": mongodb.VARIABLE}
USED = {"kafka": "REDRESS_KAFKA_SERVERS", "postgres": "REDRESS_POSTGRES_DSN", "mongodb": "REDRESS_MONGODB_URI"}
DATABASE = "redress"


def say(line: str) -> None:
    """Tell the person; what a shell may evaluate goes to the other channel."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def up() -> int:
    """Start what does not stand yet and print the environment; 1 where an engine is missing."""
    standing = {one.name: one for one in REGISTER.read()}
    missing = 0
    for name, ways in WAYS.items():
        if name not in standing:
            folder = REGISTER.place_of(name)
            say(f"Starting {name} ...")
            try:
                standing[name] = recorded(first(name, ways, Place(folder, lasting=True)), folder)
            except (EngineMissingError, EngineFailedError) as error:
                say(str(error))
                missing = 1
                continue
            REGISTER.write(list(standing.values()))
        say(f"{name}: {standing[name].origin}")
    if "postgres" in standing:
        postgres.ensure(standing["postgres"].address, DATABASE)
    return missing or env()


def down() -> int:
    """Stop what stands; data stays in the folder for the next time."""
    for one in REGISTER.read():
        one.end()
        say(f"{one.name} has stopped.")
    if REGISTER.folder.exists():
        REGISTER.write([])
    return 0


def env() -> int:
    """Print what to put into a shell: for the tests, and for the product."""
    standing = REGISTER.read()
    lines = [f"export {TESTED[one.name]}='{one.address}'" for one in standing]
    lines += [f"export {USED[one.name]}='{address_for_use(one)}'" for one in standing]
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    return 0


def fetch() -> int:
    """Fetch what starting would fetch, so that it starts at once."""
    broker.prepared(say)
    return 0


def address_for_use(one: Standing) -> str:
    """Return the address as the product takes it: a database of its own in PostgreSQL."""
    return postgres.make_uri(one.address, DATABASE) if one.name == "postgres" else one.address


COMMANDS = {"up": up, "down": down, "env": env, "fetch": fetch}


def main(arguments: Sequence[str]) -> int:
    """Carry out one command."""
    if len(arguments) != 1 or arguments[0] not in COMMANDS:
        say(f"Say one of: {', '.join(COMMANDS)}")
        return 2
    try:
        return COMMANDS[arguments[0]]()
    except (EngineMissingError, EngineFailedError) as error:
        say(str(error))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
