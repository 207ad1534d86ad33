"""Structured logs: one JSON object per line on standard error, with the request id wherever there is one.

Invariant: nothing that looks like a secret leaves the process, whoever logs it and under which key.
"""

import logging.config
import re
from collections.abc import MutableMapping
from typing import Any

import structlog

SECRET_KEY = re.compile(
    r"passw|secret|token|cookie|authorization|captcha|otp|sessionid|api_?key", re.IGNORECASE
)
# In messages of libraries: `password=…`, `"token": "…"`, and passwords inside addresses.
SECRET_TEXT = re.compile(
    r"""(?P<key>(?:passw\w*|secret\w*|\w*token|authorization|sessionid)["']?\s*[=:]\s*)(?P<value>"[^"]*"|'[^']*'|[^\s,;&]+)"""
    r"""|(?P<address>://[^/\s:@]*:)[^/\s@]+(?=@)""",
    re.IGNORECASE,
)
HIDDEN = "[hidden]"
Event = MutableMapping[str, Any]


def hide_secrets(_logger: object, _method: str, event: Event) -> Event:
    """Blank the values of keys that name secrets, at any depth, and secrets inside texts."""
    for key, value in event.items():
        event[key] = HIDDEN if SECRET_KEY.search(key) else _without_secrets(value)
    return event


def _without_secrets(value: object) -> object:
    if isinstance(value, str):
        return SECRET_TEXT.sub(_blank, value)
    if isinstance(value, dict):
        return {
            key: HIDDEN if SECRET_KEY.search(str(key)) else _without_secrets(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_without_secrets(inner) for inner in value]
    return value


def _blank(match: re.Match[str]) -> str:
    return f"{match['key'] or match['address']}{HIDDEN}"


def _forget_record(_logger: object, _method: str, event: Event) -> Event:
    """Django attaches the request to its records; it is no text and says what the id says."""
    event.pop("request", None)
    event.pop("server_time", None)
    return event


SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def logging_dict(*, debug: bool, level: str) -> dict[str, Any]:
    """Return the configuration for `logging.config.dictConfig`; gunicorn is given the same."""
    rendered: list[Any] = (
        [structlog.dev.ConsoleRenderer()]
        if debug
        else [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    )
    if not debug:
        rendered.insert(1, hide_secrets)
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": [
            *SHARED,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ExtraAdder(),
            _forget_record,
        ],
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendered],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "django": {"level": level},
            # Their own handlers and propagation would print every line twice.
            "gunicorn.error": {"handlers": [], "level": level, "propagate": True},
            "gunicorn.access": {"handlers": [], "level": "WARNING", "propagate": False},
            # What is refused stands in the access log, with the request's id; this one speaks after it is gone.
            "django.request": {"level": "ERROR"},
            # It tells whole addresses, with whatever secret stands in them.
            "urllib3": {"level": "INFO"},
            # They announce every task of every process that loads the settings.
            "procrastinate.blueprints": {"level": "WARNING"},
            "procrastinate.periodic": {"level": "WARNING"},
        },
    }


def logging_config(*, debug: bool, level: str) -> None:
    """Configure logging and structlog for the process; called once by the settings."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(logging_dict(debug=debug, level=level))
