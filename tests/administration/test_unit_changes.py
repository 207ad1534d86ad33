"""机构变更: asked for, decided above, settled in running rounds, undone while nothing was built on it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.administration.domain.changes.asking import ChangeRefused, withdraw_change
from apps.administration.domain.changes.preview import preview_of
from apps.administration.models import ChangeKind, UnitChange
from apps.audit.models import LogEntry
from apps.notices.models import Message
from apps.organizations.domain.units import UnitRefused
from apps.reporting.domain.sheet.last_batch import last_batch
from apps.reporting.domain.totals.verifying import differences
from apps.reporting.models import PurchaseHistory
from apps.review.domain.labels import status_text
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action
from apps.scope.context import enter, whole_country
from tests import factories
from tests import factories_demand as make
from tests.review.acting import act
from tests.unit_changing import asked, decided, undone

pytestmark = pytest.mark.django_db
CHAIN = ["county", "city", "province"]
OWN, OTHER = "H42010600001", "H42010600002"
CLOSE, MERGE, RENAME, FACTS = (
    ChangeKind.CLOSE,
    ChangeKind.MERGE,
    ChangeKind.RENAME,
    ChangeKind.FACTS,
)


@pytest.fixture
def season(tree, alliance_officer):
    """A strict round of two hospitals of a county; nobody has reported."""
    project = make.demand_project(
        [tree[OWN], tree[OTHER]], items=2, chain=CHAIN, gate="strict", code="BL"
    )
    return make.published(project, alliance_officer)


def report(project, unit, quantities) -> Filing:
    make.planned(project, unit, quantities, is_saved=True, reason="stock")
    filing = make.filing_of(project, unit)
    act(Action.SUBMIT, clerk_of(unit), filing)
    return filing


def clerk_of(unit) -> User:
    with whole_country(reason="test"):
        return User.objects.filter(organization=unit).first() or factories.account_of(unit)


def fresh(row):
    with whole_country(reason="test"):
        return type(row).objects.get(pk=row.pk)


def lines(*verbs: str) -> list[str]:
    with whole_country(reason="test"):
        rows = LogEntry.objects.filter(verb__in=verbs).order_by("pk")
        return list(rows.values_list("sentence", flat=True))


def test_a_name_changes_everywhere_from_the_decision_on(
    season, tree, hospital_clerk, county_reviewer
):
    unit = tree[OWN]
    report(season, unit, {"P0001": 280, "P0002": 0})
    change = asked(hospital_clerk, unit, RENAME, name="武昌区中心医院")
    assert fresh(unit).name == "武昌区人民医院"

    decided(county_reviewer, change)

    renamed = fresh(unit)
    assert (renamed.name, renamed.pinyin) == ("武昌区中心医院", "wcqzxyy")
    with whole_country(reason="test"):
        reported = FilingEvent.objects.get(filing__organization=unit)
        assert reported.organization_name == "武昌区人民医院"
        told = Message.objects.get(path=unit.path, kind="account")
    assert "机构名称 武昌区人民医院 → 武昌区中心医院" in told.body
    today = timezone.localdate()
    assert lines("申请更名", "同意更名") == [
        (
            "申请更名：武昌区人民医院（H42010600001），机构名称 武昌区人民医院 → 武昌区中心医院，"
            f"自 {today}；原因：卫健部门批复。"
        ),
        (
            "同意更名：武昌区人民医院（H42010600001），机构名称 武昌区人民医院 → 武昌区中心医院，"
            f"自 {today}；意见：已核对。"
        ),
    ]


def test_facts_change_for_groups_from_now_on(tree, hospital_clerk, county_reviewer):
    decided(county_reviewer, asked(hospital_clerk, tree[OWN], FACTS, grade="三级甲等"))

    assert fresh(tree[OWN]).grade == "三级甲等"


def test_what_a_closed_unit_did_not_report_blocks_nobody(
    season, tree, hospital_clerk, county_reviewer
):
    report(season, tree[OTHER], {"P0001": 280, "P0002": 0})
    act(Action.APPROVE, county_reviewer, make.filing_of(season, tree[OTHER]))
    make.planned(season, tree[OWN], {"P0001": 56}, is_saved=True)
    change = asked(hospital_clerk, tree[OWN], CLOSE)
    with enter(scope_of(county_reviewer)):
        preview = preview_of(UnitChange.objects.with_units().get(pk=change.pk))
    assert preview.effects[0] == (
        f"“测试药品报量”（填报中）：记为“未报（停业，自 {timezone.localdate()}）”，不再等待"
    )
    assert "可以登录的账号 1 个" in preview.hanging

    decided(county_reviewer, change)

    filing = fresh(make.filing_of(season, tree[OWN]))
    assert status_text(filing) == f"未报（停业，自 {timezone.localdate()}）"
    assert not fresh(tree[OWN]).is_active
    act(Action.SUBMIT, county_reviewer, make.filing_of(season, tree["420106"]))
    with whole_country(reason="test"):
        assert list(differences(season)) == []
    (entry,) = lines("同意停业")
    assert entry.endswith("；结清 1 个项目的未上报申报；意见：已核对。")
    assert lines("机构变更结清") == []


def test_what_was_reported_stays(season, tree, hospital_clerk, county_reviewer):
    filing = report(season, tree[OWN], {"P0001": 280, "P0002": 0})

    decided(county_reviewer, asked(hospital_clerk, tree[OWN], CLOSE))

    assert fresh(filing).status == "submitted"
    act(Action.APPROVE, county_reviewer, filing)


def test_nothing_moves_below_a_submitted_package(tree, alliance_officer, county_reviewer):
    project = make.demand_project([tree[OWN], tree[OTHER]], items=1, chain=CHAIN)
    make.published(project, alliance_officer)
    report(project, tree[OTHER], {"P0001": 280})
    act(Action.APPROVE, county_reviewer, make.filing_of(project, tree[OTHER]))
    act(Action.SUBMIT, county_reviewer, make.filing_of(project, tree["420106"]), confirmed=True)
    change = asked(county_reviewer, tree[OWN], CLOSE)

    decided(county_reviewer, change)

    assert fresh(make.filing_of(project, tree[OWN])).status == "draft"
    assert not fresh(tree[OWN]).is_active


def test_a_merged_unit_is_closed_as_what_it_became(season, tree, hospital_clerk, county_reviewer):
    through = factories.InstitutionFactory(parent=tree["420106"], reports_through=tree[OWN])

    decided(county_reviewer, asked(hospital_clerk, tree[OWN], MERGE, successor=OTHER))

    name = tree[OTHER].name
    filing = fresh(make.filing_of(season, tree[OWN]))
    assert status_text(filing) == f"未报（合并至{name}，自 {timezone.localdate()}）"
    assert fresh(tree[OWN]).merged_into_id == tree[OTHER].pk
    assert fresh(through).reports_through_id == tree[OTHER].pk
    with whole_country(reason="test"):
        assert Message.objects.filter(path=tree[OTHER].path, kind="account").count() == 1


def test_it_is_undone_until_something_was_built_on_it(
    season, tree, hospital_clerk, county_reviewer
):
    through = factories.InstitutionFactory(parent=tree["420106"], reports_through=tree[OWN])
    change = asked(hospital_clerk, tree[OWN], MERGE, successor=OTHER)
    decided(county_reviewer, change)

    undone(county_reviewer, change)

    unit = fresh(tree[OWN])
    assert (unit.is_active, unit.merged_into_id) == (True, None)
    assert fresh(through).reports_through_id == tree[OWN].pk
    assert fresh(make.filing_of(season, tree[OWN])).status == "draft"
    assert lines("撤销合并") == [
        (
            f"撤销合并：武昌区人民医院（{OWN}）并入{tree[OTHER].name}（{OTHER}），"
            f"自 {timezone.localdate()}；恢复 1 个项目的申报；原因：批复有误。"
        )
    ]
    report(season, tree[OWN], {"P0001": 280, "P0002": 0})


def test_what_was_built_on_it_is_listed(season, tree, hospital_clerk, county_reviewer, client_of):
    change = asked(hospital_clerk, tree[OWN], CLOSE)
    decided(county_reviewer, change)
    report(season, tree[OTHER], {"P0001": 280, "P0002": 0})
    act(Action.APPROVE, county_reviewer, make.filing_of(season, tree[OTHER]))
    act(Action.SUBMIT, county_reviewer, make.filing_of(season, tree["420106"]))

    with pytest.raises(ChangeRefused, match="上级已经提交，请先退回"):
        undone(county_reviewer, change)
    page = client_of(county_reviewer).get(f"/organizations/changes/{change.pk}/")
    assert "上级已经提交，请先退回" in page.content.decode()


def test_nobody_opens_a_supplement_for_a_unit_that_is_gone(
    season, tree, hospital_clerk, county_reviewer, province_officer
):
    decided(county_reviewer, asked(hospital_clerk, tree[OWN], CLOSE))

    with pytest.raises(Exception, match="不能补报"):
        act(Action.SUPPLEMENT, province_officer, make.filing_of(season, tree[OWN]), reason="断网")


def test_who_decides_stands_over_both(tree, hospital_clerk, county_reviewer, city_reviewer):
    near = tree["H42010000001"]
    change = asked(hospital_clerk, tree[OWN], MERGE, successor=near.code)
    assert change.office == tree["420100"].path

    with pytest.raises(ChangeRefused, match="由上级医保部门办理"):
        decided(county_reviewer, change)
    decided(city_reviewer, change)

    assert fresh(tree[OWN]).merged_into_id == near.pk


@pytest.mark.parametrize(
    ("successor", "said"),
    [("H14010500001", "本省没有编码"), (OWN, "不能并入自己"), ("H99", "本省没有编码")],
)
def test_only_a_living_unit_of_the_province_takes_over(tree, hospital_clerk, successor, said):
    with pytest.raises(UnitRefused, match=said):
        asked(hospital_clerk, tree[OWN], MERGE, successor=successor)


def test_one_request_waits_at_a_time_and_may_be_withdrawn(tree, hospital_clerk):
    change = asked(hospital_clerk, tree[OWN], CLOSE)
    with pytest.raises(ChangeRefused, match="已有一项变更申请"):
        asked(hospital_clerk, tree[OWN], RENAME, name="新名")

    with enter(scope_of(hospital_clerk)):
        withdraw_change(by=Actor.of(hospital_clerk), change_id=change.pk)

    assert asked(hospital_clerk, tree[OWN], RENAME, name="新名").outcome == ""


def test_it_is_decided_as_it_was_shown(season, tree, hospital_clerk, county_reviewer):
    change = asked(hospital_clerk, tree[OWN], CLOSE)
    with enter(scope_of(county_reviewer)):
        seen = preview_of(UnitChange.objects.with_units().get(pk=change.pk)).stamp
    report(season, tree[OWN], {"P0001": 280, "P0002": 0})

    with pytest.raises(ChangeRefused, match="有变化，没有办理"):
        decided(county_reviewer, change, seen=seen)

    assert fresh(tree[OWN]).is_active


def test_the_preview_takes_the_same_whatever_the_number_of_rounds(
    season, tree, hospital_clerk, county_reviewer, alliance_officer
):
    change = asked(hospital_clerk, tree[OWN], MERGE, successor=OTHER)

    def statements() -> int:
        with enter(scope_of(county_reviewer)), CaptureQueriesContext(connection) as ran:
            preview_of(UnitChange.objects.with_units().get(pk=change.pk))
        return len(ran)

    before = statements()
    for number in range(3):
        more = make.demand_project(
            [tree[OWN], tree[OTHER]], items=1, chain=CHAIN, code=f"M{number}"
        )
        make.published(more, alliance_officer)
    assert statements() == before


def test_disabling_by_hand_settles_and_enabling_opens_again(
    season, tree, province_officer, client_of
):
    client, unit = client_of(province_officer), tree[OWN]
    url = f"/organizations/{unit.pk}/disable/"
    page = client.get(url).content.decode()
    assert "不再等待" in page

    client.post(url, {"seen": _seen(page)})
    assert fresh(make.filing_of(season, unit)).status == "lapsed"
    assert not fresh(unit).is_active
    assert lines("禁用机构") == [f"禁用了 武昌区人民医院（{OWN}）；结清 1 个项目的未上报申报。"]

    client.post(f"/organizations/{unit.pk}/enable/")
    assert fresh(unit).is_active
    assert fresh(make.filing_of(season, unit)).status == "draft"


def _seen(page: str) -> str:
    return page.partition('name="seen" value="')[2].partition('"')[0]


def test_what_merged_counts_with_its_successors_history(
    tree, hospital_clerk, county_reviewer, alliance_officer
):
    units = [tree[OWN], tree[OTHER]]
    source = make.demand_project(
        units, items=2, code="LS", kind="history", chain=CHAIN, baseline_years=[make.YEAR]
    )
    make.published(source, alliance_officer)
    for unit, bought in zip(units, (1_000, 234), strict=True):
        report(source, unit, {"P0001": bought, "P0002": 5})
        act(Action.APPROVE, county_reviewer, make.filing_of(source, unit))
    decided(county_reviewer, asked(hospital_clerk, tree[OWN], MERGE, successor=OTHER))

    after = make.demand_project(
        [tree[OTHER]], items=2, code="BL2", chain=CHAIN, history_project=source
    )
    make.published(after, alliance_officer)

    with whole_country(reason="test"):
        rows = PurchaseHistory.objects.filter(project=after).order_by("item__position")
        assert list(rows.values_list("organization", "quantity")) == [
            (tree[OTHER].pk, 1_234),
            (tree[OTHER].pk, 10),
        ]


def test_the_last_batch_of_what_merged_counts_with_the_successors(
    tree, hospital_clerk, county_reviewer, alliance_officer
):
    units = [tree[OWN], tree[OTHER]]
    earlier = make.published(make.demand_project(units, items=1, chain=CHAIN), alliance_officer)
    for unit, quantity in zip(units, (280, 56), strict=True):
        report(earlier, unit, {"P0001": quantity})
        act(Action.APPROVE, county_reviewer, make.filing_of(earlier, unit))
    decided(county_reviewer, asked(hospital_clerk, tree[OWN], MERGE, successor=OTHER))
    after = make.demand_project([tree[OTHER]], items=1, code="BL2", chain=CHAIN)
    make.published(after, alliance_officer)

    filing, items = make.filing_of(after, tree[OTHER]), list(make.items_of(after).values())
    with enter(scope_of(clerk_of(tree[OTHER]))):
        assert last_batch(after, filing, items) == {items[0].pk: 336}
