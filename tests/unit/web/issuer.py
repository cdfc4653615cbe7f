"""A real issuer of tokens on 127.0.0.1: discovery, keys that rotate, and whatever tokens a test wants forged."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

Key = RSAKey | ECKey | OKPKey


class Issuer:
    """Signs tokens and serves the public keys; `fetches` counts how often somebody came for them."""

    audience = "redress"

    def __init__(self, port: int) -> None:
        """Begin with one RSA key, `first`."""
        self.url = f"http://127.0.0.1:{port}"
        self.keys: dict[str, Key] = {"first": RSAKey.generate_key(2048, {"kid": "first", "use": "sig"})}
        self.fetches = 0
        self.down = False

    def answer(self, path: str) -> Any:
        """Return the document of a path, None when there is none."""
        if self.down:
            return None
        if path == "/.well-known/openid-configuration":
            return {"issuer": self.url, "jwks_uri": f"{self.url}/keys"}
        if path == "/keys":
            self.fetches += 1
            return {"keys": [key.as_dict(private=False) for key in self.keys.values()]}
        return None

    def token(self, now: float, *, kid: str = "first", alg: str = "RS256", key: Any = None, **claims: Any) -> str:
        """Sign a token of an operator of `acme`; a claim that is None is left out."""
        said = {
            "iss": self.url,
            "aud": self.audience,
            "sub": "thida",
            "exp": int(now) + 300,
            "iat": int(now),
            "redress_role": "operator",
            "redress_tenant": "acme",
        } | claims
        said = {name: value for name, value in said.items() if value is not None}
        return jwt.encode({"alg": alg, "kid": kid}, said, key or self.keys[kid], algorithms=[alg])


@contextmanager
def issuer() -> Iterator[Issuer]:
    """Serve an issuer until the block ends."""
    serving: list[Issuer] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = serving[0].answer(self.path)
            self.send_response(200 if found is not None else 503)
            self.end_headers()
            self.wfile.write(json.dumps(found).encode())

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    serving.append(Issuer(server.server_port))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield serving[0]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
