"""Whether the proxies of docs/operations.md do what that page promises: `make proxies`.

Takes the lines for nginx and Caddy from the page itself, starts those that this machine has before a throw-away demo,
and looks: streams come as they are said, papers of the size that is permitted pass, who asks and how is known from the
proxy and not from what the caller claims, and after a restart all is well by itself. Needs nginx or caddy, and openssl.
"""

from __future__ import annotations

import html
import http.client
import io
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "operations.md"
HOST = "bekasi.localhost"
REGISTRAR = "setda.agendaris"
# Noise of 2,800 by 2,800 colours: 23.5 MB that can't be made smaller, below the 25 MB a scan may have.
SIDE = 2800
CLAIMED = "203.0.113.9"


class Caller:
    """A browser without a window: keeps cookies, follows nothing."""

    def __init__(self, port: int) -> None:
        self.port, self.cookies = port, dict[str, str]()

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[http.client.HTTPResponse, str]:
        answer = self.begin(method, path, body, **headers)
        return answer, answer.read().decode(errors="replace")

    def begin(self, method: str, path: str, body: bytes | None = None, **headers: str) -> http.client.HTTPResponse:
        """Send, and come back as soon as the head of the answer is there."""
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        line = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=trusting)
        own = f"{HOST}:{self.port}"
        sent = {
            "Host": own,
            "Referer": f"https://{own}/",
            "Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
        }
        # The proxy knows by the name which site is meant, so it is told it as browsers do.
        plain = socket.create_connection(("127.0.0.1", self.port), 30)
        line.sock = trusting.wrap_socket(plain, server_hostname=HOST)
        line.request(method, path, body, sent | {name.replace("_", "-"): value for name, value in headers.items()})
        answer = line.getresponse()
        for given in answer.headers.get_all("Set-Cookie", []):
            name, _, value = given.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer

    def form(
        self, path: str, text: str, files: dict[str, bytes] | None = None, **values: str
    ) -> http.client.HTTPResponse:
        """Send a form of a page, with its token."""
        token = found(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
        parts, edge = io.BytesIO(), "x7d1f0c"
        for name, value in {"csrfmiddlewaretoken": token, **values}.items():
            parts.write(f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
        for name, content in (files or {}).items():
            head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="pindaian.png"\r\n'
            parts.write(head.encode() + b"Content-Type: image/png\r\n\r\n" + content + b"\r\n")
        parts.write(f"--{edge}--\r\n".encode())
        answer = self.begin("POST", path, parts.getvalue(), Content_Type=f"multipart/form-data; boundary={edge}")
        answer.read()
        return answer


def found(pattern: str, text: str) -> str:
    """What a page says at this place; ends the program where it doesn't."""
    place = re.search(pattern, text)
    if place is None:
        sys.exit(f"A page does not hold what was looked for: {pattern}")
    return html.unescape(place.group(1))


def ports(count: int) -> list[int]:
    """Free ports of this machine."""
    free = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    numbers = [int(one.getsockname()[1]) for one in free]
    for one in free:
        one.close()
    return numbers


def told(language: str) -> str:
    """The lines of the page for a proxy, all blocks of them."""
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL))


def placed(lines: str, web: int, live: int) -> str:
    """The same for the ports that are free here. As the proxy itself does not listen on 443, the name has its port."""
    return lines.replace("127.0.0.1:8000", f"127.0.0.1:{web}").replace("127.0.0.1:8001", f"127.0.0.1:{live}")


def nginx(folder: Path, port: int, web: int, live: int) -> list[str]:
    lines = placed(told("nginx"), web, live).replace("$host;", "$http_host;")
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/log;\nevents {{ worker_connections 512; }}\n"
        f"http {{ access_log off; {temporary}\nserver {{ listen 127.0.0.1:{port} ssl; server_name {HOST};\n"
        f"ssl_certificate {folder}/cert.pem; ssl_certificate_key {folder}/key.pem;\n{lines}\n}} }}\n"
    )
    return ["nginx", "-e", f"{folder}/log", "-p", str(folder), "-c", f"{folder}/nginx.conf"]


def caddy(folder: Path, port: int, web: int, live: int) -> list[str]:
    lines = placed(told("caddy"), web, live).replace(
        "kota.example.go.id {", f"https://{HOST}:{port} {{\n\ttls cert.pem key.pem"
    )
    if re.match(
        r"v?2\.[0-6]\.", subprocess.run(["caddy", "version"], capture_output=True, text=True, check=True).stdout
    ):
        lines = lines.replace("request_buffers 30MB", "buffer_requests\n\t\t\tmax_buffer_size 30MB")
    (folder / "Caddyfile").write_text(lines.replace("{\n", "{\n\tadmin off\n\tauto_https disable_redirects\n", 1))
    return ["caddy", "run", "--config", "Caddyfile", "--adapter", "caddyfile"]


KNOWN: dict[str, Callable[[Path, int, int, int], list[str]]] = {"nginx": nginx, "caddy": caddy}


@contextmanager
def running(command: list[str], folder: Path, **more: str) -> Iterator[None]:
    with (folder / f"{Path(command[0]).name}.said").open("ab") as said:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, "HOME": str(folder), **more}, stdout=said, stderr=said
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(90)


