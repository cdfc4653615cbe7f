"""Key-encryption keys that stay in HashiCorp Vault or OpenBao: data keys are wrapped by its transit engine.

Calls and answers as its HTTP API has them (secrets engine "transit", API v1): `encrypt`, `decrypt`, and `keys` for the
newest version. Its own `rotate` makes a new version; `redress vault rotate` then wraps every data key with it.
"""

import ssl
import time
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from shared.errors import SettingsError, TryLaterError
from shared.vault.settings import TransitSettings

BELIEVED = 5.0
"""Seconds that the newest version of the key is believed to be the newest."""
_CONTENT = 400
_SERVER = 500
_TOO_MANY = 429


class TransitKeks:
    """Implements `KeyEncryption`. The id of a key is `NAME:vN`, so a row says which version wrapped it."""

    def __init__(self, settings: TransitSettings, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Open a client; the service is first asked when a key is needed."""
        if settings.address is None:
            raise SettingsError("REDRESS_VAULT_TRANSIT_ADDRESS is missing: where the transit engine answers.")
        self._settings = settings
        self._monotonic = monotonic
        self._newest: tuple[float, str] | None = None
        verify = ssl.create_default_context(cafile=settings.ca_file) if settings.ca_file else True
        base = f"{str(settings.address).rstrip('/')}/v1/{settings.mount}/"
        self._http = httpx.Client(base_url=base, timeout=settings.timeout_seconds, trust_env=False, verify=verify)

    def knows(self, kek: str) -> bool:
        """Whether a key of this id is the service's."""
        return kek.rpartition(":v")[0] == self._settings.key

    def current(self) -> str:
        """Return the id of the newest version."""
        if self._newest is None or self._newest[0] < self._monotonic():
            newest = self._asked("GET", f"keys/{self._settings.key}")["latest_version"]
            self._newest = self._monotonic() + BELIEVED, f"{self._settings.key}:v{newest}"
        return self._newest[1]

    def wrap(self, key: bytes) -> tuple[str, bytes]:
        """Have a key wrapped by the newest version."""
        told = self._asked("POST", f"encrypt/{self._settings.key}", {"plaintext": b64encode(key).decode()})
        wrapped: str = told["ciphertext"]
        return f"{self._settings.key}:{wrapped.split(':')[1]}", wrapped.encode()

    def unwrap(self, kek: str, wrapped: bytes) -> bytes:
        """Have a key unwrapped; the ciphertext names the version."""
        if not self.knows(kek):
            raise SettingsError(f"The key-encryption key {kek} is another than REDRESS_VAULT_TRANSIT_KEY names.")
        return b64decode(
            self._asked("POST", f"decrypt/{self._settings.key}", {"ciphertext": wrapped.decode()})["plaintext"]
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _asked(self, method: str, path: str, body: Mapping[str, str] | None = None) -> Mapping[str, Any]:
        headers = {"X-Vault-Request": "true", "X-Vault-Token": self._token()}
        if self._settings.namespace:
            headers["X-Vault-Namespace"] = self._settings.namespace
        try:
            answer = self._http.request(method, path, json=body, headers=headers)
        except httpx.TransportError as error:
            raise TryLaterError("The service that wraps keys does not answer. Try again.") from error
        if answer.status_code >= _SERVER or answer.status_code == _TOO_MANY:
            raise TryLaterError("The service that wraps keys is not able to, or is sealed. Try again.")
        if answer.status_code >= _CONTENT:
            raise SettingsError(
                f"The service that wraps keys refuses {path} ({answer.status_code}): "
                "check the token's policy, the key's name and its oldest version that may decrypt."
            )
        told: Mapping[str, Any] = answer.json()["data"]
        return told

    def _token(self) -> str:
        if self._settings.token is not None:
            return self._settings.token.get_secret_value()
        if self._settings.token_file is None:
            raise SettingsError("REDRESS_VAULT_TRANSIT_TOKEN or _TOKEN_FILE is missing.")
        try:
            return self._settings.token_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError("The file that REDRESS_VAULT_TRANSIT_TOKEN_FILE names cannot be read.") from error
