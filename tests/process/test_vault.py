"""The vault from the command line, beside a running system: erase, prove, rotate, read on."""

import json
import time
from pathlib import Path

import pytest

from shared.vault.vault import HEARD
from tests.process.serving import redress, system

CASES = "/cases/v1/cases"
OPENED = {"channel": "hotline", "language": "my"}

pytestmark = pytest.mark.process


def test_a_running_system_obeys_what_the_command_line_does_to_its_vault(tmp_path: Path) -> None:
    with system(tmp_path) as running:
        hers = running.post(CASES, {**OPENED, "summary": "hers"})["case_id"]
        theirs = running.post(CASES, {**OPENED, "summary": "theirs"})["case_id"]
        data = ("--data", str(running.data))

        def summary(case_id: str) -> str:
            shown = running.ask("GET", f"{CASES}/{case_id}", headers={"Redress-Purpose": "handling"})
            return str(json.loads(shown.body)["summary"])

        rotated = redress("vault", "rotate", *data)
        assert "2 data keys are wrapped with kek-2" in rotated.stdout, rotated.stderr
        assert (summary(hers), summary(theirs)) == ("hers", "theirs")

        subject = running.get(f"{CASES}/{hers}")["subject"]
        erased = redress("erase", subject, "--reason", "request", *data)
        assert erased.returncode == 0, erased.stderr
        time.sleep(HEARD + 0.1)
        assert (summary(hers), summary(theirs)) == ("[erased]", "theirs")

        proof = tmp_path / "proof.json"
        proof.write_text(erased.stdout)
        public_key = (running.data / "intake" / "proof.pub").read_text().strip()
        assert redress("vault", "verify", str(proof), "--public-key", public_key).returncode == 0
        proof.write_text(erased.stdout.replace("request", "safety"))
        assert redress("vault", "verify", str(proof), "--public-key", public_key).returncode == 1

        told = redress("replay", "--case", theirs, *data).stdout
        assert "theirs" not in told
        assert "theirs" in redress("replay", "--case", theirs, "--purpose", "review", *data).stdout
