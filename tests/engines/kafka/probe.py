"""Asking a Kafka broker whether it answers, in the client's own words."""

import asyncio
from threading import Thread

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from tests.engines.ports import LOOPBACK, is_free

ANSWERING_MS = 5000


async def ask(servers: str) -> str:
    """Return nothing when a broker is a member of its cluster, else what is lacking."""
    client = AIOKafkaAdminClient(bootstrap_servers=servers, request_timeout_ms=ANSWERING_MS)
    try:
        await client.start()
        cluster = await client.describe_cluster()
    except (KafkaError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        await client.close()
    return "" if cluster["brokers"] else "no broker has joined the cluster"


def lacking(servers: str) -> str:
    """Ask from a thread of its own, so that a running event loop does not matter."""
    answers: list[str] = []
    asking = Thread(target=lambda: answers.append(asyncio.run(ask(servers))))
    asking.start()
    asking.join()
    return answers[0] if answers else "asking failed"


def lacking_here(port: int) -> str:
    """Ask a broker on loopback, but not before somebody listens there."""
    return "nobody listens yet" if is_free(port) else lacking(f"{LOOPBACK}:{port}")
