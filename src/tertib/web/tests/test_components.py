"""The look: components render, icons exist, nothing inline, colours can be read, little is sent."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from django.test import RequestFactory

from tertib.web import assets

SOURCE = Path(__file__).parents[2]
STYLES = sorted((SOURCE / "web" / "static" / "tertib").glob("*.css"))
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("wrong", ["", "?salah"])
def test_all_components_render(language: str, wrong: str) -> None:
    from django.contrib.auth.models import AnonymousUser
    from django.utils import translation

    from tertib.web.views.look import look

    request = RequestFactory().get(f"/_look{wrong}")
    request.user = AnonymousUser()
    with translation.override(language):
        text = look(request).content.decode()
    assert "<c-" not in text
    assert ('class="summary"' in text) is bool(wrong)
    if wrong:
        assert 'href="#id_subject"' in text
        assert 'aria-invalid="true"' in text


def test_every_icon_exists() -> None:
    import lucide

    names = {Path(name).stem for name in zipfile.ZipFile(Path(lucide.__file__).parent / "lucide.zip").namelist()}
    used = {
        (path.name, icon)
        for path in TEMPLATES
        for pair in re.findall(r'{% icon "([a-z0-9-]+)"|icon="([a-z0-9-]+)"', path.read_text())
        for icon in pair
        if icon
    }
    assert used
    assert not {(path, icon) for path, icon in used if icon not in names}


def test_no_template_has_anything_inline() -> None:
    # The policy would refuse it: the page would be broken, not only untidy.
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|<script(?![^>]*(src=|application/json))", text), path


def test_the_styles_of_every_page_are_small() -> None:
    base = (SOURCE / "web" / "templates" / "base.html").read_text()
    together = assets.TOGETHER["tertib/common.css"]
    loaded = [path for path in STYLES if f"tertib/{path.name}'" in base or f"tertib/{path.name}" in together]
    assert len(loaded) == 6
    assert sum(path.stat().st_size for path in loaded) < 25_000


def _luminance(colour: str) -> float:
    if len(colour) == 4:
        colour = "#" + "".join(c * 2 for c in colour[1:])
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_texts_can_be_read_in_light_and_dark() -> None:
    """WCAG 2.2, 1.4.3: 4.5 to 1 for texts; 1.4.11: 3 to 1 for the edge of a field."""
    text = next(path for path in STYLES if path.name == "tokens.css").read_text()
    blocks = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", block)) for block in text.split("{")[1:]]
    themes = [block for block in blocks if "ink" in block]
    assert len(themes) == 3
    assert themes[1] == themes[2]  # chosen dark and the device's dark are the same
    pairs = [
        (ink, ground)
        for ink in ("ink", "soft", "accent", "late", "today", "done")
        for ground in ("ground", "panel", "raise")
    ]
    pairs += [
        ("on-accent", "accent"),
        ("accent-deep", "accent-wash"),
        ("ink", "late-wash"),
        ("ink", "today-wash"),
        ("ink", "done-wash"),
    ]
    for theme in themes:
        for ink, ground in pairs:
            light, dark = sorted((_luminance(theme[ink]), _luminance(theme[ground])), reverse=True)
            assert (light + 0.05) / (dark + 0.05) >= 4.5, (ink, ground, theme[ink], theme[ground])
        light, dark = sorted((_luminance(theme["edge"]), _luminance(theme["panel"])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 3


@pytest.mark.parametrize(("language", "said"), [("id", "<b>Undangan</b>"), ("en", '<b lang="id">Undangan</b>')])
def test_what_the_city_wrote_is_said_to_be_indonesian(language: str, said: str) -> None:
    from django.template import engines
    from django.utils import translation

    with translation.override(language):
        assert engines["django"].from_string("<b{% theirs %}>Undangan</b>").render() == said
