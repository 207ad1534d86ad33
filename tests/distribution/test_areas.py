"""`/distribution/areas/`: a distributor says where it delivers; for reference only."""

import pytest
from django.db import connection

from apps.audit.models import LogEntry
from apps.distribution.domain.areas.names import places_of
from apps.distribution.models import DeliveryArea
from apps.organizations.domain.bureaus import load_bureaus, read_divisions
from apps.organizations.models import Division, Organization
from apps.scope.context import whole_country
from tests import factories
from tests import factories_distribution as make
from tests.pages import shown, tags, words_of

URL = "/distribution/areas/"


@pytest.fixture
def jiangan(tree):
    """A second county of 武汉."""
    return Division.objects.create(code="420102", name="江岸区", level="county", parent_id="420100")


@pytest.fixture
def carrier(tree, province_officer, distributor_agent):
    row = make.distributor(tree["42"], enterprise=distributor_agent.enterprise)
    make.issued_to(row, province_officer, distributor_agent)
    return row


def chosen(row):
    with whole_country(reason="test"):
        return sorted(
            DeliveryArea.objects.filter(account=row).values_list("division_id", flat=True)
        )


@pytest.mark.covers("S4-03", "S4-04", "S4-12")
def test_a_distributor_ticks_its_counties(
    client_of, distributor_agent, carrier, province_officer, jiangan
):
    make.areas(carrier, "420202")
    client = client_of(distributor_agent)
    page = client.get(URL).content.decode()
    assert "仅供参考，不作限制" in page
    assert words_of(page, "label") >= {
        "江岸区", "武昌区", "黄石港区", "省(区)直属", "全部区县"
    }  # fmt: skip
    assert [tag["value"] for tag in tags(page, "input", name="area") if "checked" in tag] == [
        "420202"
    ]

    typed = {"area": ["420106", "420000"]}
    response = client.post(URL, typed | shown(client, URL), follow=True)

    assert "配送区域已保存，共 2 个" in response.content.decode()
    assert chosen(carrier) == ["420000", "420106"]
    with whole_country(reason="test"):
        said = LogEntry.objects.get(verb="维护配送区域").sentence
    assert said == "楚天医药配送有限公司的配送区域改为：武汉市：武昌区；省(区)直属：省(区)直属。"
    seen = client_of(province_officer).get("/distribution/distributors/").content.decode()
    assert "武昌区、省(区)直属" in words_of(seen, "td")


def test_a_whole_city_is_one_tick_without_scripts(client_of, distributor_agent, carrier, jiangan):
    client = client_of(distributor_agent)

    client.post(URL, {"whole": ["420100"], "area": ["420202"]} | shown(client, URL))

    assert chosen(carrier) == ["420102", "420106", "420202"]
    with whole_country(reason="test"):
        said = LogEntry.objects.get(verb="维护配送区域").sentence
    assert said.endswith("武汉市：全部 2 个区县；黄石市：黄石港区。")


def test_divisions_of_other_provinces_are_refused(client_of, distributor_agent, carrier):
    make.areas(carrier, "420106")

    client = client_of(distributor_agent)

    page = client.post(URL, {"area": ["140105"]} | shown(client, URL), follow=True)

    assert "区划 140105 不在湖北省医疗保障局范围内，没有保存" in page.content.decode()
    assert chosen(carrier) == ["420106"]


def test_an_enterprise_with_accounts_in_two_provinces_keeps_each_by_its_own(
    client_of, distributor_agent, carrier, neighbour_officer, tree
):
    other = make.distributor(tree["14"], enterprise=carrier.enterprise)
    make.confirmed(other, asker=neighbour_officer, by=distributor_agent)
    there = make.issued(other, neighbour_officer, username="P140001")

    for person in (distributor_agent, there):
        own = client_of(person)
        own.post(URL, {"area": ["140105", "420106"]} | shown(own, URL))
        only = ["140105" if person == there else "420106"]
        own.post(URL, {"area": only} | shown(own, URL))

    assert (chosen(carrier), chosen(other)) == (["420106"], ["140105"])


@pytest.mark.covers("S4-43")
def test_the_province_looks_at_them_and_filters(
    client_of, carrier, province_officer, neighbour_officer, tree
):
    make.areas(carrier, "420106", "420000")
    second = make.distributor(tree["42"], "三峡医药物流有限公司")
    make.issued(second, province_officer, username="P420002")
    client = client_of(province_officer)

    page = client.get(URL).content.decode()

    assert "不作逻辑限制" in page
    assert words_of(page, "td") >= {"武昌区、省(区)直属", "未维护", "P420001"}
    found = words_of(client.get(f"{URL}?area=武昌").content.decode(), "th")
    assert ("楚天医药配送有限公司" in found, "三峡医药物流有限公司" in found) == (True, False)
    direct = words_of(client.get(f"{URL}?area=直属").content.decode(), "th")
    assert "楚天医药配送有限公司" in direct
    assert "楚天" not in client_of(neighbour_officer).get(URL).content.decode()
    assert client.post(URL, {"area": ["420202"]}).status_code == 200
    assert chosen(carrier) == ["420000", "420106"]


def test_nobody_else_has_the_page_nor_the_areas_of_another(
    client_of, carrier, manufacturer_agent, hospital_clerk, tree, province_officer
):
    for person in (manufacturer_agent, hospital_clerk):
        assert client_of(person).get(URL).status_code == 403
    stranger = make.distributor(tree["42"], "江汉配送有限公司")
    user = make.issued(stranger, province_officer, username="P420009")
    client = client_of(user)

    assert client.get(f"{URL}?account={carrier.pk}").status_code == 404
    assert client.post(f"{URL}?account={carrier.pk}", {"area": ["420106"]}).status_code == 404
    assert chosen(carrier) == []


def test_a_reader_of_the_distributor_does_not_change_them(client_of, distributor_agent, carrier):
    reader = factories.sub_account_of(distributor_agent, permission_subset=["query"])

    assert client_of(reader).post(URL, {"area": ["420106"]}).status_code == 403
    assert chosen(carrier) == []


@pytest.mark.django_db
def test_every_province_has_its_counties_and_its_direct_area():
    with whole_country(reason="test"):
        load_bureaus(read_divisions())
        # What the planner saw between tests may be an empty table.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE organizations_division, organizations_organization")
        provinces = {unit.code: unit for unit in Organization.objects.filter(tier="province")}
        found = {code: places_of(unit) for code, unit in provinces.items()}

    assert len(found) == 32
    assert all(places[-1].name == "省(区)直属" for places in found.values())
    named = {place.code: place for places in found.values() for place in places}
    assert [choice.code for choice in named["441900"].choices] == ["441900"]
    assert (found["11"][0].name, len(found["11"][0].choices)) == ("北京市", 16)
    assert [place.name for place in found["50"]][:2] == ["重庆市", "重庆市（县）"]
    codes = [code for places in found.values() for place in places for code in place.codes]
    assert len(codes) == len(set(codes))
    assert {code for place in found["66"] for code in place.codes} >= {"659001", "659012"}
    assert "659001" not in {code for place in found["65"] for code in place.codes}
