"""What is sent as JSON, read before anything else is asked of it.

Invariant: no text that the database could not keep (NUL, halves of characters) goes further.
"""

import json
from typing import Annotated, Any

from django.http import HttpRequest
from ninja.parser import Parser
from pydantic import BeforeValidator, StrictInt, StrictStr


def _typed(value: Any) -> Any:
    """`true` is no number, `1200.0` is one."""
    if isinstance(value, bool):
        raise ValueError("须为整数，或“12盒”这样的文字。")  # noqa: TRY004 - what the framework takes for a refusal
    return int(value) if isinstance(value, float) and value.is_integer() else value


Quantity = Annotated[StrictInt | StrictStr | None, BeforeValidator(_typed)]
"""As it was sent: a text is read as one that is typed on the page, never before."""


class CleanParser(Parser):
    """Raises `ValueError`, which is a problem, for what is no JSON, is nested beyond reading, or holds such text."""

    def parse_body(self, request: HttpRequest) -> Any:
        try:
            sent = json.loads(request.body)
            is_clean = _is_clean(sent)
        except RecursionError as error:
            raise ValueError(request.path) from error
        if not is_clean:
            raise ValueError(request.path)
        return sent


def _is_clean(value: Any) -> bool:
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= sign <= "\udfff" for sign in value)
    if isinstance(value, dict):
        return all(_is_clean(key) and _is_clean(each) for key, each in value.items())
    return all(map(_is_clean, value)) if isinstance(value, list) else True
