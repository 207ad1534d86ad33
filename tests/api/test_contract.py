"""`docs/openapi.json` is what the interface is, and breaks no program that was written against it."""

import copy
import json
from pathlib import Path

import pytest
from django.conf import settings

from apps.api.domain.contract import broken
from apps.api.pages.interface import written

PLACE = Path(settings.BASE_DIR) / "docs" / "openapi.json"


def committed():
    return json.loads(PLACE.read_text("utf-8"))


def test_nothing_that_programs_rely_on_is_gone():
    assert broken(committed(), json.loads(written())) == []


def test_the_document_is_up_to_date():
    assert PLACE.read_text("utf-8") == written(), "manage.py write_interface"


def changed(change):
    told = copy.deepcopy(committed())
    change(told)
    return broken(committed(), told)


def schema(told, name):
    return told["components"]["schemas"][name]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda told: told["paths"].pop("/api/v1/me"), "GET /api/v1/me: is gone"),
        (
            lambda told: schema(told, "TokenOut")["properties"].pop("rights"),
            "GET /api/v1/me: answer.token.rights is gone",
        ),
        (
            lambda told: schema(told, "AccountOut")["properties"]["name"].update(type="integer"),
            "GET /api/v1/me: answer.name may be ['integer']",
        ),
        (
            lambda told: schema(told, "LineIn").update(required=["item", "planned", "version"]),
            "POST /api/v1/projects/{code}/lines: needs version",
        ),
        (
            lambda told: schema(told, "LinesIn")["properties"].pop("settle"),
            "POST /api/v1/projects/{code}/lines: no longer takes settle",
        ),
    ],
)
def test_a_break_is_found(change, said):
    assert changed(change) == [said]


def test_more_breaks_nothing():
    def grow(told):
        schema(told, "AccountOut")["properties"]["phone"] = {"type": "string"}
        told["paths"]["/api/v1/new"] = told["paths"]["/api/v1/me"]

    assert changed(grow) == []
