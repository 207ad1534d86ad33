"""`/organizations/changes/`: a hospital asks with a file, its county decides, the successor acts in its name."""

import io
import re

import pytest
from django.test import Client
from django.utils import timezone

from apps.administration.models import ChangeKind, UnitChange
from apps.audit.models import LogEntry
from apps.organizations.models import Organization
from apps.review.models import FilingEvent
from apps.scope.context import whole_country
from tests import factories
from tests import factories_allocation as make
from tests.unit_changing import PNG, asked, decided, undone

pytestmark = pytest.mark.django_db
URL = "/organizations/changes/"
OWN, OTHER = "H42010600001", "H42010600002"


def upload(name: str = "批复.png", content: bytes = PNG):
    file = io.BytesIO(content)
    file.name = name
    return file


def seen(page: str) -> str:
    (found,) = re.findall(r'name="seen" value="(\w+)"', page)
    return found


@pytest.fixture
def merged(tree, alliance_officer, hospital_clerk, county_reviewer):
    """An allocation that both take part in; the hospital has merged into the other one. The successor's account."""
    project = make.allocation_project(
        [tree[OWN], tree[OTHER]], chain=["county", "city", "province"]
    )
    make.worked_products(project)
    for code in (OWN, OTHER):
        make.volume(project, tree[code], "C", 8_003)
    make.published(project, alliance_officer)
    change = asked(hospital_clerk, tree[OWN], ChangeKind.MERGE, successor=OTHER)
    decided(county_reviewer, change)
    return factories.account_of(tree[OTHER], name="钱承接")


def test_from_the_request_to_the_decision(tree, client_of, hospital_clerk, county_reviewer):
    clerk, office = client_of(hospital_clerk), client_of(county_reviewer)
    assert "机构变更" in clerk.get(URL).content.decode()
    url = f"{URL}new/{tree[OWN].pk}/rename/"
    typed = {"name": "武昌区中心医院", "effective_on": str(timezone.localdate()), "reason": "批复"}
    assert "请上传证明材料" in clerk.post(url, typed).content.decode()
    refused = clerk.post(url, typed | {"file": upload("a.exe")})
    assert "格式不能上传" in refused.content.decode()

    asked_page = clerk.post(url, typed | {"file": upload()}, follow=True).content.decode()
    assert "待办理" in asked_page
    assert "同意更名" not in asked_page

    home = office.get("/").content.decode()
    assert "机构变更待办理" in home
    with whole_country(reason="test"):
        change = UnitChange.objects.get()
    detail = f"{URL}{change.pk}/"
    page = office.get(detail).content.decode()
    assert b"".join(office.get(f"{detail}file/").streaming_content) == PNG
    office.post(f"{detail}decide/", {"decision": "approve", "seen": seen(page)})
    with whole_country(reason="test"):
        assert Organization.objects.get(pk=tree[OWN].pk).name == "武昌区中心医院"
    assert "已同意" in clerk.get(detail).content.decode()


def test_a_refusal_says_why(tree, client_of, hospital_clerk, county_reviewer):
    change = asked(hospital_clerk, tree[OWN], ChangeKind.CLOSE)
    office = client_of(county_reviewer)
    empty = office.post(f"{URL}{change.pk}/decide/", {"decision": "refuse"})
    assert (empty.status_code, "请填写意见" in empty.content.decode()) == (409, True)

    office.post(f"{URL}{change.pk}/decide/", {"decision": "refuse", "remark": "材料不全"})

    assert "材料不全" in client_of(hospital_clerk).get(f"{URL}{change.pk}/").content.decode()


def test_a_future_date_waits_until_then(tree, client_of, hospital_clerk):
    typed = {"effective_on": "2099-01-01", "reason": "批复", "file": upload()}

    page = client_of(hospital_clerk).post(f"{URL}new/{tree[OWN].pk}/close/", typed)

    assert "生效日期不能晚于今天" in page.content.decode()


def test_strangers_find_nothing(tree, client_of, hospital_clerk, neighbour_officer):
    change = asked(hospital_clerk, tree[OWN], ChangeKind.CLOSE)
    client = client_of(neighbour_officer)

    for path in ("", "file/"):
        assert client.get(f"{URL}{change.pk}/{path}").status_code == 404
    assert client.get(f"{URL}new/{tree[OWN].pk}/merge/").status_code == 404
    assert client.post(f"{URL}{change.pk}/decide/").status_code == 404


def test_the_successor_goes_on_in_its_name(merged, tree, client_of):
    client, unit = client_of(merged), tree[OWN]
    assert "并入机构的事项待办理" in client.get("/").content.decode()
    assert "以武昌区人民医院名义办理" in client.get(URL).content.decode()

    place = f"/as/{unit.pk}"
    assert client.post(f"{URL}merged/{unit.pk}/")["Location"] == f"{place}/"
    page = client.get(f"{place}/allocation/FL/selected/").content.decode()
    assert "武昌区人民医院" in page
    assert f'href="{place}/allocation/FL/' in page
    refused = client.get(f"{place}/accounts/security/", follow=True).content.decode()
    assert "请先返回" in refused
    client.post(f"{place}/allocation/FL/selected/confirm-all/", {"seen": "x"})
    with whole_country(reason="test"):
        line = LogEntry.objects.get(verb="以并入机构名义办理")
    assert "钱承接" in line.sentence
    assert "返回" in page


def test_another_tab_stays_in_the_own_name(merged, tree, client_of):
    """The name stands in the address: nothing of it is left in the session."""
    client = client_of(merged)
    client.post(f"{URL}merged/{tree[OWN].pk}/")
    client.get(f"/as/{tree[OWN].pk}/")

    own = client.get("/").content.decode()

    assert "/as/" not in own
    assert tree[OTHER].name in own
    assert client.get("/accounts/security/").status_code == 200


def test_nobody_else_does(merged, tree, client_of, county_reviewer, neighbour_clerk):
    for person, status in ((county_reviewer, 403), (neighbour_clerk, 404)):
        assert client_of(person).post(f"{URL}merged/{tree[OWN].pk}/").status_code == status
        assert client_of(person).get(f"/as/{tree[OWN].pk}/").status_code == 403
    client = client_of(merged)
    assert client.post(f"{URL}merged/{tree['H42010000001'].pk}/").status_code == 404
    assert client.get(f"/as/{tree['H42010000001'].pk}/").status_code == 403
    assert client.get(f"/as/{tree[OWN].pk}/accounts/login/").status_code == 403
    assert Client().get(f"/as/{tree[OWN].pk}/").status_code == 302


def test_it_ends_with_the_merger(merged, tree, client_of, county_reviewer):
    client = client_of(merged)
    client.post(f"{URL}merged/{tree[OWN].pk}/")
    with whole_country(reason="test"):
        change = UnitChange.objects.get()

    undone(county_reviewer, change)

    assert tree[OTHER].name in client.get("/").content.decode()
    assert client.get(f"/as/{tree[OWN].pk}/").status_code == 403
    with whole_country(reason="test"):
        assert not FilingEvent.objects.filter(filing__organization=tree[OWN]).exists()
