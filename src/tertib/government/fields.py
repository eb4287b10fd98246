"""Numbers that identify people (NIP, NIK): encrypted at rest, found by a keyed hash, shown masked.

AES-256-GCM with a fresh nonce for each value; HMAC-SHA-256 for look-up. Both keys derive (HKDF-SHA-256) from one
secret in the data folder, bound to the government's schema, so that equal numbers in two governments leave no equal
traces.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext as _

from tertib.ground.config import config
from tertib.ground.errors import Broken, Problem
from tertib.ground.tenancy import here

HASH_LENGTH = 32


@lru_cache(maxsize=256)
def _key(schema: str, purpose: str) -> bytes:
    info = f"tertib/{schema}/{purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(config().secret("people"))


def encrypt(text: str) -> bytes:
    """Cipher text of a number, for the current government."""
    nonce = os.urandom(12)
    return nonce + AESGCM(_key(here.schema(), "cipher")).encrypt(nonce, text.encode(), None)


def decrypt(cipher: bytes | memoryview) -> str:
    """The number again. Raises `Broken` where the secret of this installation does not fit."""
    data = bytes(cipher)
    try:
        return AESGCM(_key(here.schema(), "cipher")).decrypt(data[:12], data[12:], None).decode()
    except InvalidTag as error:
        mend = _("Restore the file secrets/people of the data folder from the backup of the same installation.")
        raise Broken(Problem(_("A stored number can't be read with this installation's secret."), mend=mend)) from error


def lookup(text: str) -> bytes:
    """The keyed hash under which a number is found."""
    return hmac.digest(_key(here.schema(), "lookup"), text.encode(), hashlib.sha256)


def mask(text: str) -> str:
    """All but the last four characters hidden."""
    return "•" * max(len(text) - 4, 0) + text[-4:]
