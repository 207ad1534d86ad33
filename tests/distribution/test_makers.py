"""`/distribution/makers/`: accounts for the winners of a project, one each, many at once."""

import io

import pytest

from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.jobs.inline import run_waiting_jobs
from apps.scope.context import whole_country
from tests import factories
from tests.exported import opened_export
from tests.factories_projects import ProjectFactory, WinningProductFactory
from tests.pages import all_of, tags, words_of

URL = "/distribution/makers/"


@pytest.fixture
def won(tree):
    """Two winners of one project, of whom one won twice; one of another."""
    with whole_country(reason="test"):
        first, second = (
            ProjectFactory(code="FL-1", kind="allocation"),
            ProjectFactory(code="FL-2", kind="allocation"),
        )
        makers = [factories.EnterpriseFactory(name=f"{name}制药") for name in ("甲", "乙", "丙")]
        for project, maker in ((first, 0), (first, 0), (first, 1), (second, 2)):
            WinningProductFactory(item__project=project, enterprise=makers[maker])
        factories.EnterpriseFactory(name="未中选制药")
        return makers


def test_the_winners_of_a_project_get_one_account_each(client_of, alliance_officer, won, tree):
    factories.enterprise_account(won[1], Role.MANUFACTURER, tree["0"])
    client = client_of(alliance_officer)
    page = client.get(f"{URL}?project=FL-1").content.decode()
    assert {"甲制药", "乙制药"} <= words_of(page, "th")
    assert "丙制药" not in words_of(page, "th")
    assert ["disabled" in box for box in tags(page, "input", name="selected")].count(True) == 1

    response = client.post(f"{URL}?project=FL-1", all_of(client, f"{URL}?project=FL-1"))
    content = client.post(f"{response['Location']}take/", {"format": "xlsx"}).content

    rows = list(
        opened_export(io.BytesIO(content))["账号发放单"].iter_rows(min_row=2, values_only=True)
    )
    assert [(row[1], row[3]) for row in rows] == [("甲制药", won[0].uscc)]
    with whole_country(reason="test"):
        assert User.objects.get(enterprise=won[0]).check_password(rows[0][4])
        assert not User.objects.filter(enterprise=won[2]).exists()
    assert "乙制药" in words_of(client.get(f"{URL}?issued=1").content.decode(), "th")


def test_what_a_demand_project_says_of_winners_is_not_counted_again(
    client_of, alliance_officer, won
):
    with whole_country(reason="test"):
        season = ProjectFactory(code="BL-1", kind="demand")
        for maker in (won[0], factories.EnterpriseFactory(name="丁制药")):
            WinningProductFactory(item__project=season, enterprise=maker)

    page = client_of(alliance_officer).get(URL).content.decode()

    assert "丁制药" not in words_of(page, "th")
    assert "3" not in words_of(page, "td")


def test_many_are_issued_by_a_job(client_of, alliance_officer, won):
    with whole_country(reason="test"):
        project = ProjectFactory(code="FL-3", kind="allocation")
        for number in range(31):
            maker = factories.EnterpriseFactory(name=f"第{number}制药")
            WinningProductFactory(item__project=project, enterprise=maker)

    client, url = client_of(alliance_officer), f"{URL}?project=FL-3"
    response = client.post(url, all_of(client, url))
    assert response["Location"].startswith("/jobs/")
    page = client.get(url).content.decode()
    assert "发放中" in words_of(page, "td")
    assert "否" not in words_of(page, "td")
    assert all("disabled" in box for box in tags(page, "input", name="selected"))
    run_waiting_jobs()

    with whole_country(reason="test"):
        assert User.objects.filter(role=Role.MANUFACTURER).count() == 31


def test_only_the_alliance(client_of, province_officer, manufacturer_agent, won):
    for person in (province_officer, manufacturer_agent):
        assert client_of(person).get(URL).status_code == 403
        assert client_of(person).post(URL, {"select_all": "1"}).status_code == 403


def test_nobody_who_won_nothing_is_offered_or_gets_an_account(client_of, alliance_officer, won):
    """Neither a distributor nor a maker that only stands in the register, whatever is asked for."""
    with whole_country(reason="test"):
        others = [factories.EnterpriseFactory(name=f"旁观{kind}") for kind in ("配送", "制药")]
    client = client_of(alliance_officer)
    for query in ("", "?issued=", "?project=FL-1", "?q=旁观", "?q=未中选"):
        shown = words_of(client.get(f"{URL}{query}").content.decode(), "th")
        assert shown & {"旁观配送", "旁观制药", "未中选制药"} == set()

    form = all_of(client, URL)
    client.post(URL, {**form, "select_all": "", "selected": [str(each.pk) for each in others]})
    run_waiting_jobs()

    with whole_country(reason="test"):
        assert not User.objects.filter(enterprise__in=others).exists()
