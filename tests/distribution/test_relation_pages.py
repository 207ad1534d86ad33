"""The pages of both sides, of bureaus and of institutions: what they list, offer and refuse."""

import pgtrigger
import pytest
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models.roles import Role
from apps.distribution.models.relation_statuses import Action, Status
from apps.projects.models import Participation, Project
from apps.scope.context import whole_country
from tests import factories
from tests import factories_relations as make
from tests.factories_projects import ProjectFactory, WinningProductFactory
from tests.pages import all_of, shown, tags, words_of

pytestmark = pytest.mark.django_db
LIST = "distribution:relation_list"


@pytest.fixture
def trade(tree, manufacturer_agent):
    trade = make.trade(manufacturer_agent, tree["42"])
    with whole_country(reason="test"):
        Participation.objects.bulk_create(
            Participation(project_id=trade.project.pk, organization=unit, path=unit.path)
            for unit in tree.values()
            if unit.tier == "institution" and unit.path.startswith(make.HUBEI)
        )
    return trade


def get(client, name, *args, **query):
    response = client.get(reverse(f"distribution:{name}", args=args), query)
    assert response.status_code == 200, name
    return response.content.decode()


def act(client, action, *relations, reason="", **query):
    response = client.post(
        f"{reverse('distribution:relation_act')}?" + "&".join(f"{k}={v}" for k, v in query.items()),
        {
            "action": action.value,
            "selected": [relation.pk for relation in relations],
            f"reason-{action.value}": reason,
        },
        follow=True,
    )
    return response.content.decode()


@pytest.mark.covers("S4-02")
def test_the_manufacturer_submits_voids_and_submits_again(trade, client_of):
    client = client_of(trade.maker)
    one, two = trade.chosen(trade.proposal(), trade.proposal(1))
    agreed = trade.in_state(Status.AGREED, path=make.HUANGSHI)

    assert "已提交 2 条配送关系" in act(client, Action.SUBMIT, one, two, agreed)
    assert "作废必须填写原因" in act(client, Action.VOID, one, agreed)
    assert "已作废 2 条配送关系" in act(client, Action.VOID, one, agreed, reason="停产")
    assert "已重新提交 1 条" in act(client, Action.RESUBMIT, agreed)
    assert "没有可以提交的" in act(client, Action.SUBMIT, agreed)
    assert [make.fresh(each).status for each in (one, two, agreed)] == [99, 1, 1]


@pytest.mark.covers("S4-03")
def test_the_distributor_answers_one_and_many(trade, client_of):
    carrier = client_of(make.user_of(trade.carriers[0].pk))
    some = trade.chosen(
        *(trade.proposal(p, 0, path) for p in (0, 1) for path in (make.WUHAN, make.HUANGSHI)),
        submit=True,
    )

    assert "待响应" in get(carrier, "relation_list")
    assert "已同意 2 条配送关系" in act(carrier, Action.AGREE, *some[:2])
    assert "拒绝必须填写原因" in act(carrier, Action.REFUSE, some[2])
    assert "已拒绝 1 条" in act(carrier, Action.REFUSE, some[2], reason="运力不足")
    page = get(carrier, "relation_detail", some[3].pk)
    assert words_of(page, "button") >= {"同意", "拒绝"}
    seen = tags(page, "input", name="version")[0]["value"]
    move = reverse("distribution:relation_move", args=[some[3].pk, "refuse"])
    kept = carrier.post(move, {"version": seen, "reason": ""})
    assert (kept.status_code, make.fresh(some[3]).status) == (409, Status.SUBMITTED)
    carrier.post(
        reverse("distribution:relation_move", args=[some[3].pk, "agree"]), {"version": seen}
    )
    stale = carrier.post(
        reverse("distribution:relation_move", args=[some[3].pk, "retract"]), {"version": seen}
    )
    assert "已被另一方改动" in stale.content.decode()
    assert "已撤回答复 1 条" in act(carrier, Action.RETRACT, some[3])
    assert [make.fresh(each).status for each in some] == [2, 2, 3, 1]


def test_everything_that_matches_is_one_act(trade, client_of):
    client = client_of(trade.maker)
    some = trade.chosen(
        *(trade.proposal(p, 0, path) for p in (0, 1) for path in (make.WUHAN, make.HUANGSHI))
    )
    query = f"?product={trade.products[0].item.item_code}"
    found = all_of(client, reverse("distribution:relation_list") + query)

    client.post(reverse("distribution:relation_act") + query, found | {"action": "submit"})

    assert [make.fresh(each).status for each in some] == [1, 1, 0, 0]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 4),
        ({"status": "2"}, 2),
        ({"need": "replace"}, 1),
        ({"area": "42"}, 4),
        ({"area": "14"}, 0),
        ({"project": "FL-P"}, 4),
        ({"distributor": "荆楚第1"}, 1),
        ({"product": "0.2g"}, 0),
        ({"product": "fangdanshen"}, 0),
        ({"status": "x"}, 0),
    ],
)
def test_the_list_is_filtered(trade, client_of, query, found):
    trade.in_state(Status.AGREED)
    trade.in_state(Status.AGREED, carrier=1)
    trade.in_state(Status.DRAFT, product=1)
    trade.in_state(Status.REFUSED, path=make.HUANGSHI)
    make.set_enabled(trade.carriers[1], active=False)

    page = get(client_of(trade.maker), "relation_list", **query)

    assert page.count("data-select-row") == found


