"""Participants in the hands of a sub-account that may only look."""

import pytest
from django.urls import reverse

from apps.projects.models import Participation, Phase
from tests.factories import sub_account_of
from tests.factories_projects import ready_project, walk_to

pytestmark = pytest.mark.usefixtures("db", "country")


@pytest.fixture
def project(tree):
    return walk_to(ready_project(tree["H42010600001"]), Phase.PREPARING)


@pytest.mark.parametrize("rights", [["query"], ["query", "import", "export", "review"]])
@pytest.mark.parametrize("officer", ["province_officer", "alliance_officer"])
def test_a_right_to_query_is_none_to_change_who_takes_part(
    officer, rights, project, tree, client_of, request
):
    main = request.getfixturevalue(officer)
    onlooker = client_of(sub_account_of(main, permission_subset=rights))
    row = Participation.objects.get(project=project)
    pages = {
        "participant_change": {"action": "remove", "selected": row.pk},
        "participant_add": {"action": "required", "selected": tree["H42010600002"].pk},
    }

    for page, form in pages.items():
        onlooker.post(reverse(f"projects:{page}", args=[project.code]), form)

    assert list(Participation.objects.filter(project=project)) == [row]


def test_a_sub_account_that_maintains_changes_who_takes_part(project, client_of, province_officer):
    rights = ["query", "maintain"]
    keeper = client_of(sub_account_of(province_officer, permission_subset=rights))
    row = Participation.objects.get(project=project)

    address = reverse("projects:participant_change", args=[project.code])
    keeper.post(address, {"action": "remove", "selected": row.pk})

    assert not Participation.objects.filter(project=project).exists()


def test_a_workbook_of_two_sheets_is_no_csv(project, client_of, province_officer):
    address = reverse("projects:catalogue_export", args=[project.code])

    response = client_of(province_officer).get(address, {"format": "csv"})
    response.close()

    assert ".xlsx" in response.headers["Content-Disposition"]
