"""Apache Kafka's jars: fetched once by Maven into the user's cache, checked against committed hashes."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.engines.engine import EngineFailedError, EngineMissingError

HERE = Path(__file__).parent
POM, HASHES = HERE / "pom.xml", HERE / "jars.sha256"
NODE, CLUSTER = 1, "MkU3OEVBNTcwNTJENDM2Qk"
FETCHING = 900.0
Say = Callable[[str], None]
RECEIVED = re.compile(r"Downloaded from .*/([^/]+\.jar) ")


def silence(_line: str) -> None:
    """Say nothing."""


def version() -> str:
    """Return the version of Kafka that the pom names."""
    found = re.search(r"<artifactId>kafka_2\.13</artifactId>\s*<version>(.+?)</version>", POM.read_text())
    if found is None:
        raise EngineFailedError(f"{POM} names no version of Kafka.")
    return found.group(1)


def hashes() -> Mapping[str, str]:
    """Return the SHA-256 of every jar, in hex, by its file name."""
    lines = (line.split() for line in HASHES.read_text().splitlines())
    return {name: digest for digest, name in lines}


def cache() -> Path:
    """Return the folder that holds, or will hold, exactly these jars."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    mark = hashlib.sha256(HASHES.read_bytes()).hexdigest()[:12]
    return home / "redress" / "engines" / f"kafka-{version()}-{mark}"


def fetched(say: Say = silence) -> Path:
    """Return the folder with `jars` and `formatted`; fetch it where it is not there yet.

    Raises EngineMissingError without Java, or without Maven while there is something to fetch.
    """
    need("java", "a Java runtime, 17 or newer")
    if cache().exists():
        return cache()
    need("mvn", "Maven")
    with appearing(cache()) as folder:
        copy_jars(folder / "jars", say)
        check_jars(folder / "jars")
        format_storage(folder)
    return cache()


def need(program: str, what: str) -> None:
    """Raise EngineMissingError where a program is not there."""
    if shutil.which(program) is None:
        raise EngineMissingError(f"Apache Kafka needs {what}: there is no `{program}` here.")


@contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """Fill a folder apart and let it appear as a whole; who comes second leaves the first one's."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    apart = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        yield apart
        if not folder.exists():
            apart.rename(folder)
    except OSError:
        if not folder.exists():
            raise
    finally:
        shutil.rmtree(apart, ignore_errors=True)


def copy_jars(folder: Path, say: Say) -> None:
    """Let Maven copy the broker and all it needs, and say each jar that arrives."""
    wanted, arrived, said = set(hashes()), 0, []
    goal = ("dependency:copy-dependencies", "-DincludeScope=runtime", f"-DoutputDirectory={folder}")
    say(f"Fetching Apache Kafka {version()}: {len(wanted)} jars, about 45 MB ...")
    with subprocess.Popen(
        ("timeout", str(FETCHING), "mvn", "-B", "-f", str(POM), *goal),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as maven:
        for line in maven.stdout or ():
            said.append(line)
            found = RECEIVED.search(line)
            if found and found.group(1) in wanted:
                arrived += 1
                say(f"  {arrived:2} of {len(wanted)}  {found.group(1)}")
    if maven.returncode:
        errors = "".join(line for line in said if line.startswith("[ERROR]"))[:1000]
        raise EngineMissingError(f"Maven could not fetch Apache Kafka (exit code {maven.returncode}). {errors}")


def check_jars(folder: Path) -> None:
    """Raise EngineFailedError unless the jars are the very ones whose hashes are committed."""
    found = {jar.name: hashlib.sha256(jar.read_bytes()).hexdigest() for jar in folder.glob("*.jar")}
    wanted = hashes()
    differing = sorted(name for name in found.keys() | wanted.keys() if found.get(name) != wanted.get(name))
    if differing:
        raise EngineFailedError(f"These jars are not what {HASHES.name} says: {', '.join(differing)}")


def java(jars: Path, *arguments: str) -> tuple[str, ...]:
    """Return the command line that runs a class of Kafka, or further options, in a small machine that is up soon."""
    return (
        "java",
        "-Xms128m",
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        f"-Dlog4j2.configurationFile={HERE / 'log4j2.properties'}",
        "-cp",
        f"{jars}/*",
        *arguments,
    )


def format_storage(folder: Path) -> None:
    """Make an empty formatted data folder, to be copied for each new broker: copying takes no second machine."""
    formatted, properties = folder / "formatted", folder / "format.properties"
    properties.write_text(
        f"process.roles=broker,controller\nnode.id={NODE}\ncontroller.quorum.voters={NODE}@127.0.0.1:1\n"
        f"listeners=PLAINTEXT://127.0.0.1:2,CONTROLLER://127.0.0.1:1\nadvertised.listeners=PLAINTEXT://127.0.0.1:2\n"
        f"controller.listener.names=CONTROLLER\nlog.dirs={formatted}\n"
    )
    done = subprocess.run(
        java(folder / "jars", "kafka.tools.StorageTool", "format", "-t", CLUSTER, "-c", str(properties)),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise EngineFailedError(f"Kafka could not format its storage:\n{done.stdout}{done.stderr}")