def test_nothing_of_others_whatever_address_is_typed(trade, client_of, tree):
    relation = trade.in_state(Status.SUBMITTED)
    draft = trade.in_state(Status.DRAFT, product=1)
    rival = factories.enterprise_account(
        factories.EnterpriseFactory(), Role.MANUFACTURER, tree["0"]
    )
    other = make.user_of(trade.carriers[1].pk)
    own = make.user_of(trade.carriers[0].pk)

    relation.product, draft.product = trade.products
    for person, hidden in ((rival, relation), (other, relation), (own, draft)):
        client = client_of(person)
        assert hidden.product.item.specification not in get(client, "relation_list")
        for name, args in (
            ("relation_detail", [hidden.pk]),
            ("relation_move", [hidden.pk, "void"]),
            ("relation_move", [hidden.pk, "agree"]),
        ):
            url = reverse(f"distribution:{name}", args=args)
            asked = client.get(url) if name == "relation_detail" else client.post(url)
            assert asked.status_code == 404
        act(client, Action.VOID if person is rival else Action.AGREE, hidden)
    assert (make.fresh(relation).status, make.fresh(draft).status) == (1, 0)


def test_bureaus_see_what_delivers_to_them(
    trade, client_of, city_reviewer, county_reviewer, neighbour_officer
):
    trade.in_state(Status.AGREED, path=make.HUBEI)
    trade.in_state(Status.SUBMITTED, product=1, path=make.HUANGSHI)
    trade.in_state(Status.DRAFT, product=1, carrier=1, path=make.WUHAN)

    def places(person):
        page = get(client_of(person), "relation_list")
        return {name for name in ("湖北", "黄石市", "武汉市") if f"<td>{name}</td>" in page}

    assert places(city_reviewer) == {"湖北"}
    assert places(county_reviewer) == {"湖北"}
    assert places(neighbour_officer) == set()


def test_coverage_names_what_is_missing_as_high_up_as_possible(
    trade, client_of, province_officer, city_reviewer
):
    trade.in_state(Status.AGREED, path=make.WUCHANG)
    trade.in_state(Status.AGREED, path=make.HUANGSHI)

    link = tags(get(client_of(trade.maker), "coverage_list", of="1"), "a")
    (first, *_) = [each["href"] for each in link if each.words == "看地区"]
    page = client_of(trade.maker).get(f"/distribution/relations/coverage/{first}").content.decode()
    assert {"湖北 省(区)直属", "武汉市 直属", "山西"} <= words_of(page, "li")
    assert "黄石市" not in words_of(page, "li")
    assert {"部分覆盖", "尚无配送"} <= words_of(page, "span")
    assert "缺 2 处" in page
    assert "湖北 省(区)直属、武汉市 直属" in get(client_of(province_officer), "coverage_list")
    assert "武汉市 直属" in get(client_of(city_reviewer), "coverage_list")
    trade.in_state(Status.AGREED, carrier=1, path=make.HUBEI)
    assert "已全覆盖" in get(client_of(city_reviewer), "coverage_list")
    make.set_enabled(trade.carriers[1], active=False)
    assert "已全覆盖" not in get(client_of(city_reviewer), "coverage_list")
    exported = client_of(province_officer).get(
        reverse("distribution:coverage_export"), {"format": "csv"}
    )
    assert "武汉市 直属" in exported.getvalue().decode("utf-8-sig")


def test_coverage_is_of_what_institutions_buy(trade, client_of, province_officer, alliance_officer):
    with whole_country(reason="test"):
        season = ProjectFactory(code="BL-1", kind="demand")
        WinningProductFactory(item__project=season, item__variety="报量项目的中选")
        with pgtrigger.ignore():
            Project.objects.filter(pk=season.pk).update(
                phase="published", published_at=timezone.now()
            )

    for person in (province_officer, alliance_officer):
        assert "报量项目的中选" not in get(client_of(person), "coverage_list")


def test_a_limit_is_set_by_the_alliance(trade, client_of, alliance_officer):
    client = client_of(alliance_officer)
    url = reverse("distribution:limit_edit", args=[trade.project.code])

    def told(most):
        seen = shown(client, reverse("distribution:limit_list"), action=url)
        return client.post(url, {**seen, "most": most}, follow=True).content.decode()

    assert "上限：2" in told("2")
    for wrong in ("0", "100", "两家", "-1"):
        assert "没有保存" in told(wrong)
    assert tags(get(client, "limit_list"), "input", name="most")[0]["value"] == "2"
    told("")
    assert tags(get(client, "limit_list"), "input", name="most")[0]["value"] == ""
    with whole_country(reason="test"):
        assert Project.objects.filter(pk=trade.project.pk).exists()


def test_the_portal_counts_what_waits(trade, client_of):
    trade.in_state(Status.SUBMITTED)
    trade.in_state(Status.REFUSED, product=1)

    def todos(person):
        page = client_of(person).get("/").content.decode()
        return {
            each
            for each in words_of(page, "a")
            if each.startswith("配送关系") and each != "配送关系"
        }

    assert todos(trade.maker) == {"配送关系已拒绝 1 条"}
    assert todos(make.user_of(trade.carriers[0].pk)) == {"配送关系待响应 1 条"}
    assert todos(make.user_of(trade.carriers[1].pk)) == set()
