"""Static files: named by their content, kept for a year, compressed once."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from django.test import Client

from tertib.web import assets
from tertib.web.templatetags.tertib import asset

HTMX = "django_htmx/htmx-2.min.js"


def _sent(visitor: Client, path: str, encodings: str = "") -> tuple[bytes, dict[str, str]]:
    answer = visitor.get(path, headers={"Accept-Encoding": encodings})
    assert answer.status_code == 200, path
    return b"".join(answer), dict(answer.headers)


def test_a_file_is_kept_for_ever_under_the_name_of_its_content(visitor: Client) -> None:
    content, headers = _sent(visitor, asset("tertib/tertib.js"))
    assert content == assets.read("tertib/tertib.js")
    assert headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert visitor.get("/static/tertib/tertib.js").status_code == 404


def test_a_file_goes_compressed_to_whoever_takes_it_so(visitor: Client) -> None:
    content, headers = _sent(visitor, asset(HTMX), "gzip, deflate, br")
    assert headers["Content-Encoding"] == "gzip"
    assert headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(content) == assets.read(HTMX)
    assert len(content) < 18_000


def test_every_page_loads_one_file_of_styles(visitor: Client) -> None:
    page = visitor.get("/accounts/login/").content.decode()
    assert page.count('rel="stylesheet"') == 2  # and the one for print
    styles, _headers = _sent(visitor, asset("tertib/common.css"))
    for part in assets.TOGETHER["tertib/common.css"]:
        assert (assets.read(part) or b"?") in styles


def test_another_content_is_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assets.lay_out(tmp_path)
    before = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")}
    assert assets.hashed("tertib/common.css") in before
    assert assets.hashed(HTMX) + ".gz" in before
    stamps = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.*")}
    read = assets.read
    monkeypatch.setattr(assets, "read", lambda name: b"new" if name == "tertib/tokens.css" else read(name))
    assets.hashed.cache_clear()
    try:
        assets.lay_out(tmp_path)
        after = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.*")} - before
    finally:
        assets.hashed.cache_clear()
    # Pages that are open still find the old ones, and nothing else was written again.
    names = {name.split(".")[0] for name in after}
    assert names == {"tertib/tokens", "tertib/common"}
    assert all(path.stat().st_mtime_ns == stamp for path, stamp in stamps.items())


def test_an_unknown_file_keeps_its_name() -> None:
    assert asset("tertib/tidak-ada.css") == "/static/tertib/tidak-ada.css"


def test_remarks_stay_at_home_and_all_else_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.js"
    file.write_text("// why\nlet a = 1; // beside\n  /* one */\n/* two */ let b = 2; /* three */\nlet c = `\n/*`;\n")
    monkeypatch.setattr("django.contrib.staticfiles.finders.find", lambda _name: str(file))
    sent = b"let a = 1; // beside\n/* two */ let b = 2; /* three */\nlet c = `\n/*`;\n"
    assert assets.read("tertib/x.js") == sent
    assert assets.read("others/x.js") == file.read_bytes()
