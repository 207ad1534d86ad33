"""账号能办什么: administrators are told of any account and filing what the account itself would be told."""

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.domain.why import of_account
from apps.review.models.statuses import Status
from tests import factories
from tests.cast import Tree
from tests.factories_review import put
from tests.pages import words_of
from tests.review.planting import filing_of, planted, register_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
PAGE = "/admin/accounts/user/why/"
UNIT = "H42010600001"


@pytest.fixture
def season(tree: Tree) -> Project:
    register_paper()
    return planted([tree[UNIT]])


def told(client: Client, account: User | str, unit: str = UNIT, project: str = "PAPER") -> str:
    asked = {
        "username": str(getattr(account, "username", account)),
        "project": project,
        "unit": unit,
    }
    answer = client.get(PAGE, asked)
    assert answer.status_code == 200
    return answer.content.decode()


def test_of_each_act_it_is_said_why(
    season, client_of, administrator, system_administrator, city_reviewer, hospital_clerk
) -> None:
    put(Status.SUBMITTED, filing_of(season, hospital_clerk))
    reader = factories.sub_account_of(city_reviewer, permission_subset=["query"])
    for keeper in (administrator, system_administrator):
        client = client_of(keeper)
        assert PAGE in client.get("/admin/accounts/user/").content.decode()
        assert {"审核通过", "退回修改"} <= words_of(told(client, city_reviewer), "th")
        assert "轮到这个单位" in told(client, city_reviewer)
        assert "账号没有“审核”权限" in told(client, reader)
        assert "当前为“待审核”" in told(client, hospital_clerk)


def test_what_an_account_does_not_see_is_said(
    season, client_of, administrator, neighbour_clerk, city_reviewer, hospital_clerk, tree
) -> None:
    client = client_of(administrator)
    maker = factories.enterprise_account(factories.EnterpriseFactory(), "manufacturer", tree["0"])
    limited = factories.sub_account_of(city_reviewer, permission_subset=["query"])
    User.objects.filter(pk=limited.pk).update(limited_to_projects=True)

    assert of_account.ELSEWHERE in told(client, neighbour_clerk)
    assert of_account.ENTERPRISE in told(client, maker)
    assert of_account.NOT_GRANTED in told(client, limited)
    assert of_account.NO_FILING in told(client, hospital_clerk, "H42010600002")
    User.objects.filter(pk=hospital_clerk.pk).update(is_active=False)
    assert of_account.DISABLED in told(client, hospital_clerk)
    assert "没有这个账号" in told(client, "nobody")
    assert "没有这个项目" in told(client, city_reviewer, project="NONE")


def test_nobody_else_asks(season, client_of, alliance_officer, auditor) -> None:
    for person in (alliance_officer, auditor):
        assert client_of(person).get(PAGE).status_code in {302, 403}
