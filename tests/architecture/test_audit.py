"""The search for secrets finds what it is meant to find, and leaves words and placeholders alone."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.tree import ROOT

RANDOM = "q7Zr2Vx9" + "Lw4Kt8Bn" + "3Yp6Hs1D"
PLANTED = {
    "private key": "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEowIBAAKCAQEAx" + RANDOM,
    "key of Redress": "rdk_0123456789abcdef_" + "A" * 43,
    "key of AWS": "AKIA" + "ABCDEFGHIJKLMNOP",
    "token of GitHub": "ghp_" + "a" * 36,
    "signed token": "eyJhbGciOiJSUzI1NiJ9" + ".eyJzdWIiOiJ0aGlkYSJ9" + "." + RANDOM,
    "password in an address": "postgresql://redress:" + RANDOM + "@db.example/keys",
    "assigned secret": 'client_secret = "' + RANDOM + '"',
}


@pytest.fixture
def audit() -> Any:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci/audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("kind", sorted(PLANTED))
def test_a_planted_secret_is_found_with_its_place_and_not_repeated(kind: str, audit: Any, tmp_path: Path) -> None:
    audit.HERE = tmp_path
    file = tmp_path / "settings.py"
    file.write_text(f"first = 1\n{PLANTED[kind]}\n", encoding="utf-8")
    found = audit.places(file)
    assert f"settings.py:2: {kind}" in found
    assert RANDOM not in "".join(found)


@pytest.mark.parametrize(
    "harmless",
    [
        'password = "correct-password-of-tests"',
        "postgresql://redress:${PASSWORD}@db/keys",
        'token = "aaaaaaaaaaaaaaaaaaaaaaaaaaaa"',
        "http://127.0.0.1:8080/x@y",
    ],
)
def test_words_and_placeholders_are_no_secrets(harmless: str, audit: Any, tmp_path: Path) -> None:
    audit.HERE = tmp_path
    file = tmp_path / "settings.py"
    file.write_text(harmless, encoding="utf-8")
    assert audit.places(file) == []
