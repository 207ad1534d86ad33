"""Names with markup in them (units, people, projects, products, notices, files): no page ever shows it as markup."""

import logging

import pgtrigger
import pytest
from django.db.models import Model

from apps.accounts.models import IssueSheet, User
from apps.audit.models import LogEntry
from apps.jobs.models import Job
from apps.notices.models import Attachment, Notice
from apps.organizations.models import Division, Enterprise, Organization
from apps.projects.models import CatalogItem, Project
from apps.review.models import Filing
from apps.scope.context import whole_country
from tests.net import access_table as table
from tests.net.access_world import World

pytestmark = pytest.mark.django_db

MARKUP = "<b onx=1>'\"</script>"
NO_PAGES = {"jobs:job_status", "metrics", "reporting:demand_rows"}  # which no browser draws
ALIKE = {"login", "302", "403", "404"}
"""Answers that look the same wherever somebody is given them."""
RAW = ("<b onx", "'\"</script>")
NAMES: dict[type[Model], tuple[str, ...]] = {
    Organization: ("name", "contact_name", "phone"),
    Division: ("name",),
    Enterprise: ("name",),
    User: ("name", "phone"),
    Project: ("name", "description"),
    CatalogItem: ("variety", "manufacturer_name", "product_group"),
    Notice: ("title", "body", "publisher_name"),
    Attachment: ("name",),
    Job: ("title", "message"),
    IssueSheet: ("title",),
    Filing: ("return_reason",),
    LogEntry: ("actor_name", "sentence", "object"),
}


@pytest.fixture
def marked(world: World) -> World:
    """Everything that somebody names is named with markup."""
    with whole_country(reason="test"), pgtrigger.ignore():
        for model, fields in NAMES.items():
            model._default_manager.update(**dict.fromkeys(fields, MARKUP))
    return world


@pytest.mark.parametrize("app", sorted(table.tables()))
def test_no_page_shows_a_name_as_markup(
    app: str, marked: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)

    raw: list[str] = []
    pages = [row for row in table.tables()[app] if row.method == "GET"]
    refused: set[tuple[str, str]] = set()
    for row in (page for page in pages if page.name not in NO_PAGES):
        url = table.url_of(marked, row)
        for persona in table.PERSONAS:
            cell = row.cell(persona)
            if cell in ALIKE and (cell, persona) in refused:
                continue
            refused.add((cell, persona))
            status, page = table.answer(marked.person(persona), "GET", url)
            assert status != "500", (persona, url)
            raw += [f"{persona} {url}: {mark}" for mark in RAW if mark in page]
            if status == "200" and not page:
                break  # a paper or a sheet, which no browser draws, whoever asks for it
    assert raw == []
