"""What the README tells people to type works, word for word."""

import csv
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.__main__ import commands
from tests.process.serving import redress, system

README = Path("README.md")
BLOCK = re.compile(r"^## From a message to a figure$.*?^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)

pytestmark = pytest.mark.process


def the_flow() -> str:
    found = BLOCK.search(README.read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def test_the_main_flow_of_the_readme_leads_from_a_message_to_a_figure(tmp_path: Path) -> None:
    shell = shutil.which("bash")
    assert shell
    assert shutil.which("curl"), "the README speaks to the system with curl"
    (tmp_path / ".venv").symlink_to(sys.prefix)
    with system(tmp_path) as running:
        ran = subprocess.run(
            [shell, "-euo", "pipefail", "-c", the_flow()],
            cwd=tmp_path,
            env={"PATH": f"{sys.prefix}/bin:/usr/bin:/bin", "URL": running.url, "NO_PROXY": "*"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
    (money,) = csv.DictReader(ran.stdout.splitlines())
    assert (money["currency"], float(money["paid"]), float(money["verified"])) == ("THB", 70000.0, 70000.0)

    story = redress("replay", "--case", case_id(tmp_path), "--data", str(tmp_path / "data"))
    assert re.search(r"\bR-[0-9A-Z]{5}-[0-9A-Z]{5}\b", story.stdout), story.stdout + story.stderr


def case_id(folder: Path) -> str:
    found = re.search(r'"case_id":"([0-9a-f-]{36})"', (folder / "accepted.json").read_text(encoding="utf-8"))
    assert found is not None
    return found[1]


def test_every_command_that_documents_name_exists() -> None:
    said = "".join(file.read_text(encoding="utf-8") for file in (README, Path("ARCHITECTURE.md")))
    targets = set(re.findall(r"^([a-z-]+):.*## ", Path("Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)", said, re.MULTILINE)) <= targets
    for words in set(re.findall(r"\.venv/bin/redress ((?:key )?[a-z]+)", said)):
        assert CliRunner().invoke(commands, [*words.split(), "--help"]).exit_code == 0, words


def test_every_path_that_documents_name_exists() -> None:
    said = "".join(file.read_text(encoding="utf-8") for file in (README, Path("ARCHITECTURE.md")))
    named = set(re.findall(r"(?:services|shared|tests|deploy)/[a-z_/]+(?:\.[a-z]+)?", said))
    assert sorted(path for path in named if not Path(path).exists()) == []
