"""Pushed notices: VAPID (RFC 8292), encryption of the payload (RFC 8291), and delivery (RFC 8030).

The one request that leaves the city's server for an address which a browser has chosen. So it goes to public addresses
only, is looked up once and made to just the address that was looked at, and follows nobody elsewhere.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import json
import os
import socket
import ssl
import time
import uuid
from contextlib import suppress
from functools import lru_cache
from threading import Timer
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db.models import Q
from django.utils.translation import gettext as _

from tertib.ground.config import config
from tertib.ground.errors import Invalid, Problem
from tertib.ground.time import now
from tertib.notices.models import Browser

PATIENCE_SECONDS = 5
# Of one delivery, whatever the other side does.
LONGEST_SECONDS = 8
# Everybody's notices wait behind slow ones: of one person so many at a time, then it is the next one's turn.
MOST_SLOW = 1
MOST_FAILURES = 12
# How long a push service keeps what it can't deliver: a day, as the next digest tells the rest.
KEPT_SECONDS = 24 * 3600
MOST_BROWSERS = 10
_RECORD = 4096
_CURVE = ec.SECP256R1()
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# Addresses that carry another one within, which may be of our own network.
_WRAPPING = [ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")]


class Gone(Exception):
    """The browser takes nothing more: its subscription has ended, or its address is none we go to."""


class Later(Exception):
    """The push service is not there for us now."""


@lru_cache(maxsize=1)
def _key() -> ec.EllipticCurvePrivateKey:
    """The installation's key, from a secret of the data folder."""
    number = int.from_bytes(config().secret("push"), "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(number, _CURVE)


def public_key() -> str:
    """What a browser must know to subscribe: which server may push to it."""
    return encode(_point(_key().public_key()))


def encode(data: bytes) -> str:
    """Base64 for addresses, without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The bytes of such a text. Raises ValueError."""
    return base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def subscribe(person: uuid.UUID, endpoint: str, p256dh: str, auth: str, name: str) -> Browser:
    """Let a browser be pushed to. Raises Invalid for what no browser would send, or an address we don't go to."""
    mend = _("Switch it on once more in this browser.")
    try:
        point, shared = decode(p256dh), decode(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
        if len(shared) != 16:
            raise ValueError("auth")
        # Whether the name leads to a place we go to is asked when something is sent: looking it up may take long.
        host, port, _path = _address(endpoint)
        if not _plausible(host) and f"{host}:{port}" not in config().push_private:
            raise Gone("own network")
    except (ValueError, Gone):
        raise Invalid(Problem(_("This browser's subscription can't be used."), mend=mend)) from None
    mine = Browser.objects.filter(person=person).exclude(endpoint=endpoint)
    if mine.count() >= MOST_BROWSERS:
        raise Invalid(Problem(_("You have switched on enough browsers."), mend=_("Remove one of them first.")))
    values = {"person_id": person, "p256dh": point, "auth": shared, "name": name[:120], "created_at": now()}
    return Browser.objects.update_or_create(endpoint=endpoint, defaults=values)[0]


def unsubscribe(person: uuid.UUID, browser: uuid.UUID) -> int:
    """Push no more to one of the person's browsers."""
    return Browser.objects.filter(person=person, pk=browser).delete()[0]


def leave(person: uuid.UUID, browser: uuid.UUID | None, endpoint: str) -> None:
    """Push no more to the browser in which the person signs out: the one of their session, or what it says it is."""
    own = Q(pk=browser) if browser else Q()
    Browser.objects.filter(own | Q(endpoint=endpoint), person=person).delete()


def leave_others(person: uuid.UUID, but: uuid.UUID | None = None) -> None:
    """Push to no other browser of the person than this one: they were signed out everywhere else."""
    found = Browser.objects.filter(person=person)
    (found.exclude(pk=but) if but else found).delete()


def send_to_all(person: uuid.UUID, payload: dict[str, Any], *, urgent: bool, topic: str) -> int:
    """Push to every browser of a person. Answers how many took it; raises Later where none did, but one may."""
    taken, later, slow = 0, "", 0
    for browser in Browser.objects.filter(person=person):
        if slow == MOST_SLOW:
            break
        begun = time.monotonic()
        try:
            send(browser.endpoint, bytes(browser.p256dh), bytes(browser.auth), payload, urgent=urgent, topic=topic)
            taken += 1
            if browser.failures:
                Browser.objects.filter(pk=browser.pk).update(failures=0)
        except Gone:
            Browser.objects.filter(pk=browser.pk).delete()
        except Later as error:
            later = str(error)
            slow += time.monotonic() - begun > PATIENCE_SECONDS / 2
            _failed(browser)
    if later and not taken:
        raise Later(later)
    return taken


def _failed(browser: Browser) -> None:
    """A browser that is never reached is not tried for ever."""
    if browser.failures + 1 >= MOST_FAILURES:
        Browser.objects.filter(pk=browser.pk).delete()
    else:
        Browser.objects.filter(pk=browser.pk).update(failures=browser.failures + 1)


def send(endpoint: str, point: bytes, auth: bytes, payload: dict[str, Any], *, urgent: bool, topic: str) -> None:
    """Push to one browser. Raises Gone or Later."""
    host, port, path, address = _place(endpoint)
    body = encrypt(json.dumps(payload, ensure_ascii=False).encode(), point, auth)
    audience = f"https://{urlsplit(endpoint).netloc}"
    headers = {
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_SECONDS),
        "Urgency": "high" if urgent else "normal",
        "Topic": topic,
        "Authorization": f"vapid t={_token(audience)}, k={public_key()}",
    }
    connection = _Pinned(host, port, address)
    # Patience bounds each wait; a server that says a letter every few seconds would be waited for again and again.
    ending = Timer(LONGEST_SECONDS, connection.cut)
    ending.start()
    try:
        connection.request("POST", path, body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Later(f"{type(error).__name__}: {error}"[:300]) from None
    finally:
        ending.cancel()
        connection.close()
    if status in (404, 410):
        raise Gone(str(status))
    if not 200 <= status < 300:
        raise Later(str(status))


class _Pinned(http.client.HTTPSConnection):
    """To the address that was looked at: asked again, a name server might give another."""

    def __init__(self, host: str, port: int, address: str) -> None:
        super().__init__(host, port, timeout=PATIENCE_SECONDS, context=ssl.create_default_context())
        self._address = address
        self._plain: socket.socket | None = None
        self._over = False

    def cut(self) -> None:
        """End whatever is under way, from another thread."""
        self._over = True
        for end in (self._plain, self.sock):
            if end is not None:
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

    def connect(self) -> None:
        self._plain = plain = socket.create_connection((self._address, self.port), self.timeout)
        if self._over:
            plain.close()
            raise TimeoutError("too slow")
        context: ssl.SSLContext = self._context  # type: ignore[attr-defined]
        # Wrapping takes the plain socket's place at once, so that the handshake too can be cut.
        self.sock = context.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock.do_handshake()


def _plausible(host: str) -> bool:
    """Whether a host may be one of the open internet: a public address, or a name of several parts."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        # Without a point it is a name of our own network, or an address in disguise.
        return "." in host.strip(".") and not host.rstrip(".").rpartition(".")[2].isdigit()
    return is_public(host)


def _address(endpoint: str) -> tuple[str, int, str]:
    """Host, port and path of an endpoint, as it is written. Raises Gone for what we don't go to."""
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        raise Gone("address") from None
    plain = endpoint.isascii() and endpoint.isprintable() and " " not in endpoint and len(endpoint) <= 1000
    if parts.scheme != "https" or not host or parts.username or parts.password or not plain:
        raise Gone("address")
    allowed = f"{host}:{port}" in config().push_private
    if port != 443 and not allowed:
        raise Gone("port")
    return host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _place(endpoint: str) -> tuple[str, int, str, str]:
    """The same, and the looked-up address. Raises Gone for what we don't go to, Later where the name can't be looked
    up just now.
    """
    host, port, path = _address(endpoint)
    allowed = f"{host}:{port}" in config().push_private
    try:
        found = [str(item[4][0]) for item in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise Later(f"{host}: {error}"[:300]) from None
    if not found or (not allowed and not all(map(is_public, found))):
        raise Gone("own network")
    return host, port, path, found[0]


def is_public(text: str) -> bool:
    """Whether an address is one of the open internet, not of this machine or a network of our own."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(str(address.ipv4_mapped))
        if any(address in network for network in _WRAPPING):
            return False
    return address.is_global and not address.is_multicast


def encrypt(text: bytes, point: bytes, auth: bytes) -> bytes:
    """RFC 8291: only the browser can read it, not the service it passes through. One record of RFC 8188."""
    ours, salt = ec.generate_private_key(_CURVE), os.urandom(16)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, point)
    mine = _point(ours.public_key())
    shared = ours.exchange(ec.ECDH(), theirs)
    secret = _derive(auth, b"WebPush: info\x00" + point + mine, shared, 32)
    key = _derive(salt, b"Content-Encoding: aes128gcm\x00", secret, 16)
    nonce = _derive(salt, b"Content-Encoding: nonce\x00", secret, 12)
    sealed = AESGCM(key).encrypt(nonce, text + b"\x02", None)
    return salt + _RECORD.to_bytes(4, "big") + bytes([len(mine)]) + mine + sealed


def _derive(salt: bytes, info: bytes, secret: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


def _token(audience: str) -> str:
    """RFC 8292: who we are, for one push service, for half a day."""
    # A push service compares with the real clock, not with a time that was travelled to.
    claims = {"aud": audience, "exp": int(time.time()) + 12 * 3600, "sub": config().push_contact}
    head = encode(json.dumps({"typ": "JWT", "alg": "ES256"}).encode())
    said = f"{head}.{encode(json.dumps(claims).encode())}"
    r, s = decode_dss_signature(_key().sign(said.encode(), ec.ECDSA(SHA256())))
    return f"{said}.{encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
