"""The rules page, competition units, and the Excel way of coefficients and winning results."""

import io
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from openpyxl import Workbook

from apps.accounts.models import User
from apps.projects.models import WinningProduct
from apps.scope.context import whole_country
from apps.volumes.models import (
    CascadeRow,
    Conversion,
    RatioRow,
    UnitRule,
    VolumeRules,
)
from tests import factories_demand as make
from tests.cast import Tree
from tests.factories import EnterpriseFactory
from tests.pages import shown, tags
from tests.volumes import rounds
from tests.volumes.conftest import Stage

ClientOf = Callable[[User], Client]


def fields_of(page: bytes) -> dict[str, str]:
    """What the rules form would send unchanged."""
    shown = page.decode()
    fields = {tag["name"]: tag.get("value", "") for tag in tags(shown, "input") if "name" in tag}
    chosen = {"rule": "r1", "rounding": "down", "sharing": "primary", "unselected": "pending"}
    return fields | chosen


def workbook(sheets: Mapping[str, list[list[Any]]]) -> SimpleUploadedFile:
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return SimpleUploadedFile("导入.xlsx", file.getvalue())


def imported(client: Client, url: str, sheets: Mapping[str, list[list[Any]]]) -> str:
    """Upload and apply; returns the page that shows the outcome of the check."""
    outcome = client.post(url, {"file": workbook(sheets)}, follow=True)
    page = outcome.content.decode()
    client.post(outcome.request["PATH_INFO"] + "?" + outcome.request["QUERY_STRING"])
    return page


def test_the_published_tables_are_shown_and_saved_as_data(
    stage: Stage, client_of: ClientOf
) -> None:
    client, url = client_of(stage.officer), stage.url("agreed/rules/")
    fields = fields_of(client.get(url).content)

    saved = client.post(
        url, fields | {"ratio-3-last": "5", "ratio-4-first": "6", "ratio-4-normal": "85",
                       "ratio-4-antibiotic": "75", "ratio-4-strict": "50", "cascade-1-shares": "65"}
    )  # fmt: skip

    assert saved.status_code == 302
    with whole_country(reason="test"):
        ratios = RatioRow.objects.order_by("first").values_list("first", "last", "normal", "strict")
        shown = [
            (first, last, float(normal), float(strict)) for first, last, normal, strict in ratios
        ]
        cascades = dict(CascadeRow.objects.values_list("winners", "shares"))
    assert shown == [
        (1, 1, 0.5, 0.3), (2, 2, 0.6, 0.4), (3, 3, 0.7, 0.5), (4, 5, 0.8, 0.5), (6, None, 0.85, 0.5),
    ]  # fmt: skip
    assert cascades[2] == [Decimal("0.65")]
    assert cascades[3] == [Decimal("0.6"), Decimal("0.6")]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ratio-1-first": "1"}, "重叠"),
        ({"ratio-0-normal": "150"}, "0 到 100 之间"),
        ({"ratio-0-normal": "0.5"}, "若指 50%，请填 50"),
        ({"cascade-0-winners": "9"}, "连续填写"),
        ({"cascade-1-shares": "六成"}, "用顿号隔开"),
        ({"linear_transfer": "10"}, "低于 0"),
        ({"group_ratio": "800"}, "0 到 100 之间"),
        ({"cascade-1-shares": "0.6"}, "六成填 60"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(
    change: dict[str, str], sentence: str, stage: Stage, client_of: ClientOf
) -> None:
    client, url = client_of(stage.officer), stage.url("agreed/rules/")
    fields = fields_of(client.get(url).content)

    refused = client.post(url, fields | change)

    assert refused.status_code == 422
    assert sentence in refused.content.decode()
    with whole_country(reason="test"):
        assert not VolumeRules.objects.exists()
        assert not RatioRow.objects.exists()


def test_the_database_refuses_what_a_form_would(tree: Tree, alliance_officer: User) -> None:
    units = {"A": "甲单元", "B": "甲单元", "C": "甲单元", "D": "甲单元", "E": "乙单元"}
    project = rounds.approved_round({tree["H42010600001"]: {"A": 1}}, alliance_officer, units=units)
    with whole_country(reason="test"):
        items = make.items_of(project)
        RatioRow.objects.create(project=project, first=1, last=3)
        Conversion.objects.create(project=project, item=items["A"], main=items["B"], coefficient=2)
        for wrong in (
            RatioRow(project=project, first=3, last=None),
            RatioRow(project=project, first=9, last=8),
            CascadeRow(project=project, winners=2, shares=[Decimal("1.5")]),
            CascadeRow(project=project, winners=2, shares=[]),
            Conversion(project=project, item=items["B"], main=items["C"], coefficient=2),
            Conversion(project=project, item=items["C"], main=items["C"], coefficient=2),
            Conversion(project=project, item=items["D"], main=items["A"], coefficient=1),
            Conversion(project=project, item=items["E"], main=items["B"], coefficient=1),
            UnitRule(project=project, competition_unit="甲单元", linear_minimum=48),
            VolumeRules(project=project, group_ratio=2),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                wrong.save(force_insert=True)


def test_competition_units_are_set_one_by_one(stage: Stage, client_of: ClientOf) -> None:
    client, url = client_of(stage.officer), stage.url("agreed/units/")
    page = client.get(url).content.decode()
    fields = {tag["name"]: tag.get("value", "") for tag in tags(page, "input") if "name" in tag}
    chosen = {"unit-0-rule": "", "unit-1-rule": "r2", "unit-2-rule": "r4", "unit-3-rule": "r6"}
    chosen |= {f"unit-{at}-ratio_class": "normal" for at in range(4)}

    client.post(url, fields | chosen | {"unit-0-winners": "4", "unit-0-ratio_class": "strict"})

    with whole_country(reason="test"):
        rule = UnitRule.objects.get(competition_unit="甲单元")
        assert (rule.winners, rule.ratio_class, rule.rule) == (4, "strict", "")
        assert UnitRule.objects.get(competition_unit="乙单元").rule == "r2"


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([["A", "", "", "B", 0.5], ["B", "", "", "C", 2]], "不能再折算"),
        ([["A", "", "", "B", 0.5]], "品种不同（测试片甲单元、测试片乙单元），不能折算"),
        ([["A", "别的片", "", "", 1]], "目录中“A”是“测试片甲单元”"),
        ([["A", "", "10mg", "", 1]], "目录中“A”是“5mg×28片”"),
        ([["A", "", "", "", 2]], "主规格自身的折算系数必须是 1"),
        ([["X", "", "", "A", 2]], "不在本项目的目录里"),
    ],
)
def test_coefficients_come_from_excel(
    stage: Stage, client_of: ClientOf, rows: list[list[Any]], sentence: str
) -> None:
    client, url = client_of(stage.officer), stage.url("base/conversions/")
    head = ["品规编号", "品种名称", "规格", "主规格品规编号", "折算系数"]

    wrong = imported(client, url, {"折算系数": [head, *rows]})
    with whole_country(reason="test"):
        nothing = Conversion.objects.count()

    assert sentence in wrong
    assert nothing == 0


