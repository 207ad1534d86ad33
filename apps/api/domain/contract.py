"""What a newer description of the interface takes away from an older one. Pure; documents are OpenAPI as dicts.

Invariant: whoever wrote a program against the older one is not broken by a newer one in which nothing is found here:
no address, method, answer or field is gone or of another type, nothing more is asked for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


def broken(old: Document, new: Document) -> list[str]:
    """Every break, in words: `GET /api/v1/me: …`."""
    both, found = _Both(old, new), []
    for address, before in old["paths"].items():
        after = new["paths"].get(address, {})
        for method in METHODS:
            if method in before:
                name = f"{method.upper()} {address}"
                found += [
                    f"{name}: {what}" for what in both.of_one(before[method], after.get(method))
                ]
    return found


@dataclass(frozen=True, slots=True)
class _Both:
    """The two documents; what is compared are parts of them."""

    old: Document
    new: Document

    def of_one(self, before: Document, after: Document | None) -> Iterator[str]:
        if after is None:
            yield "is gone"
            return
        yield from _parameters(before, after)
        newer = {str(status): answer for status, answer in after["responses"].items()}
        for status, answer in before["responses"].items():
            if str(status) in newer:
                yield from self._answers(_schema(answer), _schema(newer[str(status)]), "answer", ())
            else:
                yield f"no longer answers {status}"
        yield from self._asks(_body(before), _body(after))

    def _answers(
        self, before: Document, after: Document, place: str, seen: tuple[str, ...]
    ) -> Iterator[str]:
        """Fields that a program reads: none may be gone or become another thing."""
        name = str(before.get("$ref", ""))
        if name and name in seen:
            return
        before, after = _resolved(before, self.old), _resolved(after, self.new)
        if _types(before) and not _types(after) <= _types(before):
            yield f"{place} may be {sorted(_types(after) - _types(before))}"
        for field, schema in before.get("properties", {}).items():
            if field in after.get("properties", {}):
                newer = after["properties"][field]
                yield from self._answers(schema, newer, f"{place}.{field}", (*seen, name))
            else:
                yield f"{place}.{field} is gone"
        if isinstance(before.get("items"), dict) and isinstance(after.get("items"), dict):
            yield from self._answers(before["items"], after["items"], f"{place}[]", (*seen, name))

    def _asks(self, before: Document, after: Document) -> Iterator[str]:
        """Fields that a program sends: all it sent are still taken, and no other is needed."""
        before, after = _resolved(before, self.old), _resolved(after, self.new)
        needed = [
            name for name in after.get("required", ()) if name not in before.get("required", ())
        ]
        yield from (f"needs {name}" for name in needed)
        for field, schema in before.get("properties", {}).items():
            newer = after.get("properties", {}).get(field)
            if newer is None:
                yield f"no longer takes {field}"
            elif not _types(schema) <= _types(newer):
                yield f"{field} may no longer be {sorted(_types(schema) - _types(newer))}"
            elif "items" in schema and "items" in newer:
                yield from self._asks(schema["items"], newer["items"])


def _parameters(before: Document, after: Document) -> Iterator[str]:
    asked = {(each["in"], each["name"]) for each in before["parameters"]}
    taken = {(each["in"], each["name"]): each["required"] for each in after["parameters"]}
    yield from (
        f"asks for {name}"
        for (where, name), needed in taken.items()
        if needed and (where, name) not in asked
    )
    yield from (f"no longer takes {name}" for where, name in sorted(asked - taken.keys()))


def _schema(answer: Document) -> Document:
    nothing: Document = {}
    first: Document = next(iter(answer.get("content", nothing).values()), nothing)
    found: Document = first.get("schema", nothing)
    return found


def _body(operation: Document) -> Document:
    return _schema(operation.get("requestBody", {}))


def _resolved(schema: Document, document: Document) -> Document:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    found: Document = document["components"]["schemas"][name] if name else schema
    return found


def _types(schema: Document) -> set[str]:
    """The names of what it may be; empty for anything."""
    parts = schema.get("anyOf") or schema.get("allOf") or ()
    if parts:
        return {name for part in parts for name in _types(part)}
    if "$ref" in schema:
        return {str(schema["$ref"]).rpartition("/")[2]}
    return {str(schema["type"])} if "type" in schema else set()
