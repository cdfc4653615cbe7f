"""Messages and whole cases under kill -9: what was acknowledged is on record, once, and nothing else is."""

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from shared.events import Event
from shared.events.cases import CASE, CaseAssigned, CaseClosed, CaseOpened, CaseTriaged
from shared.events.envelope import Recorded
from shared.events.intake import MessageFiled, MessageReceived, ReportMessageAdded, ReportOpened
from shared.eventstore.open import open_store
from shared.vault.open import open_vault
from shared.vault.sealing import opened, place_of
from shared.vault.vault import Vault
from tests.chaos.load import MESSAGES, Acknowledged, People
from tests.process.serving import System, redress, system

FAULTS = 4
SEED = 20261123
SENDERS, HANDLERS = 6, 2
LIFE = (0.4, 1.2)
"""Seconds under load before the system is killed: at the least, at the most."""
EVERYTHING = 1_000_000

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]


async def test_what_was_acknowledged_is_on_record_once_however_often_the_system_is_killed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with system(tmp_path) as running:
        told = await load_and_kill(running)
        running.stop()
    intake, cases = await log_of(running, "intake"), await log_of(running, "cases")
    lost, duplicated = lost_and_duplicated(intake, told)
    commands = sum(map(len, told.cases.values()))
    with capsys.disabled():
        print(  # noqa: T201 - what the run found
            f"\nfaults {FAULTS}, requests cut off {told.cut_off} (of them on record {told.repeated}), acknowledged "
            f"{len(told.messages)} messages and {commands} commands, lost {lost}, duplicated {duplicated}"
        )
    assert (lost, duplicated) == (0, 0)
    assert told.cut_off >= FAULTS, "the system was idle when it was killed"
    has_no_gaps(intake)
    has_no_gaps(cases)
    each_message_is_in_one_report(intake)
    each_case_has_what_was_acknowledged(cases, told)
    for service in ("intake", "cases", "reporting"):
        rebuilt = redress("rebuild", service, "--data", str(running.data))
        assert rebuilt.returncode == 0, rebuilt.stdout + rebuilt.stderr


async def load_and_kill(running: System) -> Acknowledged:
    chance = random.Random(SEED)
    second = running.new_key("supervisor", "second")
    async with httpx.AsyncClient(base_url=running.url, timeout=10) as http:
        people = People(http, running.key, second)
        busy = [asyncio.create_task(people.send_messages(f"sender-{number}")) for number in range(SENDERS)]
        busy += [asyncio.create_task(people.handle_cases(f"handler-{number}")) for number in range(HANDLERS)]
        for _ in range(FAULTS):
            await asyncio.sleep(chance.uniform(*LIFE))
            running.kill()
            await asyncio.to_thread(running.start)
        await asyncio.sleep(min(LIFE))
        people.leaving.set()
        await asyncio.gather(*busy)
        names = list(people.told.messages)
        await asyncio.gather(*(known_and_filed(people, names[start::SENDERS]) for start in range(SENDERS)))
    return people.told


async def known_and_filed(people: People, names: Sequence[str]) -> None:
    """Send each acknowledged message once more, and ask where it went."""
    headers = {"Authorization": f"Bearer {people.handler}"}
    for name in names:
        promised = people.told.messages[name]
        again = {"channel": "app", "account": "chaos", "external_id": name, "text": "Once more."}
        answer = await people.http.post(MESSAGES, json=again, headers=headers)
        assert answer.status_code == 200
        assert (answer.json()["message_id"], answer.json()["receipt"]) == promised
        waiting = headers | {"Redress-Wait-For": answer.json()["position"]}
        shown = (await people.http.get(f"{MESSAGES}/{promised[0]}", headers=waiting)).json()
        assert shown["receipt"] == promised[1], name
        assert shown["report_id"] is not None


async def log_of(stopped: System, service: str) -> Sequence[Recorded]:
    store, vault = open_store(stopped.data / service, service), open_vault(stopped.data)
    facts = [unsealed(fact, vault) for fact in await store.read(0, EVERYTHING)]
    store.close()
    vault.keys.close()
    return facts


def unsealed(fact: Recorded, vault: Vault) -> Recorded:
    """Open what a fact says: no kill may come between a fact and its key."""
    head = fact.envelope
    place = place_of({head.subject}, head.stream_id, head.stream_version)
    return Recorded(head, opened(vault, fact.event, place), fact.position)


def lost_and_duplicated(intake: Sequence[Recorded], told: Acknowledged) -> tuple[int, int]:
    stored: Counter[str] = Counter()
    for fact in intake:
        if isinstance(fact.event, MessageReceived):
            stored[fact.event.external_id] += 1
            assert told.messages[fact.event.external_id][0] == str(fact.envelope.stream_id)
    return len(set(told.messages) - set(stored)), stored.total() - len(stored)


def has_no_gaps(log: Sequence[Recorded]) -> None:
    versions: dict[UUID, list[int]] = defaultdict(list)
    for fact in log:
        versions[fact.envelope.stream_id].append(fact.envelope.stream_version)
    assert all(found == list(range(1, len(found) + 1)) for found in versions.values())
    assert len({fact.envelope.event_id for fact in log}) == len(log)
    positions = [fact.position for fact in log]
    assert positions == sorted(set(positions))


def each_message_is_in_one_report(intake: Sequence[Recorded]) -> None:
    received, filed, joined = [], [], []
    for fact in intake:
        match fact.event:
            case MessageReceived():
                received.append(fact.envelope.stream_id)
            case MessageFiled(report_id=report_id):
                filed.append((fact.envelope.stream_id, report_id))
            case ReportOpened(message_id=message_id) | ReportMessageAdded(message_id=message_id):
                joined.append((message_id, fact.envelope.stream_id))
            case _:
                pass
    assert sorted(filed) == sorted(joined)
    assert sorted(received) == sorted(message_id for message_id, _ in filed)


def each_case_has_what_was_acknowledged(cases: Sequence[Recorded], told: Acknowledged) -> None:
    lives: dict[str, list[type[Event]]] = defaultdict(list)
    for fact in cases:
        if fact.envelope.stream == CASE:
            lives[str(fact.envelope.stream_id)].append(type(fact.event))
    assert set(lives) == set(told.cases)
    assert all(life == [CaseOpened, CaseTriaged, CaseAssigned, CaseClosed] for life in lives.values())
    assert all(versions == [1, 2, 3, 4] for versions in told.cases.values())