def until(what: str, ready: Callable[[], bool], seconds: float = 120) -> None:
    """Wait; end the program with what is missing."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if ready():
                return
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(0.3)
    sys.exit(f"After {seconds:.0f} seconds still not: {what}.")


def say(name: str, what: str, holds: bool) -> bool:
    sys.stdout.write(f"{name:8}{'ok   ' if holds else 'NO   '}{what}\n")
    sys.stdout.flush()
    return holds


def signed_in(caller: Caller) -> str:
    """Through the door of the registrar, claiming another address and plain http. Answers the desk."""
    _, door = caller.ask("GET", "/accounts/login/")
    caller.form(found(r'action="([^"]+)" class="doors"', door), door, post=REGISTRAR)
    return caller.ask("GET", "/")[1]


def streams(caller: Caller, desk: str) -> float:
    """After how many seconds the first words of a stream are here."""
    ticket = json.loads(caller.ask("GET", found(r'data-ticket="([^"]+)"', desk), Accept="application/json")[1])
    begun = time.monotonic()
    origin = f"https://{HOST}:{caller.port}"
    answer = caller.begin("GET", f"{ticket['address']}?karcis={ticket['ticket']}&sejak={time.time()}", Origin=origin)
    first = answer.read1(1) if answer.status == 200 else b""
    return time.monotonic() - begun if first else 999.0


def looked_at(name: str, port: int) -> bool:
    """What the page promises of a proxy, while the demo runs behind it."""
    caller = Caller(port)
    answer, _text = caller.ask("GET", "/accounts/login/", X_Forwarded_Proto="http")
    secure = "Secure" in str(answer.headers.get_all("Set-Cookie"))
    good = say(name, "https is known from the proxy, whatever the caller claims", answer.status == 200 and secure)
    desk = signed_in(caller)
    caller.ask("GET", "/", X_Forwarded_For=CLAIMED)
    fresh = Caller(port)
    _, door = fresh.ask("GET", "/accounts/login/")
    token = found(r'name="csrfmiddlewaretoken" value="([^"]+)"', door)
    body = f"csrfmiddlewaretoken={token}&post={REGISTRAR}".encode()
    fresh.ask(
        "POST", found(r'action="([^"]+)" class="doors"', door), body,
        X_Forwarded_For=CLAIMED, Content_Type="application/x-www-form-urlencoded",
    )  # fmt: skip
    devices = fresh.ask("GET", "/accounts/sessions/")[1]
    good &= say(
        name, "an address that a caller claims is not believed", "127.0.0.1" in devices and CLAIMED not in devices
    )
    took = streams(caller, desk)
    good &= say(name, f"a stream speaks at once ({took:.1f} s)", took < 5)
    scan = io.BytesIO()
    Image.frombytes("RGB", (SIDE, SIDE), os.urandom(3 * SIDE * SIDE)).save(scan, "PNG", compress_level=0)
    address = found(r'data-drop-address="([^"]+)"', desk)
    sent = caller.form(address, desk, {"files": scan.getvalue()}, script="1", whole="1")
    arrived = sent.status in (200, 201, 204, 302) and bool(sent.headers.get("Location"))
    return good & say(name, f"a scan of {len(scan.getvalue()) / 1e6:.1f} MB arrives ({sent.status})", arrived)


def main() -> None:
    wanted = [name for name in KNOWN if shutil.which(name)]
    if not wanted or not shutil.which("openssl"):
        sys.exit("Needed: openssl, and nginx or caddy.")
    folder = Path(tempfile.mkdtemp(prefix="tertib-proxies-"))
    folder.chmod(0o711)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
         "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", "key.pem", "-out", "cert.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    web, live, *own = ports(2 + len(wanted))
    demo = [str(Path(sys.executable).parent / "tertib"), "up", "--demo"]
    settings = {
        "TERTIB_HTTPS": "1",
        "PORT": str(web),
        "TERTIB_LIVE_PORT": str(live),
        "TERTIB_DATA": str(folder / "data"),
    }
    settings |= {"DATABASE_URL": ""}
    good = True
    callers = [Caller(port) for port in own]

    def all_well() -> bool:
        return all(caller.ask("GET", "/accounts/login/")[0].status == 200 for caller in callers)

    try:
        with ExitStack() as stack:
            for name, port in zip(wanted, own, strict=True):
                stack.enter_context(running(KNOWN[name](folder, port, web, live), folder))
            with running(demo, folder, **settings):
                until("all proxies answer", all_well)
                for name, port in zip(wanted, own, strict=True):
                    good &= looked_at(name, port)
            for name, caller in zip(wanted, callers, strict=True):
                status = caller.ask("GET", "/accounts/login/")[0].status
                good &= say(name, f"says that Tertib is away ({status})", status in (502, 503, 504))
            with running(demo, folder, **settings):
                until("all proxies answer after a restart", all_well)
                for name, caller in zip(wanted, callers, strict=True):
                    took = streams(caller, signed_in(caller))
                    good &= say(name, f"after a restart pages and streams are back ({took:.1f} s)", took < 5)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
