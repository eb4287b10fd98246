"""Real servers on this machine: for e-mail, one that hangs, and a push service that can read what it is sent."""

from __future__ import annotations

import http.server
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from cryptography.x509.oid import NameOID

from tertib.notices.push import decode, encode


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of its own for localhost, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    at = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )  # fmt: skip
    public, private = folder / "cert.pem", folder / "key.pem"
    public.write_bytes(made.public_bytes(Encoding.PEM))
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return public, private


def tls(folder: Path) -> ssl.SSLContext:
    public, private = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return context


@dataclass
class Mailbox:
    """What a mail server took, and how it answers."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    # Answers by recipient; anything else is taken.
    at_rcpt: dict[str, str] = field(default_factory=dict)
    at_data: str = ""
    at_mail: str = ""
    encrypted: list[bool] = field(default_factory=list)
    hold: threading.Event | None = None
    arrived: threading.Event = field(default_factory=threading.Event)

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, sender: str, _options: Any) -> str:  # noqa: N802
        if self.at_mail:
            return self.at_mail
        envelope.mail_from = sender
        return "250 OK"

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, to: str, _options: Any) -> str:  # noqa: N802
        if to in self.at_rcpt:
            return self.at_rcpt[to]
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        import asyncio

        if self.at_data:
            return self.at_data
        self.mails.append(message_from_bytes(envelope.content, policy=default))
        self.encrypted.append(session.ssl is not None)
        self.arrived.set()
        while self.hold and not self.hold.is_set():
            await asyncio.sleep(0.02)
        return "250 taken"


@contextmanager
def mail_server(box: Mailbox, **more: Any) -> Iterator[Mailbox]:
    """A mail server on this machine while the block runs."""
    box.port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port, **more)
    controller.start()
    try:
        yield box
    finally:
        if box.hold:
            box.hold.set()
        controller.stop()


def only_with_password(_server: Any, _session: Any, _envelope: Any, _way: str, given: Any) -> AuthResult:
    ok = isinstance(given, LoginPassword) and given.password == b"rahasia sekali"
    return AuthResult(success=ok, handled=ok)


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


@dataclass
class PushService:
    """A push service with one browser, which can read what it gets."""

    port: int = 0
    status: int = 201
    taken: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = b"0123456789abcdef"

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def endpoint(self) -> str:
        return f"https://localhost:{self.port}/push/one"

    def subscription(self) -> dict[str, str]:
        return {"endpoint": self.endpoint, "p256dh": encode(self.point), "auth": encode(self.auth), "name": "Uji"}

    def read(self, body: bytes) -> dict[str, Any]:
        """RFC 8291 from the browser's side."""
        salt, length, theirs = body[:16], body[20], body[21 : 21 + body[20]]
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
        info = b"WebPush: info\x00" + self.point + theirs
        secret = HKDF(SHA256(), 32, self.auth, info).derive(shared)
        key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(secret)
        nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(secret)
        text = AESGCM(key).decrypt(nonce, body[21 + length :], None)
        assert text[-1:] == b"\x02"
        found: dict[str, Any] = json.loads(text[:-1])
        return found


@contextmanager
def push_service(folder: Path) -> Iterator[PushService]:
    """A push service on this machine, over TLS, while the block runs."""
    service = PushService()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if service.status == 201:
                service.taken.append((dict(self.headers), service.read(body)))
            self.send_response(service.status)
            if service.status == 302:
                self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()

        def log_message(self, *_values: Any) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = tls(folder).wrap_socket(server.socket, server_side=True)
    service.port = server.server_port
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def claims(header: str) -> tuple[dict[str, Any], bool]:
    """What an `Authorization: vapid` says, and whether its signature is that of the key it names."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    parts = dict(part.strip().split("=", 1) for part in header.removeprefix("vapid ").split(","))
    head, body, signature = parts["t"].split(".")
    raw = decode(signature)
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(parts["k"]))
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    try:
        key.verify(der, f"{head}.{body}".encode(), ec.ECDSA(SHA256()))
        good = True
    except InvalidSignature:
        good = False
    return json.loads(decode(body)), good


@contextmanager
def trickling(folder: Path) -> Iterator[int]:
    """A server that answers one letter at a time, for ever; its port."""
    over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))
    context = tls(folder)

    def serve() -> None:
        try:
            plain, _peer = listener.accept()
            with context.wrap_socket(plain, server_side=True) as caller:
                while not over.wait(0.05):
                    caller.sendall(b"H")
        except OSError:
            return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        over.set()
        listener.close()
        thread.join()
