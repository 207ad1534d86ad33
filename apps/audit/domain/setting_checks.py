"""What `manage.py check` says of the settings of seals, before a worker stumbles over them at night."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured

from apps.audit.domain.keys import ALGORITHMS, named_key
from apps.audit.models.log_triggers import LEAST_DAYS


def check_settings(**_options: Any) -> list[CheckMessage]:
    return [Error(what, id=f"audit.E00{number}") for number, what in _wrong()]


def _wrong() -> Iterator[tuple[int, str]]:
    try:
        for entry in settings.AUDIT_SEAL_KEYS:
            named_key(entry)
    except ImproperlyConfigured as refusal:
        yield 1, str(refusal)
    if settings.AUDIT_DIGEST not in ALGORITHMS:
        yield 2, f"AUDIT_DIGEST is one of {', '.join(ALGORITHMS)}."
    if settings.LOG_KEEP_DAYS < LEAST_DAYS:
        yield (
            3,
            f"LOG_KEEP_DAYS is {LEAST_DAYS} at least: entries are kept half a year whatever it says.",
        )
