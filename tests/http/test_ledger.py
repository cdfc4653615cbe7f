"""The ledger over HTTP: open checkpoints and hashes, proofs for auditors, and nothing about a person in any of it."""

import asyncio
import json
from base64 import b64decode
from typing import Any

import pytest

from shared.auditing.notes import read_checkpoint, read_key
from shared.auditing.proving import verify_proofs
from shared.ledger.tree import leaf_hash, verify_consistency
from shared.rights import Role
from tests.http.cases_desk import do, open_case
from tests.support.app import System

ROOT = "/reporting/v1/ledger"


def signed(system: System, service: str = "cases") -> dict[str, Any]:
    """Have the ledger of a service brought up, and return what is shown of it."""
    keeper = system.house.services[service].ledger
    assert keeper is not None
    asyncio.run(keeper.look())
    items = system.nobody.get(ROOT).json()["items"]
    return next(item for item in items if item["service"] == service)


def test_everybody_sees_how_far_each_record_is_signed(system: System) -> None:
    open_case(system.operator)
    shown = signed(system)
    note = system.nobody.get(f"{ROOT}/cases/checkpoint").text
    checkpoint = read_checkpoint(note, [read_key(shown["keys"][-1])])
    assert checkpoint.by == (shown["origin"],)
    assert (checkpoint.origin, checkpoint.size, b64decode(shown["root"])) == (
        shown["origin"],
        shown["size"],
        checkpoint.root,
    )
    assert shown["refused"] is None


def test_a_later_checkpoint_continues_an_earlier_one(system: System) -> None:
    open_case(system.operator)
    old = signed(system)
    for _ in range(5):
        open_case(system.operator)
    new = signed(system)
    told = system.nobody.get(f"{ROOT}/cases/consistency?from={old['size']}&to={new['size']}").json()
    proof = [b64decode(step) for step in told["proof"]]
    verify_consistency(old["size"], new["size"], proof, b64decode(old["root"]), b64decode(new["root"]))


def test_every_fact_of_a_case_is_proven_in_one_file_that_says_nothing_of_it(system: System) -> None:
    case_id = open_case(system.operator, summary="They keep our passports")
    do(system.operator, case_id, "note", text="Calls after 20:00")
    keys = [read_key(signed(system)["keys"][-1])]
    proofs = system.auditor.get(f"{ROOT}/cases/streams/{case_id}").text
    shown = verify_proofs(proofs, keys)
    assert [one.leaf["envelope"]["type"] for one in shown] == ["cases.case-opened", "cases.note-added"]
    assert {one.leaf["envelope"]["stream_id"] for one in shown} == {case_id}
    assert "passports" not in proofs
    single = system.auditor.get(f"{ROOT}/cases/proofs/{shown[0].place}").text
    assert verify_proofs(single, keys)[0].leaf == shown[0].leaf


def test_entries_are_for_auditors_and_hashes_for_everybody(system: System) -> None:
    open_case(system.operator)
    size = signed(system)["size"]
    number, width = divmod(size, 256)
    tile = system.nobody.get(f"{ROOT}/cases/tile/0/{number:03}.p/{width}")
    assert (tile.status_code, len(tile.content)) == (200, width * 32)
    for path in (f"tile/entries/{number:03}.p/{width}", "signed", "../key", "%2e%2e/secret.key", "nothing"):
        assert system.nobody.get(f"{ROOT}/cases/{path}").status_code in {404, 422}, path
    assert system.nobody.get(f"{ROOT}/nowhere/checkpoint").status_code == 404


def test_an_auditor_reads_the_leaves_of_their_tenant_and_hashes_of_the_others(system: System) -> None:
    case_id = open_case(system.operator, summary="They keep our passports")
    size = signed(system)["size"]
    mine = system.auditor.get(f"{ROOT}/cases/leaves?after={max(size - 20, 0)}&limit=20").content.splitlines()
    leaf = next(line for line in mine if json.loads(line)["envelope"]["stream_id"] == case_id)
    assert b"passports" not in leaf
    stranger = system.client(Role.AUDITOR, tenant="away-leaves")
    theirs = stranger.get(f"{ROOT}/cases/leaves?after={max(size - 20, 0)}&limit=20").content.splitlines()
    assert [json.loads(line) for line in theirs] == [{"leaf_hash": leaf_hash(line).hex()} for line in mine]
    assert system.auditor.get(f"{ROOT}/cases/leaves?after={size}").text == ""
    assert system.operator.get(f"{ROOT}/cases/leaves").status_code == 403


def test_the_stream_of_another_tenant_is_none(system: System) -> None:
    case_id = open_case(system.operator)
    signed(system)
    stranger = system.client(Role.AUDITOR, tenant="away-ledger")
    assert stranger.get(f"{ROOT}/cases/streams/{case_id}").status_code == 404


@pytest.mark.parametrize(("old", "new"), [(0, 3), (3, 2), (1, 10**9)])
def test_there_is_no_proof_from_nothing_backwards_or_beyond(system: System, old: int, new: int) -> None:
    open_case(system.operator)
    signed(system)
    assert system.nobody.get(f"{ROOT}/cases/consistency?from={old}&to={new}").status_code in {404, 422}


def test_a_monitor_sees_how_old_the_newest_checkpoint_is(system: System) -> None:
    if len(system.apps) > 1:
        pytest.skip("each replica tells of its own")
    signed(system)
    lines = system.admin.get("/metrics").text.splitlines()
    (age,) = [line.split()[-1] for line in lines if line.startswith('redress_checkpoint_age_seconds{ledger="cases"}')]
    assert 0 <= float(age) < 30
