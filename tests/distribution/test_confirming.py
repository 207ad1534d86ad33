"""A province's account of an enterprise that is known elsewhere: confirmed by the enterprise or the alliance."""

import pytest
from django.db import IntegrityError, transaction

from apps.accounts.models import Approval
from apps.audit.models import LogEntry
from apps.distribution.models import DistributorAccount
from apps.notices.models import Message
from apps.scope.context import whole_country
from tests import factories
from tests import factories_distribution as make
from tests.factories_projects import ProjectFactory, WinningProductFactory
from tests.pages import shown

pytestmark = pytest.mark.django_db
URL = "/distribution/distributors/"
APPROVALS = "/accounts/approvals/"


def issued(row):
    with whole_country(reason="test"):
        return DistributorAccount.objects.get(pk=row.pk).is_issued


def approval():
    with whole_country(reason="test"):
        return Approval.objects.get()


@pytest.fixture
def second(tree, distributor_agent):
    """Hubei's distributor, in the list of Shanxi as well."""
    return make.distributor(tree["14"], enterprise=distributor_agent.enterprise)


def test_a_second_province_waits_for_the_enterprise(
    client_of, neighbour_officer, distributor_agent, second, tree
):
    other = make.distributor(tree["14"], "三晋配送有限公司")
    client = client_of(neighbour_officer)

    page = client.post(URL, {"selected": [second.pk, other.pk]}, follow=True).content.decode()

    assert "其中 1 家是中选企业或在其他省已有账号" in page
    assert (issued(second), issued(other)) == (False, True)
    assert "待确认" in client.get(URL).content.decode()
    agent = client_of(distributor_agent)
    assert "双人审批待办理" in agent.get("/").content.decode()
    with whole_country(reason="test"):
        assert Message.objects.get(path=distributor_agent.path).title == "请确认配送企业账号"

    agent.post(f"{APPROVALS}{approval().pk}/", {"decision": "approve"})
    assert "已确认，待发放" in client.get(URL).content.decode()
    client.post(URL, {"selected": [second.pk]})

    assert issued(second)
    assert approval().state[0] == "已办理"
    with whole_country(reason="test"):
        verbs = LogEntry.objects.filter(enterprise_id=second.enterprise_id).order_by("pk")
        assert list(verbs.values_list("verb", flat=True)) == ["申请审批", "批准申请", "发放账号"]


def test_or_for_the_alliance(client_of, neighbour_officer, alliance_officer, second):
    client = client_of(neighbour_officer)
    client.post(URL, {"selected": [second.pk]})

    client_of(alliance_officer).post(f"{APPROVALS}{approval().pk}/", {"decision": "approve"})
    client.post(URL, {"selected": [second.pk]})

    assert issued(second)


def test_a_winner_is_known_without_any_account(client_of, neighbour_officer, tree):
    maker = factories.EnterpriseFactory(name="江城制药有限公司")
    with whole_country(reason="test"):
        WinningProductFactory(
            item__project=ProjectFactory(code="FL-1", kind="allocation"), enterprise=maker
        )
    row = make.distributor(tree["14"], enterprise=maker)

    client_of(neighbour_officer).post(URL, {"selected": [row.pk]})

    assert not issued(row)
    assert approval().enterprise_id == maker.pk


def test_nobody_else_confirms(
    client_of, neighbour_officer, province_officer, manufacturer_agent, distributor_agent, second
):
    client = client_of(neighbour_officer)
    client.post(URL, {"selected": [second.pk]})
    url = f"{APPROVALS}{approval().pk}/"

    for person in (neighbour_officer, factories.sub_account_of(distributor_agent)):
        client_of(person).post(url, {"decision": "approve"})
    for person in (province_officer, manufacturer_agent):
        assert client_of(person).post(url, {"decision": "approve"}).status_code == 404

    client.post(URL, {"selected": [second.pk]})
    assert not issued(second)


def test_another_code_in_the_same_row_is_another_matter(
    client_of, neighbour_officer, alliance_officer, second, tree, manufacturer_agent
):
    """Confirmed for one enterprise, the row is made another one: nothing is confirmed any more."""
    client = client_of(neighbour_officer)
    client.post(URL, {"selected": [second.pk]})
    client_of(alliance_officer).post(f"{APPROVALS}{approval().pk}/", {"decision": "approve"})
    maker = manufacturer_agent.enterprise
    typed = {
        "name": maker.name, "uscc": maker.uscc, "legal_representative": "刘法人", "provincial_account": "",
        "authorized_person": "郑配送", "phone": "13971234567", "verified": "on",
    }  # fmt: skip
    page = f"{URL}{second.pk}/edit/"
    assert client.post(page, typed | shown(client, page)).status_code == 302

    client.post(URL, {"selected": [second.pk]})

    assert not issued(second)
    assert "待确认" in client.get(URL).content.decode()


def test_the_database_wants_the_confirmation(second, neighbour_officer):
    with (
        pytest.raises(IntegrityError, match="known_are_confirmed"),
        transaction.atomic(),
    ):
        make.issued(second, neighbour_officer, username="P140001")


def test_what_was_issued_before_stays(tree, province_officer, distributor_agent):
    row = make.distributor(tree["42"], enterprise=distributor_agent.enterprise)
    make.issued_to(row, province_officer, distributor_agent)
    factories.enterprise_account(row.enterprise, "distributor", tree["14"], username="P140009")

    with whole_country(reason="test"):
        row.phone = "13971234568"
        row.save()

    assert issued(row)
