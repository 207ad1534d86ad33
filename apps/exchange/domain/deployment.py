"""What `manage.py check --deploy` says of papers: a printed code leads somewhere, under a key that is meant for it."""

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Warning as Warned

HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def check_papers(**_kwargs: Any) -> list[Warned]:
    """Papers outlive both mistakes."""
    warnings = []
    if urlsplit(settings.SITE_URL).hostname in {None, *HERE}:
        sentence = "SITE_URL names this machine: the QR codes of papers lead nowhere for whoever scans them."
        warnings.append(Warned(sentence, id="exchange.W001"))
    if not settings.CHECK_CODE_KEYS:
        sentence = "CHECK_CODE_KEYS is not set: papers are good only as long as SECRET_KEY is kept."
        warnings.append(Warned(sentence, id="exchange.W002"))
    return warnings
