"""Templates that are drawn once: a row of a sheet for each shape that rows have, a part of a page for what it shows.

Invariants: every value is escaped, in text and in quoted attributes alike; a template drawn so decides (`if`, tags'
arguments) by its `shape` alone, and writes its values as they are. What is kept hangs on nothing of the request.
"""

from collections.abc import Hashable, Mapping
from functools import lru_cache
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

# Of the private use area: no template has it, and escaping leaves it alone.
MARK = "\ue000"


def filled(template: str, values: Mapping[str, str], shape: Mapping[str, Hashable]) -> SafeString:
    """The template with these values; `shape` tells which variant of it."""
    texts, places = _cut(template, tuple(values), tuple(shape.items()))
    given = [value if isinstance(value, SafeString) else escape(value) for value in values.values()]
    return SafeString(
        texts[0] + "".join([given[p] + text for p, text in zip(places, texts[1:], strict=True)])
    )


def part(template: str, texts: Mapping[str, Any], **shape: Hashable) -> SafeString:
    """A component with these texts, safe ones as they are; its template may ask whether one is there."""
    said = {name: _said(text) for name, text in texts.items() if text not in (None, "")}
    unsaid = {name: "" for name in texts if name not in said}
    return filled(template, said, {**unsaid, **shape})


def _said(text: Any) -> str:
    return text if isinstance(text, str) else str(text)


@lru_cache(maxsize=1_000)
def _cut(
    template: str, names: tuple[str, ...], shape: tuple[tuple[str, Hashable], ...]
) -> tuple[list[str], list[int]]:
    """The texts between values, and which value stands between them."""
    marks = {name: f"{MARK}{place}{MARK}" for place, name in enumerate(names)}
    parts = render_to_string(template, {**dict(shape), **marks}).split(MARK)
    return parts[::2], [int(place) for place in parts[1::2]]


def drawn(template: str, **values: Hashable) -> SafeString:
    """The template with these values: text and tuples of it. Nothing else may be asked, no address either."""
    return _drawn(template, tuple(values.items()))


@lru_cache(maxsize=500)
def _drawn(template: str, values: tuple[tuple[str, Hashable], ...]) -> SafeString:
    return SafeString(render_to_string(template, dict(values)))
