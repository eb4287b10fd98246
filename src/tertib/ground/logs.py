"""Structured logs: one JSON object a line on standard error.

They carry ids and counts, never names, texts or numbers of people.
"""

from __future__ import annotations

import logging
import logging.config
import sys
from typing import Any

import structlog

# Keys that may hold personal data are dropped whoever logs them.
_PRIVATE = frozenset(
    {"nik", "nip", "name", "email", "password", "token", "subject", "body", "data", "username", "phone"}
)


def _drop_private(_logger: Any, _method: str, event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key not in _PRIVATE}


def logging_config(level: str) -> None:
    """Set up the standard library's logging and structlog alike. Called once, from settings."""
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _drop_private,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("django.request", "django.security", "granian", "procrastinate", "django.tasks"):
        logging.getLogger(noisy).setLevel("WARNING" if level == "INFO" else level)


def logger(name: str) -> Any:
    """A structured logger: `log.info("sealed", count=3)`."""
    return structlog.get_logger(name)
