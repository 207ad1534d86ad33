"""接口说明: the interface to be read by people, drawn from the same document that programs read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.pages.decorators import public
from apps.api.pages.interface import FAMILIES, document, written

TYPES = {
    "string": "文字",
    "integer": "整数",
    "boolean": "是/否",
    "array": "列表",
    "object": "对象",
    "null": "null",
    "number": "数",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One member of what is sent or answered, or a parameter; `name` with its way from the top."""

    name: str
    kind: str
    note: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """One operation."""

    method: str
    address: str
    anchor: str
    title: str
    note: str
    asked: tuple[Field, ...]
    answered: tuple[Field, ...]


@require_GET
def reference_detail(request: HttpRequest) -> HttpResponse:
    return render(request, "api/reference_detail.html", {"families": families()})


@public
@require_GET
def reference_document(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1, for programs; it says nothing of anybody."""
    return HttpResponse(written(), content_type="application/json; charset=utf-8")


@cache
def families() -> list[tuple[str, list[Shown]]]:
    told = document()
    found: dict[str, list[Shown]] = {}  # by tag
    for address, methods in told["paths"].items():
        for method, operation in methods.items():
            shown = _shown(method, address, operation, told["components"]["schemas"])
            found.setdefault(operation["tags"][0], []).append(shown)
    return [(FAMILIES[tag], operations) for tag, operations in found.items()]


def _shown(method: str, address: str, operation: Any, schemas: Mapping[str, Any]) -> Shown:
    asked = [
        Field(
            each["name"],
            _kind(each["schema"]),
            each["schema"].get("description", ""),
            each["required"],
        )
        for each in operation["parameters"]
    ]
    body = operation.get("requestBody", {}).get("content", {})
    answer = next(iter(operation["responses"].values())).get("content", {})
    return Shown(
        method.upper(),
        address,
        operation["operationId"],
        operation["summary"],
        operation.get("description", ""),
        (*asked, *_fields(body, schemas)),
        tuple(_fields(answer, schemas)),
    )


def _fields(content: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[Field]:
    for each in content.values():
        yield from _members(each["schema"], schemas, "")


def _members(schema: Mapping[str, Any], schemas: Mapping[str, Any], place: str) -> Iterator[Field]:
    schema = _resolved(schema, schemas)
    needed = schema.get("required", ())
    for name, member in schema.get("properties", {}).items():
        label = f"{place}{name}"
        yield Field(label, _kind(member), member.get("description", ""), name in needed)
        inner = _inner(member)
        if inner:
            ending = "[]." if member.get("type") == "array" else "."
            yield from _members(inner, schemas, f"{label}{ending}")


def _inner(member: Mapping[str, Any]) -> Mapping[str, Any]:
    """What stands in a list or in an object."""
    if member.get("type") == "array":
        found: Mapping[str, Any] = member["items"]
        return found
    parts = [member, *member.get("anyOf", ()), *member.get("allOf", ())]
    return next((part for part in parts if "$ref" in part), {})


def _resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (
        schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    )
    return found


def _kind(schema: Mapping[str, Any]) -> str:
    parts = schema.get("anyOf") or [schema]
    words = [TYPES.get(part.get("type", "object"), "对象") for part in parts]
    if "enum" in schema:
        return "、".join(map(str, schema["enum"]))
    if schema.get("format") == "date-time" or any(
        part.get("format") == "date-time" for part in parts
    ):
        return "时间"
    return " 或 ".join(dict.fromkeys(words))
