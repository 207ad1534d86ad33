"""An outer page for passwords: the province asks, the alliance approves, the database holds it."""

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.models import Approval
from apps.organizations.models import Organization
from apps.scope.context import whole_country
from tests.pages import shown

pytestmark = pytest.mark.django_db
URL = "/organizations/password-address/"
OUTER = "https://ybfw.example.gov.cn/password"


def address(tree):
    with whole_country(reason="test"):
        return Organization.objects.get(pk=tree["42"].pk).password_url


def ask(client, url):
    return client.post(URL, {"url": url} | shown(client, URL), follow=True)


def approval():
    with whole_country(reason="test"):
        return Approval.objects.get()


def test_a_province_alone_sets_none(client_of, province_officer, hospital_clerk, tree):
    client = client_of(province_officer)

    page = ask(client, OUTER).content.decode()

    assert "已提交联采办" in page
    assert address(tree) == ""
    assert OUTER not in client_of(hospital_clerk).get("/accounts/password/").content.decode()
    assert "等待联采办批准" in client.get(URL).content.decode()
    assert "同样的申请" in ask(client, OUTER).content.decode()


def test_the_alliance_approves(client_of, province_officer, alliance_officer, hospital_clerk, tree):
    ask(client_of(province_officer), OUTER)
    officer = client_of(alliance_officer)
    assert OUTER in officer.get("/accounts/approvals/").content.decode()

    officer.post(f"/accounts/approvals/{approval().pk}/", {"decision": "approve"})

    assert address(tree) == OUTER
    assert OUTER in client_of(hospital_clerk).get("/accounts/password/").content.decode()
    assert approval().state[0] == "已办理"


def test_refused_it_stays_as_it_was(client_of, province_officer, alliance_officer, tree):
    ask(client_of(province_officer), OUTER)

    chosen = {"decision": "refuse", "remark": "不是省平台的网址"}
    client_of(alliance_officer).post(f"/accounts/approvals/{approval().pk}/", chosen)

    assert address(tree) == ""


def test_a_province_takes_it_away_by_itself(client_of, province_officer, alliance_officer, tree):
    client = client_of(province_officer)
    ask(client, OUTER)
    client_of(alliance_officer).post(
        f"/accounts/approvals/{approval().pk}/", {"decision": "approve"}
    )

    ask(client, "")

    assert address(tree) == ""


def test_the_database_wants_the_approval(tree):
    with (
        whole_country(reason="test"),
        pytest.raises(IntegrityError, match="outer_page_is_approved"),
        transaction.atomic(),
    ):
        Organization.objects.filter(pk=tree["42"].pk).update(password_url=OUTER)
