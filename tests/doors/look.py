"""What every answer must look like, whoever asks: its headers, and its markup."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

MOST_BYTES = 100_000
_UNNAMED = {"hidden", "submit", "button", "image", "reset"}


class Page(HTMLParser):
    """Collects what a page must not have, or lacks."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.labels: set[str] = set()
        self.fields: list[dict[str, str]] = []
        self.ids: set[str] = set()
        self.whole = False
        self._label = 0
        self._form: dict[str, Any] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._attributes(tag, given)
        if tag == "html":
            self.whole = True
            if given.get("lang") not in ("id", "en"):
                self.faults.append("no language")
        elif (
            tag == "script"
            and not given.get("src", "").startswith("/static/")
            and given.get("type") != "application/json"
        ):
            self.faults.append("inline or foreign script")
        elif tag == "style":
            self.faults.append("inline style")
        elif tag == "link" and not given.get("href", "").startswith(("/", "data:")):
            self.faults.append(f"foreign resource {given.get('href')}")
        elif tag == "label":
            self._label += 1
            self.labels.add(given.get("for", ""))
        elif tag == "form":
            self._form = {
                "method": given.get("method", "get").lower(),
                "token": False,
                "action": given.get("action", ""),
            }
        elif tag in ("input", "select", "textarea"):
            self._field(tag, given)

    def _attributes(self, tag: str, given: dict[str, str]) -> None:
        for name, value in given.items():
            if name.startswith("on") or name == "style":
                self.faults.append(f"<{tag} {name}>")
            if name in ("href", "src", "action", "formaction") and value.strip().lower().startswith("javascript:"):
                self.faults.append(f"<{tag} {name}=javascript:>")
        if given.get("id"):
            if given["id"] in self.ids:
                self.faults.append(f"id twice: {given['id']}")
            self.ids.add(given["id"])
        if tag == "img" and "alt" not in given:
            self.faults.append("picture without alt")
        if tag == "a" and given.get("target") == "_blank" and given.get("href", "").startswith("http"):
            self.faults.append("foreign window")

    def _field(self, tag: str, given: dict[str, str]) -> None:
        if given.get("name") == "csrfmiddlewaretoken" and self._form is not None:
            self._form["token"] = True
        named = self._label > 0 or given.get("aria-label") or given.get("aria-labelledby")
        if not named and not (tag == "input" and given.get("type") in _UNNAMED):
            self.fields.append(given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "label":
            self._label -= 1
        elif tag == "form" and self._form is not None:
            if self._form["method"] == "post" and not self._form["token"]:
                self.faults.append(f"form without token: {self._form['action']}")
            self._form = None

    def judged(self) -> list[str]:
        nameless = [f for f in self.fields if not f.get("id") or f["id"] not in self.labels]
        return [*self.faults, *(f"field without label: {field.get('name') or field}" for field in nameless)]


def faults(answer: Any, *, signed_in: bool, markup: bool = True) -> list[str]:
    """Everything that is wrong with an answer, in words."""
    found = []
    policy = answer.headers.get("Content-Security-Policy", "")
    if "default-src" not in policy or "unsafe" in policy or "*" in policy:
        found.append(f"content security policy: {policy}")
    if "frame-ancestors 'none'" not in policy and "sandbox" not in policy:
        found.append("may be framed")
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        found.append("may be sniffed")
    if answer.headers.get("X-Frame-Options") != "DENY":
        found.append("may be framed by old browsers")
    if answer.headers.get("Referrer-Policy") != "same-origin":
        found.append("tells others where one was")
    stored = answer.headers.get("Cache-Control", "")
    if signed_in and "private" not in stored and "no-store" not in stored:
        found.append(f"may be kept by others: {stored}")
    for cookie in answer.cookies.values():
        if cookie.value and (not cookie["httponly"] or cookie["samesite"] not in ("Lax", "Strict")):
            found.append(f"cookie {cookie.key} is loose")
    if markup and not answer.streaming and answer.headers.get("Content-Type", "").startswith("text/html"):
        found += _markup(answer)
    return found


def _markup(answer: Any) -> list[str]:
    page = Page()
    page.feed(answer.content.decode())
    page.close()
    found = page.judged()
    if len(answer.content) > MOST_BYTES:
        found.append(f"{len(answer.content)} bytes")
    return found
