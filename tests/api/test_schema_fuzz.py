"""Whatever fits the document, or nearly, is answered as it says: no fault of ours, nothing foreign."""

import json
import logging
import random
import time

import pytest
import requests
import schemathesis
from django.core.cache import cache
from django.db import transaction
from django.test.utils import override_settings
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from apps.api.pages.interface import document
from tests import factories_allocation as make
from tests import factories_demand as demand

pytestmark = pytest.mark.django_db
SCHEMA = schemathesis.openapi.from_dict(document())
SCHEMA.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]
CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance]
KNOWN = {"slot": "other", "item": "U", "pk": "1"}
EXAMPLES = 2
SECONDS = 10
"""For each persona; operations come in another order each time."""
FOREIGN = "小店区人民医院"


@pytest.fixture
def rounds(tree, alliance_officer):
    """One of each kind, in which a stranger takes part as well."""
    units = [tree["H42010600001"], tree["H14010500001"]]
    demand.published(demand.demand_project(units, explanation_scope="none"), alliance_officer)
    project = make.allocation_project(units)
    make.worked_products(project)
    for unit in units:
        make.volume(project, unit, make.UNSELECTED, 12_503)
    make.published(project, alliance_officer)


def answered(program, case, code):
    """The case as it came, but that half of them are about what is there."""
    named = dict(case.path_parameters or {})
    if code:
        named |= {name: KNOWN[name] for name in named.keys() & KNOWN.keys()}
        named |= {"code": code} if "code" in named else {}
        case.path_parameters = named
    sent = case.as_transport_kwargs(base_url="http://testserver")
    body = sent.get("json", sent.get("data"))
    with transaction.atomic():
        response = program.generic(
            case.method,
            case.formatted_path,
            body if isinstance(body, bytes) else _json(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {program.secret}"},
        )
        content = response.getvalue()
        transaction.set_rollback(True)
    return response.status_code, content.decode(errors="replace"), outside(case, response, content)


def outside(case, response, content):
    """What the document does not say of such an answer; empty if it says all of it."""
    asked = requests.Request(case.method, f"http://testserver{case.formatted_path}").prepare()
    headers = {name: [value] for name, value in response.headers.items()}
    told = schemathesis.Response(
        response.status_code, headers, content, request=asked, elapsed=0, verify=False
    )
    try:
        case.validate_response(told, checks=CHECKS)
    except FailureGroup as found:
        return "；".join(f"{each.title}: {each.message}" for each in found.exceptions)[:600]
    return ""


def _json(body):
    return b"" if body is None else json.dumps(body, default=str).encode()


@pytest.mark.parametrize("persona", ["hospital_clerk", "city_reviewer", "manufacturer_agent"])
@override_settings(API_PER_MINUTE=10**6)
def test_every_operation_answers(persona, request, program_of, rounds, caplog):
    caplog.set_level(logging.CRITICAL)
    cache.clear()
    program = program_of(request.getfixturevalue(persona))
    program.raise_request_exception = False
    wrong = []
    until = time.monotonic() + SECONDS

    for number, operation in random.sample(list(enumerate(OPERATIONS)), len(OPERATIONS)):
        if time.monotonic() > until:
            break

        @seed(number)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def tried(case):
            for code in ("", "FL" if "allocation" in case.path else "BL"):
                status, text, more = answered(program, case, code)
                seen = FOREIGN in text and persona != "manufacturer_agent"
                if status >= 500 or seen or more:
                    said = f"{case.method} {case.formatted_path} {status} {case.body!r}"
                    wrong.append(f"{said[:300]} {more}")

        tried()

    assert wrong == []
