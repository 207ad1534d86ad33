"""Adding, correcting and shutting units; who reports for whom."""

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.audit.models import LogEntry
from apps.organizations.domain.units import (
    Facts,
    UnitRefused,
    add_institution,
    edit_unit,
    institution_under,
    set_unit_active,
)
from apps.organizations.models import Organization, Tier
from apps.scope.context import enter, whole_country

FACTS = Facts("徐东街社区卫生服务中心", "一级", "公立", "社区卫生服务中心", "何主任", "027-1")


@pytest.fixture
def by(province_officer):
    with enter(scope_of(province_officer)):
        yield Actor.of(province_officer)


def add(by, tree, *, parent="420106", code="H42010600003", facts=FACTS, through_code=""):
    return add_institution(
        by=by, parent_id=tree[parent].pk, code=code, facts=facts, through_code=through_code
    )


@pytest.mark.parametrize("parent", ["42", "420100", "420106"])
def test_institutions_hang_under_any_bureau(by, tree, parent):
    unit = add(by, tree, parent=parent)

    assert unit.path == f"{tree[parent].path}H42010600003/"
    assert (unit.tier, unit.division_id, unit.pinyin) == (
        Tier.INSTITUTION,
        tree[parent].division_id,
        "xdjsqwsfwzx",
    )
    entry = LogEntry.objects.get()
    assert (entry.verb, entry.path) == ("新增机构", unit.path)


@pytest.mark.parametrize(
    ("wrong", "sentence", "field"),
    [
        ({"parent": "H42010600001"}, "只能直接隶属于", "parent"),
        ({"code": "H4/2"}, "机构编码为 4 至 30 位", "code"),
        ({"code": "h42010600001"}, "机构编码 H42010600001 已被使用", "code"),
        ({"code": "H14010500001"}, "机构编码 H14010500001 已被使用", "code"),
        ({"facts": Facts("武昌区人民医院")}, "已有同名机构", "name"),
        ({"through_code": "H14010500001"}, "本省没有编码为 H14010500001", "through_code"),
        ({"through_code": "420106"}, "本省没有编码为 420106", "through_code"),
        ({"through_code": "H42010600003"}, "不能由自己代报", "through_code"),
    ],
)
def test_refusals_say_why_and_write_nothing(by, tree, wrong, sentence, field):
    before = Organization.objects.count()

    with pytest.raises(UnitRefused, match=sentence) as refusal:
        add(by, tree, **wrong)

    assert refusal.value.field == field
    assert (Organization.objects.count(), LogEntry.objects.count()) == (before, 0)


def test_a_parent_of_another_province_is_not_found(by, tree):
    with pytest.raises(Organization.DoesNotExist):
        add(by, tree, parent="140105")


def test_edit_says_what_changed_and_follows_with_the_pinyin(by, tree):
    unit = add(by, tree)

    edit_unit(by=by, unit_id=unit.pk, facts=Facts("徐东医院", "二级", "公立", "综合医院"))

    unit = Organization.objects.get(pk=unit.pk)
    assert (unit.name, unit.pinyin, unit.phone) == ("徐东医院", "xdyy", "")
    sentence = LogEntry.objects.filter(verb="修改机构").get().sentence
    assert "机构名称 徐东街社区卫生服务中心 → 徐东医院" in sentence
    assert "联系电话 已更改" in sentence


def test_bureaus_keep_their_name(by, tree):
    edit_unit(
        by=by, unit_id=tree["420106"].pk, facts=Facts("别的名字", "一级", contact_name="李科长")
    )

    bureau = Organization.objects.get(code="420106")
    assert (bureau.name, bureau.grade, bureau.contact_name) == ("武昌区医疗保障局", "", "李科长")


class TestReportsThrough:
    def through(self, by, tree, code, carrier):
        unit = Organization.objects.get(code=code)
        return edit_unit(by=by, unit_id=unit.pk, facts=Facts.of(unit), through_code=carrier)

    def test_within_the_province_across_cities(self, by, tree):
        unit = self.through(by, tree, "H42010600002", "h42020200001")

        assert unit.reports_through.code == "H42020200001"

    def test_one_level_only(self, by, tree):
        self.through(by, tree, "H42010600002", "H42010600001")

        with pytest.raises(UnitRefused, match="自己由其他机构代报"):
            self.through(by, tree, "H42020200001", "H42010600002")
        with pytest.raises(UnitRefused, match="正在为其他机构代报"):
            self.through(by, tree, "H42010600001", "H42020200001")

    def test_and_back(self, by, tree):
        self.through(by, tree, "H42010600002", "H42010600001")

        assert self.through(by, tree, "H42010600002", "").reports_through is None


class TestShutting:
    def test_units_below_come_first(self, by, tree):
        with pytest.raises(UnitRefused, match="请先禁用下级单位"):
            set_unit_active(by=by, unit_id=tree["420106"].pk, active=False)

    def test_shut_and_open_are_logged_once(self, by, tree):
        unit = tree["H42010600001"]
        for active in (False, False, True):
            set_unit_active(by=by, unit_id=unit.pk, active=active)

        verbs = list(LogEntry.objects.order_by("pk").values_list("verb", flat=True))
        assert verbs == ["禁用机构", "启用机构"]


class TestDatabase:
    def test_code_and_path_never_change(self, tree, country):
        for change in ({"code": "X"}, {"path": "/0/42/420100/X/"}):
            with pytest.raises(DatabaseError), transaction.atomic():
                Organization.objects.filter(code="420106").update(**change)

    def test_path_must_end_with_the_code(self, tree, country):
        unit = institution_under(tree["420106"], "H42010600009", FACTS)
        unit.path = "/0/42/420100/"

        with pytest.raises(IntegrityError), transaction.atomic():
            unit.save()

    def test_only_the_root_has_no_parent(self, tree, country):
        with pytest.raises(IntegrityError), transaction.atomic():
            Organization.objects.filter(code="420106").update(parent=None)

    def test_the_stranger_stays_unseen(self, province_officer, neighbour_clerk):
        with enter(scope_of(province_officer)):
            assert not Organization.objects.filter(code__startswith="14").exists()
        with whole_country(reason="test"):
            assert Organization.objects.filter(code__startswith="14").exists()
