"""Who sees whose number in full, and how one is looked up (docs/security/personal-data.md)."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.calling import MayNotCall, caller_of, look_up, number_for
from apps.audit.models import LogEntry
from apps.organizations.domain.phones import masked, told, unmasked
from apps.organizations.models import Organization
from apps.scope.context import whole_country
from tests import factories

NUMBER = "13971234567"


@pytest.mark.parametrize(
    ("number", "short"),
    [
        (NUMBER, "139****4567"),
        ("027-87654321", "027****4321"),
        ("027-123", "****"),
        ("", ""),
    ],
)
def test_the_middle_is_hidden(number, short):
    assert masked(number) == short
    assert unmasked(short, number) == number
    assert unmasked("13900000000", number) == "13900000000"


def test_a_sentence_of_the_log_has_no_number():
    assert told("phone", NUMBER, "027-1") == "已更改"
    assert told("name", "", "甲") == "空 → 甲"


def test_the_bureau_directly_above_sees_it_in_full(county_reviewer, city_reviewer, tree):
    path = tree["H42010600001"].path

    assert number_for(caller_of(county_reviewer), path, NUMBER) == NUMBER
    assert number_for(caller_of(city_reviewer), path, NUMBER) == "139****4567"
    assert number_for("", path, NUMBER) == "139****4567"


@pytest.mark.parametrize("rights", [["query"], ["query", "export"], ["query", "reset_passwords"]])
def test_whoever_only_looks_calls_nobody(county_reviewer, rights):
    clerk = factories.sub_account_of(county_reviewer, permission_subset=rights)

    assert caller_of(clerk) == ""
    assert caller_of(county_reviewer) == county_reviewer.path


@pytest.fixture
def unit(tree):
    with whole_country(reason="test"):
        Organization.objects.filter(pk=tree["H42010600001"].pk).update(
            phone=NUMBER, contact_name="孙医办"
        )
        return Organization.objects.get(pk=tree["H42010600001"].pk)


def address(unit):
    return f"/accounts/phones/units/{unit.pk}/"


def test_one_number_is_shown_and_logged_once(client_of, city_reviewer, unit):
    client = client_of(city_reviewer)
    listed = client.get("/organizations/").content.decode()
    assert NUMBER not in listed
    assert f'formaction="{address(unit)}"' in listed
    assert '<form id="phones" method="post"' in listed

    page = client.post(address(unit), HTTP_REFERER="http://testserver/organizations/?page=2")

    assert f'href="tel:{NUMBER}"' in page.content.decode()
    assert 'href="/organizations/?page=2"' in page.content.decode()
    with whole_country(reason="test"):
        entry = LogEntry.objects.get(verb="查看电话")
    assert entry.sentence == f"查看了{unit.name}的完整电话号码。"
    assert (entry.path, entry.actor_name) == (unit.path, city_reviewer.name)


def test_whoever_needn_t_call_gets_neither_button_nor_number(client_of, city_reviewer, unit):
    clerk = factories.sub_account_of(city_reviewer, permission_subset=["query"])
    listed = client_of(clerk).get("/organizations/").content.decode()

    assert "139****4567" in listed
    assert "formaction" not in listed
    assert client_of(clerk).post(address(unit)).status_code == 403
    with whole_country(reason="test"):
        assert not LogEntry.objects.filter(verb="查看电话").exists()
        with pytest.raises(MayNotCall):
            look_up(by=Actor.of(clerk), of=unit)


def test_an_account_too_within_the_own_area_alone(client_of, city_reviewer, neighbour_clerk, unit):
    clerk = factories.account_of(unit, phone="13800001111")
    address = "/accounts/phones/accounts/{}/"

    page = client_of(city_reviewer).post(address.format(clerk.pk))

    assert "13800001111" in page.content.decode()
    assert client_of(city_reviewer).post(address.format(neighbour_clerk.pk)).status_code == 404
    assert client_of(city_reviewer).get(address.format(clerk.pk)).status_code == 405
