"""接口说明: every operation with what it takes and answers, within the content policy."""

import pytest

from apps.api.pages.interface import document
from tests.pages import tags

pytestmark = pytest.mark.django_db


def test_every_operation_stands_on_the_page(client_of, hospital_clerk):
    page = client_of(hospital_clerk).get("/api/").content.decode()

    shown = {tag["id"] for tag in tags(page, "details", class_="operation")}
    told = {
        operation["operationId"]
        for methods in document()["paths"].values()
        for operation in methods.values()
    }
    assert shown == told
    assert "items[].item_code" in page
    assert "rows[].planned" in page


def test_programs_read_the_document_without_a_token(client):
    response = client.get("/api/v1/openapi.json")

    assert response.json()["openapi"] == "3.1.0"
    assert response.json()["paths"]["/api/v1/me"]["get"]["security"] == [{"Token": []}]
