"""The devices of an account are called what their users call them."""

from __future__ import annotations

import pytest
from django.utils.translation import override

from tertib.web.devices import device

_KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "english", "indonesian"),
    [
        (f"Mozilla/5.0 (Linux; Android 10; K) {_KIT} Chrome/120.0.0.0 Mobile Safari/537.36",
         "Chrome on Android", "Chrome di Android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:121.0) Gecko/20100101 Firefox/121.0",
         "Firefox on Windows", "Firefox di Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {_KIT} Chrome/120.0.0.0 Safari/537.36 Edg/120.0.0.0",
         "Edge on Windows", "Edge di Windows"),
        (f"Mozilla/5.0 (Linux; Android 10; K) {_KIT} Chrome/120.0.0.0 Mobile Safari/537.36 EdgA/120.0.0.0",
         "Edge on Android", "Edge di Android"),
        (f"Mozilla/5.0 (Linux; Android 13) {_KIT} SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36",
         "Samsung Internet on Android", "Samsung Internet di Android"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {_KIT} Chrome/119.0.0.0 Safari/537.36 OPR/105.0.0.0",
         "Opera on Linux", "Opera di Linux"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1",
         "Safari on iPhone", "Safari di iPhone"),
        ("Mozilla/5.0 (iPad; CPU OS 17_0 like Mac OS X) AppleWebKit/605.1.15 CriOS/120.0.0.0 Mobile Safari/604.1",
         "Chrome on iPad", "Chrome di iPad"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 FxiOS/121.0 Safari/605.1.15",
         "Firefox on iPhone", "Firefox di iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.0 Safari/605.1.15",
         "Safari on Mac", "Safari di Mac"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {_KIT} Chrome/120.0.0.0 Safari/537.36",
         "Chrome on ChromeOS", "Chrome di ChromeOS"),
        ("Firefox/121.0", "Firefox", "Firefox"),
        ("curl/8.4.0", "Another browser", "Peramban lain"),
        ("Mozilla/5.0 (Windows NT 10.0)", "Another browser", "Peramban lain"),
        ("", "Another browser", "Peramban lain"),
    ],
)  # fmt: skip
def test_a_device_has_a_name(said: str, english: str, indonesian: str) -> None:
    with override("en"):
        assert device(said) == english
    with override("id"):
        assert device(said) == indonesian
