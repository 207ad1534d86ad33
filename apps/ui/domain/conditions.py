"""The filters in force, in the words of the query bar: what a file says of its own rows."""

from collections.abc import Iterator
from typing import Any

from django.forms import BaseForm


def conditions_of(form: BaseForm) -> tuple[tuple[str, str], ...]:
    """(label, what was chosen) of every field that has a value, also one that the page sets by itself."""
    said = ((str(bound.label), _words(bound.field, bound.value())) for bound in form)
    return tuple((label, words) for label, words in said if words)


def _words(field: Any, value: Any) -> str:
    if value is None or value in ("", [], ()):
        return ""
    if isinstance(value, bool):
        return "是" if value else ""
    values = [part for part in value if part] if isinstance(value, list | tuple) else [value]
    labels = dict(_flat(getattr(field, "choices", ())))
    return "、".join(labels.get(str(part), str(part)) for part in values)


def _flat(choices: Any) -> Iterator[tuple[str, str]]:
    """Choices in groups as if they were none."""
    for stored, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(stored), str(label)
