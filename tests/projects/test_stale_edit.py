"""A draft project that two people edit: the later one of a stale form is told, and undoes nothing."""

import pytest
from django.urls import reverse

from apps.projects.models import Project
from tests.factories_projects import ProjectFactory
from tests.net.page_forms import forms_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(tree, country):
    return reverse("projects:project_edit", args=[ProjectFactory(code="DRAFT", name="原名").code])


def shown(content):
    return next(form for form in forms_on(content.decode()) if "version" in form.sent()).sent()


def test_a_newer_name_is_kept_while_something_else_is_changed(url, client_of, alliance_officer):
    client = client_of(alliance_officer)
    stale = shown(client.get(url).content)
    client.post(url, {**stale, "name": "新名"})

    told = client.post(url, {**stale, "description": "说明"})

    page = told.content.decode()
    assert f"{alliance_officer.name}于 " in page
    assert "修改了“项目名称”" in page
    assert (shown(told.content)["name"], shown(told.content)["description"]) == (["新名"], ["说明"])
    saved = Project.objects.get(code="DRAFT")
    assert (saved.name, saved.description) == ("新名", "")
    client.post(url, shown(told.content))
    saved.refresh_from_db()
    assert (saved.name, saved.description) == ("新名", "说明")


def test_a_name_that_both_changed_shows_both_values(url, client_of, alliance_officer):
    client = client_of(alliance_officer)
    stale = shown(client.get(url).content)
    client.post(url, {**stale, "name": "他的名"})

    page = client.post(url, {**stale, "name": "我的名"}).content.decode()

    assert "现在保存的是“他的名”" in page
    assert shown(page.encode())["name"] == ["我的名"]
