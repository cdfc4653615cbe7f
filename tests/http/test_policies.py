"""The rules that cases ran by can be read as they were, over the API and on the command line."""

import asyncio
from pathlib import Path

from shared.policy import default_policy
from tests.support.app import System, embedded, running
from tests.support.commands import command

POLICIES = "/cases/v1/policies"


def adopted(system: System) -> None:
    """Carry out the background's round at once."""
    background = {name: look for name, look, _ in system.house.services["cases"].background}
    asyncio.run(background["policy"]())  # type: ignore[arg-type]  # a coroutine function


def test_whoever_works_or_audits_reads_the_rules_as_they_were_adopted(system: System) -> None:
    adopted(system)
    (one, *_) = system.auditor.get(POLICIES).json()["items"]
    assert one["label"] == default_policy().label
    shown = system.operator.get(f"{POLICIES}/{one['sha256']}").json()
    assert (shown["pack"]["name"], shown["pack"]["version"]) == (default_policy().name, default_policy().version)
    assert system.operator.get(f"{POLICIES}/{'0' * 64}").status_code == 404


def test_a_label_that_was_ever_adopted_is_shown_and_tried_out_by_its_name(tmp_path: Path) -> None:
    with running(embedded(tmp_path)) as system:
        adopted(system)
    data, label = ("--data", str(tmp_path)), default_policy().label
    listed = command("policy", "adopted", *data)
    assert (listed.returncode, label in listed.stdout) == (0, True)
    assert label in command("policy", "show", label, *data).stdout
    assert command("policy", "simulate", label, *data).returncode == 0
    unknown = command("policy", "show", "nobody 1", *data)
    assert (unknown.returncode, "never adopted" in unknown.stderr) == (1, True)
