"""Keys stay in a service that speaks the transit API; the server here does what its documentation says."""

import json
import secrets
import threading
from base64 import b64decode, b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import SettingsError, TryLaterError
from shared.vault.keks import FileKeks, Succession
from shared.vault.open import open_vault
from shared.vault.settings import TransitSettings
from shared.vault.transit import TransitKeks
from tests.unit.vault.test_vault import SUBJECT, SetClock, seal

TOKEN = "s.of-this-test"
KEY = bytes(range(32))


class Transit(BaseHTTPRequestHandler):
    """`keys`, `encrypt` and `decrypt` of one key with versions, as the transit engine answers them."""

    versions: ClassVar[list[AESGCM]] = []
    sealed: ClassVar[bool] = False

    def do_GET(self) -> None:
        """Tell of the key."""
        if self._admitted("/v1/transit/keys/redress"):
            self._answer(200, {"data": {"name": "redress", "latest_version": len(self.versions)}})

    def do_POST(self) -> None:
        """Encrypt or decrypt."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if not self._admitted("/v1/transit/encrypt/redress", "/v1/transit/decrypt/redress"):
            return
        if self.path.endswith("/encrypt/redress"):
            nonce = secrets.token_bytes(12)
            sealed = nonce + self.versions[-1].encrypt(nonce, b64decode(body["plaintext"]), None)
            self._answer(200, {"data": {"ciphertext": f"vault:v{len(self.versions)}:{b64encode(sealed).decode()}"}})
            return
        _, version, content = body["ciphertext"].split(":")
        raw = b64decode(content)
        plain = self.versions[int(version[1:]) - 1].decrypt(raw[:12], raw[12:], None)
        self._answer(200, {"data": {"plaintext": b64encode(plain).decode()}})

    def log_message(self, *_words: object) -> None:
        """Say nothing."""

    def _admitted(self, *paths: str) -> bool:
        if self.sealed:
            self._answer(503, {"errors": ["Vault is sealed"]})
        elif self.headers["X-Vault-Token"] != TOKEN:
            self._answer(403, {"errors": ["permission denied"]})
        elif self.path not in paths:
            self._answer(404, {"errors": []})
        else:
            return True
        return False

    def _answer(self, status: int, body: dict[str, Any]) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


@pytest.fixture
def address() -> Iterator[str]:
    """Start the service with one version of its key."""
    Transit.versions, Transit.sealed = [AESGCM(secrets.token_bytes(32))], False
    server = ThreadingHTTPServer(("127.0.0.1", 0), Transit)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def keks(address: str, token: str = TOKEN, key: str = "redress") -> TransitKeks:
    settings = TransitSettings.model_validate({"address": address, "token": token, "key": key})
    return TransitKeks(settings, monotonic=SetClock())


def test_a_wrapped_key_comes_back_and_the_row_says_which_version(address: str) -> None:
    kek, wrapped = keks(address).wrap(KEY)
    assert (kek, KEY in wrapped) == ("redress:v1", False)
    assert keks(address).unwrap(kek, wrapped) == KEY


def test_what_an_earlier_version_wrapped_still_opens_after_the_key_was_rotated_there(address: str) -> None:
    kek, wrapped = keks(address).wrap(KEY)
    Transit.versions.append(AESGCM(secrets.token_bytes(32)))
    assert keks(address).current() == "redress:v2"
    assert keks(address).unwrap(kek, wrapped) == KEY


def test_a_sealed_or_silent_service_is_a_matter_of_time(address: str) -> None:
    kek, wrapped = keks(address).wrap(KEY)
    Transit.sealed = True
    with pytest.raises(TryLaterError):
        keks(address).unwrap(kek, wrapped)
    with pytest.raises(TryLaterError):
        keks("http://127.0.0.1:9").current()


@pytest.mark.parametrize("wrong", [{"token": "s.other"}, {"key": "other"}])
def test_a_wrong_token_or_key_is_a_matter_of_settings(address: str, wrong: dict[str, str]) -> None:
    kek, wrapped = keks(address).wrap(KEY)
    with pytest.raises(SettingsError):
        keks(address, **wrong).unwrap(kek, wrapped)


def test_a_vault_moves_to_the_service_with_one_rotation(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = seal(open_vault(tmp_path), "aye", SUBJECT)
    monkeypatch.setenv("REDRESS_VAULT_TRANSIT_ADDRESS", address)
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    monkeypatch.setenv("REDRESS_VAULT_TRANSIT_TOKEN_FILE", str(tmp_path / "token"))
    moving = open_vault(tmp_path)
    assert isinstance(moving.keks, Succession)
    assert moving.open(token) == "aye"
    assert moving.rewrap() == 1
    (tmp_path / "vault.kek").unlink()
    assert isinstance(open_vault(tmp_path).keks, TransitKeks)
    assert open_vault(tmp_path).open(token) == "aye"


def test_a_file_of_keys_knows_what_was_added_since(tmp_path: Path) -> None:
    here, there = FileKeks(tmp_path / "kek"), FileKeks(tmp_path / "kek")
    assert here.knows(there.add())
