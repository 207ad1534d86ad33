"""Every alert watches a figure that there is, and has its chapter in the manual of who is woken."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from apps.operations.domain.standing import measures

RULES = (settings.BASE_DIR / "deploy" / "monitoring" / "alerts.yml").read_text("utf-8")
MANUAL = (settings.BASE_DIR / "docs" / "operations" / "alerts.md").read_text("utf-8")
BOARD = json.loads(
    (settings.BASE_DIR / "deploy" / "monitoring" / "dashboard.json").read_text("utf-8")
)
ALERTS = re.findall(r"- alert: (\w+)", RULES)


def test_every_alert_has_its_chapter_and_every_chapter_its_alert() -> None:
    assert re.findall(r"(?m)^## (\w+)$", MANUAL) == ALERTS


def test_every_alert_leads_to_its_chapter() -> None:
    led = re.findall(r"runbook: docs/operations/alerts\.md#(\w+)", RULES)

    assert led == [name.lower() for name in ALERTS]


@pytest.mark.django_db
def test_alerts_watch_figures_that_there_are() -> None:
    known = {f"fenliang_{each.name}" for each in measures()} | {"fenliang_database_up"}

    assert set(re.findall(r"fenliang_\w+", RULES)) <= known


@pytest.mark.django_db
def test_the_dashboard_shows_figures_that_there_are(client: Client) -> None:
    client.get("/")
    told = client.get("/metrics").content.decode()
    known = {f"fenliang_{each.name}" for each in measures()} | {"fenliang_filings_open"}
    known |= set(re.findall(r"(?m)^(\w+)[ {]", told))
    expressions = [target["expr"] for panel in BOARD["panels"] for target in panel["targets"]]

    assert len({panel["title"] for panel in BOARD["panels"]}) == len(BOARD["panels"]) > 12
    assert set(re.findall(r"(?:fenliang|django)_\w+", " ".join(expressions))) <= known
    views = re.findall(r'view="([\w:]+)"', " ".join(expressions))
    for view in views:
        code = {"code": "X"}
        assert reverse(view, kwargs=code)
