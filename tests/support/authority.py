"""A time-stamping authority of our own: a certificate above, one that stamps, and OpenSSL answering over HTTP."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from shared.clock import system_clock

_CONFIG = """[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
ess_cert_id_alg = sha256
"""


class Authority:
    """Answers queries as RFC 3161 has it; `url` while it runs, `certificates` for who believes it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self.certificates = folder / "root.pem"
        self.url = ""
        self.asked = 0
        root_key, key = _key(), _key()
        root = _certificate("A root", root_key, "A root", root_key, stamping=False)
        self.certificates.write_bytes(root.public_bytes(Encoding.PEM))
        leaf = _certificate("A clock", key, "A root", root_key, stamping=True)
        (folder / "tsa.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (folder / "tsa.key").write_bytes(private)
        (folder / "serial").write_text("01\n")
        (folder / "tsa.cnf").write_text(_CONFIG.format(folder=folder))

    def answer(self, query: bytes) -> bytes:
        """Return the signed answer."""
        self.asked += 1
        (self._folder / "query").write_bytes(query)
        command = ("openssl", "ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "answer")
        subprocess.run(command, cwd=self._folder, check=True, capture_output=True, timeout=30)
        return (self._folder / "answer").read_bytes()


@contextmanager
def authority(folder: Path) -> Iterator[Authority]:
    """Run one on a port of its own."""
    one = Authority(folder)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told = self.headers["Content-Type"] == "application/timestamp-query"
            body = one.answer(self.rfile.read(int(self.headers["Content-Length"]))) if told else b""
            self.send_response(200 if told else 415)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    one.url = f"http://127.0.0.1:{server.server_port}/"
    running = Thread(target=server.serve_forever)
    running.start()
    try:
        yield one
    finally:
        server.shutdown()
        running.join()
        server.server_close()


def _key() -> RSAPrivateKey:
    return generate_private_key(65537, 2048)


def _certificate(
    name: str, key: RSAPrivateKey, above: str, signing: RSAPrivateKey, *, stamping: bool
) -> x509.Certificate:
    now = system_clock()
    built = (
        x509.CertificateBuilder()
        .subject_name(_named(name))
        .issuer_name(_named(above))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=not stamping, path_length=None), critical=True)
    )
    if stamping:
        built = built.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    return built.sign(signing, hashes.SHA256())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