def test_coefficients_are_written_once_they_are_right(
    tree: Tree, alliance_officer: User, client_of: ClientOf
) -> None:
    units = {"A": "甲单元", "B": "甲单元"}
    project = rounds.approved_round({tree["H42010600001"]: {"A": 1}}, alliance_officer, units=units)
    head = ["品规编号", "品种名称", "规格", "主规格品规编号", "折算系数"]

    imported(
        client_of(alliance_officer),
        f"/analysis/{project.code}/base/conversions/",
        {"折算系数": [head, ["A", "测试片甲单元", "", "B", 0.5], ["B", "", "", "", 1]]},
    )

    with whole_country(reason="test"):
        rows = Conversion.objects.order_by("item__item_code")
        found = list(rows.values_list("item__item_code", "main__item_code", "coefficient"))
    assert found == [("A", "B", Decimal("0.5"))]


def test_winning_results_come_from_excel(stage: Stage, client_of: ClientOf) -> None:
    client, url = client_of(stage.officer), stage.url("agreed/results/")
    with whole_country(reason="test"):
        known, fresh = rounds.enterprise("甲厂").uscc, EnterpriseFactory.build(name="戊厂").uscc
    results = [
        ["品规编号", "统一社会信用代码", "中选企业", "名次", "降幅"],
        ["A", known, "甲厂", 1, "52%"],
        ["A", fresh, "戊厂", 2, 41.35],
    ]
    units = [["竞争单元", "计算规则", "品种类别", "中选企业数"], ["甲单元", "", "抗菌药物等", None]]

    wrong = imported(
        client, url, {"中选结果": [*results, ["X", known, "甲厂", 1, 1]], "竞争单元": units}
    )
    client.post(stage.url("agreed/results/clear/"), shown(client, stage.url("agreed/units/")))
    imported(client, url, {"中选结果": results, "竞争单元": units})

    assert "品规编号“X”不在目录里" in wrong
    with whole_country(reason="test"):
        rows = WinningProduct.objects.with_terms().order_by("rank")
        found = list(rows.values_list("item__item_code", "enterprise__name", "rank", "cut"))
        assert UnitRule.objects.get(competition_unit="甲单元").ratio_class == "antibiotic"
    assert found == [("A", "甲厂", 1, Decimal(52)), ("A", "戊厂", 2, Decimal("41.35"))]


def test_clearing_takes_the_results_that_the_page_told_of(
    stage: Stage, client_of: ClientOf
) -> None:
    client, url = client_of(stage.officer), stage.url("agreed/results/clear/")
    seen = shown(client, stage.url("agreed/units/"))
    with whole_country(reason="test"):
        gone = WinningProduct.objects.filter(project=stage.project).earliest("pk")
        rounds.won(stage.project, (gone.item.item_code, "新厂", "50", 9))
        gone.delete()
        left = WinningProduct.objects.filter(project=stage.project).count()

    for stamp in (seen, {}):
        told = client.post(url, stamp, follow=True).content.decode()
        assert "您打开页面之后，符合条件的记录" in told

    with whole_country(reason="test"):
        assert WinningProduct.objects.filter(project=stage.project).count() == left


def test_rules_are_refused_once_volumes_are_published(stage: Stage, client_of: ClientOf) -> None:
    client, url = client_of(stage.officer), stage.url("agreed/rules/")
    fields = fields_of(client.get(url).content)
    rounds.published_base(stage.project, stage.officer)
    rounds.published_agreed(stage.project, stage.officer)

    refused = client.post(url, fields)

    assert "先撤销发布" in refused.content.decode()
    with whole_country(reason="test"):
        assert not VolumeRules.objects.exists()
