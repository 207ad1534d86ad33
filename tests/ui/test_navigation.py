from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.urls import NoReverseMatch, resolve, reverse

from apps.ui import navigation
from apps.ui.context import Frame
from apps.ui.navigation import Item, Subsystem

pytestmark = pytest.mark.urls("tests.ui.urls")

LIST = Item("账号", "accounts:password_change", "users", permissions=("query", "manage"))
ROLES = Item("只给市医保", "accounts:login", "lock", roles=("city",))
LOST = Item("没有", "nowhere:at_all", "lock")


@pytest.fixture(autouse=True)
def subsystems(monkeypatch):
    """Two subsystems of our own, so that the product's items do not matter here."""
    own = {
        "portal": Subsystem("portal", "统一门户", "home"),
        "demand": Subsystem("demand", "报量", "pill"),
    }
    monkeypatch.setattr(navigation, "SUBSYSTEMS", own)
    return own


def user_of(role, *permissions):
    return SimpleNamespace(
        is_authenticated=True,
        role=role,
        has=permissions.__contains__,
        organization=None,
        enterprise=None,
    )


def request_of(user, path="/accounts/login/"):
    request = RequestFactory().get(path)
    request.user = user
    request.resolver_match = resolve(path)
    return request


def titles(request):
    return {
        section.key: [link.title for link in section.links]
        for section in navigation.sections_for(request)
    }


def test_items_need_one_of_their_permissions_and_roles():
    navigation.register("portal", [LIST, ROLES])

    assert titles(request_of(user_of("city", "query"))) == {"portal": ["账号", "只给市医保"]}
    assert titles(request_of(user_of("province", "manage"))) == {"portal": ["账号"]}
    assert titles(request_of(user_of("city"))) == {"portal": ["只给市医保"]}
    assert titles(request_of(user_of("province"))) == {}


def test_a_subsystem_without_items_for_this_user_is_not_offered():
    navigation.register("portal", [LIST])
    navigation.register("demand", [ROLES])

    assert titles(request_of(user_of("province", "query"))) == {"portal": ["账号"]}


def test_registering_twice_changes_nothing_and_positions_order():
    navigation.register("portal", [LIST], position=20)
    navigation.register("portal", [ROLES], position=10)
    navigation.register("portal", [LIST], position=20)

    assert titles(request_of(user_of("city", "query"))) == {"portal": ["只给市医保", "账号"]}


def test_the_item_of_this_page_is_current_and_decides_the_subsystem():
    navigation.register("portal", [LIST])
    navigation.register("demand", [ROLES])
    request = request_of(user_of("city", "query"), reverse("accounts:login"))

    frame = Frame(request)

    assert frame.section.key == "demand"
    assert [link.current for link in frame.section.links] == [True]


def test_a_page_of_no_item_belongs_to_the_portal():
    navigation.register("portal", [LIST])
    navigation.register("demand", [ROLES])

    assert Frame(request_of(user_of("city", "query"), "/other/")).section.key == "portal"


def test_also_names_further_views_or_whole_apps():
    navigation.register(
        "demand", [Item("密码", "accounts:password_change", "key", also=("accounts:*",))]
    )

    assert Frame(request_of(user_of("city"))).section.links[0].current


def test_an_item_without_arguments_is_left_out():
    navigation.register(
        "portal", [Item("项目", "accounts:login", "pill", kwargs_from=lambda _request: None)]
    )

    assert titles(request_of(user_of("city"))) == {}


def test_arguments_come_from_the_request():
    item = Item(
        "停用", "accounts:subordinate_detail", "ban", kwargs_from=lambda _request: {"pk": 7}
    )
    navigation.register("portal", [item])

    (section,) = navigation.sections_for(request_of(user_of("city")))

    assert section.url == reverse("accounts:subordinate_detail", kwargs={"pk": 7})


def test_counting_waits_until_it_is_asked():
    asked = []
    navigation.register(
        "portal", [Item("审核", "accounts:login", "check", badge=lambda r: asked.append(r) or 7)]
    )
    (section,) = navigation.sections_for(request_of(user_of("city")))

    assert asked == []
    assert section.links[0].count() == 7


def test_an_item_that_leads_nowhere_is_found_by_the_check(caplog):
    navigation.register("portal", [LIST, LOST])

    (error,) = navigation.check_items()

    assert error.id == "ui.E001"
    assert "nowhere:at_all" in error.msg


def test_an_item_that_leads_nowhere_raises_in_debug_and_is_logged_otherwise(settings, caplog):
    navigation.register("portal", [ROLES, LOST])
    request = request_of(user_of("city"))

    assert titles(request) == {"portal": ["只给市医保"]}
    assert "nowhere:at_all" in caplog.text

    settings.DEBUG = True
    with pytest.raises(NoReverseMatch):
        navigation.sections_for(request)


def test_anonymous_visitors_get_no_navigation():
    navigation.register("portal", [LIST])
    frame = Frame(request_of(SimpleNamespace(is_authenticated=False)))

    assert (frame.sections, frame.section, frame.person, frame.belongs_to) == ([], None, "", "")
