"""PostgreSQL: the system's own server on a folder of ours, the official image, or one that is given to us."""

import os
import pwd
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.engines import containers
from tests.engines.engine import Elsewhere, Engine, EngineFailedError, EngineMissingError, Place, first
from tests.engines.ports import LOOPBACK, is_free, ports_of
from tests.engines.process import Process

VARIABLE = "REDRESS_TEST_POSTGRES"
IMAGE, PORT = "postgres:17", 5432
OWNER = "redress"
PACKAGED = Path("/usr/lib/postgresql")
SERVANTS = ("postgres", "nobody")
"""Accounts that may run the server where we are root: it refuses to be root."""
SETTINGS = (
    f"listen_addresses={LOOPBACK}",
    "unix_socket_directories=",
    "max_connections=200",
    "log_min_messages=warning",
    "max_prepared_transactions=0",
)


def lacking(dsn: str) -> str:
    """Return nothing when the server takes connections, else what is lacking."""
    try:
        with psycopg.connect(dsn, connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError as error:
        return str(error)
    return ""


def dsn_of(host: str, port: int, password: str, database: str = "postgres") -> str:
    """Return the address of a database as a URI."""
    return f"postgresql://{OWNER}:{password}@{host}:{port}/{database}"


def given(_place: Place) -> Engine:
    """Take the server that the environment names."""
    dsn = os.environ.get(VARIABLE)
    if not dsn:
        raise EngineMissingError(f"{VARIABLE} is not set.")
    if wrong := lacking(dsn):
        raise EngineFailedError(f"The PostgreSQL in {VARIABLE} does not answer: {wrong}")
    return Engine("postgres", dsn, f"given in {VARIABLE}", Elsewhere(VARIABLE))


def in_docker(place: Place) -> Engine:
    """Run the official image."""
    docker = containers.daemon()
    port, word = ports_of(place.folder)[0], password_of(place)
    dsn = dsn_of(docker.host(), port, word)
    environment = {"POSTGRES_USER": OWNER, "POSTGRES_PASSWORD": word, "POSTGRES_DB": "postgres"}
    command = ("-c", "max_connections=200")
    life = containers.Container(IMAGE, place, {PORT: port}, lambda: lacking(dsn), environment, command)
    life.start()
    return Engine("postgres", dsn, f"{IMAGE} in Docker", life)


def on_loopback(place: Place) -> Engine:
    """Run the system's own server on a folder, with what is in it already."""
    programs = packaged()
    user = servant()
    port, data, word = ports_of(place.folder)[0], place.folder / "data", password_of(place)
    if not (data / "PG_VERSION").exists():
        initialise(programs, place, user)
    settings = [part for one in (*SETTINGS, f"port={port}") for part in ("-c", one)]
    dsn = dsn_of(LOOPBACK, port, word)
    life = Process(
        "PostgreSQL",
        (str(programs / "postgres"), "-D", str(data), *settings),
        place,
        lambda: "nobody listens yet" if is_free(port) else lacking(dsn),
        user=user,
    )
    life.start()
    origin = f"PostgreSQL {(data / 'PG_VERSION').read_text().strip()}, a process of our own"
    return Engine("postgres", dsn, origin, life)


OWN_WAYS = (in_docker, on_loopback)
"""Where it comes from when no address is given."""


def find(place: Place) -> Engine:
    """Return a server whose DSN may create databases; raise EngineMissingError with the reasons."""
    return first("PostgreSQL", (given, *OWN_WAYS), place)


def packaged() -> Path:
    """Return the folder of the server's programs, the newest where there are several."""
    found = sorted(PACKAGED.glob("*/bin/initdb"), key=lambda program: float(program.parts[-3]))
    program = shutil.which("initdb") or (str(found[-1]) if found else None)
    if program is None:
        raise EngineMissingError("There is no `initdb` here: on Debian and Ubuntu install the package postgresql.")
    return Path(program).resolve().parent


def servant() -> str | None:
    """Return the account to run the server as, where it must be another than ours."""
    if os.geteuid() != 0:
        return None
    known = {account.pw_name for account in pwd.getpwall()}
    found = next((name for name in SERVANTS if name in known), None)
    if found is None:
        raise EngineMissingError(f"PostgreSQL refuses to run as root, and none of {SERVANTS} is an account here.")
    return found


def password_of(place: Place) -> str:
    """Return the owner's password of a folder, always the same once it was chosen."""
    kept = place.folder / "password"
    if not kept.exists():
        kept.write_text(secrets.token_urlsafe(12))
        kept.chmod(0o600)
    return kept.read_text()


def initialise(programs: Path, place: Place, user: str | None) -> None:
    """Make an empty cluster in the folder, its owner's."""
    if user is not None:
        shutil.chown(place.folder, user)
        shutil.chown(place.folder / "password", user)
    options = (f"--username={OWNER}", f"--pwfile={place.folder / 'password'}", "--auth=scram-sha-256")
    done = subprocess.run(
        (str(programs / "initdb"), "-D", str(place.folder / "data"), *options, "--no-sync", "-E", "UTF8", "--locale=C"),
        cwd=place.folder,
        user=user,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise EngineFailedError(f"initdb as {user or 'ourselves'} failed:\n{done.stdout[-500:]}{done.stderr[-1500:]}")


@contextmanager
def database(engine: Engine, prefix: str = "redress_test") -> Iterator[str]:
    """Lend the DSN of a database of one's own until the block ends; who is still connected then is cut off."""
    name = f"{prefix}_{secrets.token_hex(6)}"
    with psycopg.connect(engine.address, autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield make_uri(engine.address, name)
    finally:
        with psycopg.connect(engine.address, autocommit=True) as owner:
            owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def ensure(dsn: str, name: str) -> None:
    """Make a database of this name where there is none."""
    with psycopg.connect(dsn, autocommit=True) as owner:
        if owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def make_uri(dsn: str, name: str) -> str:
    """Return the same address with another database; a URI stays a URI."""
    if "://" not in dsn:
        return make_conninfo(dsn, dbname=name)
    head, _, rest = dsn.partition("://")
    authority, _, tail = rest.partition("/")
    _, mark, query = tail.partition("?")
    return f"{head}://{authority}/{name}{mark}{query}"
