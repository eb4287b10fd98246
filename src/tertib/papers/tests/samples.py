"""Small files made by hand, whole and hostile, for the tests of this package."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from typing import Any

from PIL import Image

PAD = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def pdf(texts: list[str], *, extra: bytes = b"", size: tuple[int, int] = (595, 842), head: bytes = b"") -> bytes:
    """A PDF with a page for each text in Helvetica; `extra` goes into the trailer, `head` before it all."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for text in texts:
        stream = f"BT /F 24 Tf 72 {size[1] / 2} Td ({text}) Tj ET".encode("latin-1")
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
        box = b"[0 0 %d %d]" % size
        fonts = b"<</Font<</F 3 0 R>>>>"
        objects.append(
            b"<</Type/Page/Parent 2 0 R/MediaBox%s/Resources%s/Contents %d 0 R>>" % (box, fonts, len(objects))
        )
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    return _whole(objects, extra, head)


def _whole(objects: list[bytes], extra: bytes = b"", head: bytes = b"") -> bytes:
    out = bytearray(head + b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<</Size %d/Root 1 0 R%s>>\n" % (len(objects) + 1, extra)
    return bytes(out + b"startxref\n%d\n%%%%EOF\n" % start)


def encrypted_pdf(password: bytes) -> bytes:
    """A PDF protected as in the first version of PDF encryption; an empty password lets anyone open it."""
    owner, permissions, name = b"o" * 32, -44, b"0123456789abcdef"
    padded = (password + PAD)[:32]
    key = hashlib.md5(padded + owner + struct.pack("<i", permissions) + name, usedforsecurity=False).digest()
    user = _rc4(key[:5], PAD)
    encrypt = b"/Encrypt<</Filter/Standard/V 1/R 2/O<%s>/U<%s>/P %d>>/ID[<%s><%s>]" % (
        owner.hex().encode(),
        user.hex().encode(),
        permissions,
        name.hex().encode(),
        name.hex().encode(),
    )
    return pdf(["rahasia"], extra=encrypt)


def _rc4(key: bytes, data: bytes) -> bytes:
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def picture(kind: str, size: tuple[int, int] = (600, 400), mode: str = "RGB", **options: Any) -> bytes:
    """A picture that is darker at its left, so that turning it shows."""
    image = Image.linear_gradient("L").rotate(90).resize(size).convert(mode)
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A PNG of a few bytes whose header claims any size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def looping_pdf(kids: bytes = b"3 0 R") -> bytes:
    """A PDF of 4 kB whose page draws a form ten times, which draws a form ten times, and so on for a lifetime.

    With `25 0 R` among the kids there is also a page that does nothing.
    """
    pages = b"<</Type/Pages/Count %d/Kids[%s]>>" % (kids.count(b"R"), kids)
    depth, objects = 20, [b"<</Type/Catalog/Pages 2 0 R>>", pages]
    draw = b"/F Do " * 10
    resources = b"/Resources<</XObject<</F %d 0 R>>>>"
    objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R" + resources % 5 + b">>")
    objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(draw), draw))
    for number in range(depth):
        inner = resources % (6 + number) if number < depth - 1 else b""
        body = draw if number < depth - 1 else b"0 0 1 1 re f"
        form = b"<</Type/XObject/Subtype/Form/BBox[0 0 595 842]%s/Length %d>>stream\n%s\nendstream"
        objects.append(form % (inner, len(body), body))
    objects.append(b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>")
    return _whole(objects)


def bursting_pdf(megabytes: int) -> bytes:
    """A PDF whose page unpacks to so much."""
    packer, body = zlib.compressobj(9), b""
    for _ in range(megabytes):
        body += packer.compress(b" " * (1 << 20))
    body += packer.flush()
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>"
    content = b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(body), body)
    return _whole([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 1/Kids[3 0 R]>>", page, content])
