"""Deleting all that match deletes what was counted when the page was made."""

import pytest
from django.urls import reverse

from apps.projects.models import CatalogItem
from apps.ui.pages.seen_sets import FIELD
from tests.factories_projects import CatalogItemFactory, ProjectFactory
from tests.net.page_forms import forms_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(tree, country):
    project = ProjectFactory(code="DRAFT")
    CatalogItemFactory.create_batch(20, project=project)
    return project


def listed(project):
    return f"http://testserver{reverse('projects:item_list', args=[project.code])}"


def everything(client, project):
    """The form of the list with all of its twenty chosen."""
    page = client.get(reverse("projects:item_list", args=[project.code]), {"per_page": 10})
    form = next(form for form in forms_on(page.content.decode()) if FIELD in form.sent())
    return form.attributes["action"], {**form.sent(), "select_all": "1"}


def test_what_a_colleague_adds_meanwhile_stays(draft, client_of, alliance_officer):
    client = client_of(alliance_officer)
    action, chosen = everything(client, draft)
    late = CatalogItemFactory.create_batch(2, project=draft)

    client.post(action, chosen)

    left = CatalogItem.objects.filter(project=draft).values_list("pk", flat=True)
    assert sorted(left) == sorted(item.pk for item in late)


def test_a_set_that_lost_a_row_is_refused(draft, client_of, alliance_officer):
    client = client_of(alliance_officer)
    action, chosen = everything(client, draft)
    CatalogItem.objects.filter(project=draft).earliest("pk").delete()

    answer = client.post(action, chosen, follow=True, HTTP_REFERER=listed(draft))

    assert "由 20 条变为 19 条，没有执行" in answer.content.decode()
    assert CatalogItem.objects.filter(project=draft).count() == 19
