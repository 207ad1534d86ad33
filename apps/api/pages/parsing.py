"""What is sent as JSON, read before anything else is asked of it.

Invariant: no text that the database could not keep (NUL, halves of characters) goes further.
"""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser


class CleanParser(Parser):
    """Raises `ValueError`, which is a problem, for what is no JSON or holds such text."""

    def parse_body(self, request: HttpRequest) -> Any:
        sent = json.loads(request.body)
        if not _is_clean(sent):
            raise ValueError(request.path)
        return sent


def _is_clean(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, dict):
        return all(_is_clean(key) and _is_clean(each) for key, each in value.items())
    return all(map(_is_clean, value)) if isinstance(value, list) else True
