"""The workbook of catalogue and winning results: every wrong cell is named, all or nothing, twice is once."""

from decimal import Decimal

import pytest

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.exchange.files.templates import write_template
from apps.organizations.domain.uscc import check_character
from apps.organizations.models import Enterprise
from apps.projects.domain.catalogue.acts import remove_items, save_catalogue
from apps.projects.domain.refusals import NotAllowed, ProjectFrozen
from apps.projects.files.catalogue_check import CatalogueCheck
from apps.projects.files.columns import CATALOGUE, ITEMS, WINNERS
from apps.projects.files.workbooks import catalogue_records
from apps.projects.models import CatalogItem, Phase, WinningProduct, WinningTerms
from tests.factories_projects import CatalogItemFactory, ProjectFactory, ready_project, walk_to
from tests.projects.workbook_files import ITEM, WINNER, reading, told

pytestmark = pytest.mark.usefixtures("db", "country", "tree")

FIRST = "91420100MA4K00001"
USCC = FIRST + check_character(FIRST)
GOOD_WINNER = WINNER | {"统一社会信用代码": USCC}


def imported(project, officer, rows):
    outcome = CatalogueCheck(project).run(reading(CATALOGUE, rows))
    assert outcome.problems == []
    save_catalogue(project=project, outcome=outcome, by=Actor.of(officer))
    return outcome


def checked(project, rows):
    read = reading(CATALOGUE, rows)
    return told(read, CatalogueCheck(project).run(read))


@pytest.mark.covers("S0-03")
def test_import_writes_items_winners_terms_and_supplies(alliance_officer, tree):
    project = ProjectFactory()
    rows = {ITEMS: [ITEM, ITEM | {"品规编号": "ZCY002"}], WINNERS: [GOOD_WINNER]}

    imported(project, alliance_officer, rows)

    items = CatalogItem.objects.filter(project=project).order_by("position")
    assert list(items.values_list("item_code", "position", "pinyin")) == [
        ("ZCY001", 1, "ffdsp"),
        ("ZCY002", 2, "ffdsp"),
    ]
    product = WinningProduct.objects.with_terms().get(project=project)
    assert (product.item.item_code, product.enterprise.uscc, product.capacity) == (
        "ZCY001",
        USCC,
        1_000_000,
    )
    assert (product.price, product.pack, product.daily_usage, product.cut) == (
        Decimal("28.8"),
        36,
        9,
        52,
    )
    assert {supply.province for supply in product.supplies.all()} == {tree["42"], tree["14"]}
    assert product.supplied == "山西、湖北"
    assert "目录 2 个品规、中选结果 1 个产品" in LogEntry.objects.get().sentence


def test_same_file_again_changes_nothing(alliance_officer):
    project = ProjectFactory()
    rows = {
        ITEMS: [ITEM | {"品规编号": f"Z{n}"} for n in range(3)],
        WINNERS: [
            GOOD_WINNER | {"品规编号": "Z1"},
            GOOD_WINNER | {"品规编号": "Z2", "供应省": None},
        ],
    }
    imported(project, alliance_officer, rows)

    again = CatalogueCheck(project).run(reading(CATALOGUE, rows))

    assert (len(again.new), len(again.changed), len(again.unchanged)) == (0, 0, 5)


def test_export_imported_again_changes_nothing(alliance_officer):
    project = ProjectFactory()
    imported(project, alliance_officer, {ITEMS: [ITEM], WINNERS: [GOOD_WINNER]})

    records = {title: list(rows) for title, rows in catalogue_records(project).items()}
    titled = {
        title: [
            {sheet.column(key).title: value for key, value in record.items()} for record in rows
        ]
        for title, rows in records.items()
        if (sheet := CATALOGUE.sheet(title))
    }
    again = CatalogueCheck(project).run(reading(CATALOGUE, titled))

    assert len(again.unchanged) == 2
    assert write_template(CATALOGUE, records).startswith(b"PK")


def test_changed_terms_are_a_new_version_and_the_rest_stays(alliance_officer):
    project = ProjectFactory()
    imported(project, alliance_officer, {ITEMS: [ITEM], WINNERS: [GOOD_WINNER]})

    imported(project, alliance_officer, {WINNERS: [GOOD_WINNER | {"包装中选价": 27.5}]})
    imported(
        project, alliance_officer, {WINNERS: [GOOD_WINNER | {"包装中选价": 27.5, "最大产能": 5}]}
    )

    terms = WinningTerms.objects.filter(product__project=project).order_by("version")
    assert list(terms.values_list("version", "price")) == [
        (1, Decimal("28.8")),
        (2, Decimal("27.5")),
    ]
    assert WinningTerms.objects.current().get().version == 2
    assert WinningProduct.objects.get().capacity == 5


def test_every_changed_cell_of_the_catalogue_is_told(alliance_officer):
    project = ProjectFactory()
    imported(project, alliance_officer, {ITEMS: [ITEM]})

    changed = imported(
        project, alliance_officer, {ITEMS: [ITEM | {"序号": 9, "规格": "0.5g", "参考价": 1234.5}]}
    )

    told = [(change.about, change.column, change.old, change.new) for change in changed.changes]
    assert told == [
        ("ZCY001", "序号", "1", "9"),
        ("ZCY001", "规格", ITEM["规格"], "0.5g"),
        ("ZCY001", "参考价", "空", "1,234.5"),
    ]


def test_rows_that_the_file_leaves_out_stay(alliance_officer):
    project = ProjectFactory()
    CatalogItemFactory(project=project, item_code="OLD", position=7)

    imported(project, alliance_officer, {ITEMS: [ITEM]})

    positions = dict(CatalogItem.objects.values_list("item_code", "position"))
    assert positions == {"OLD": 7, "ZCY001": 8}


WRONG_ITEMS = {
    "no code": ({"品规编号": None}, "品规编号", "必填，不能为空"),
    "no group": ({"产品组": " "}, "产品组", "必填，不能为空"),
    "no unit": ({"竞争单元": None}, "竞争单元", "必填，不能为空"),
    "pack zero": ({"包装数量": 0}, "包装数量", "不能小于 1，现为 0"),
    "pack half": ({"包装数量": 1.5}, "包装数量", "“1.5”不是整数，请填写整数"),
    "usage missing": ({"日均使用量": None}, "日均使用量", "必填，不能为空"),
    "usage zero": ({"日均使用量": 0}, "日均使用量", "不能小于 0.0001，现为 0"),
    "usage negative": ({"日均使用量": -3}, "日均使用量", "不能小于 0.0001，现为 -3"),
    "usage words": ({"日均使用量": "三片"}, "日均使用量", "请只填写数字"),
    "too long": ({"规格": "长" * 101}, "规格", "最多 100 个字，现有 101 个字"),
}


@pytest.mark.parametrize(("change", "column", "message"), WRONG_ITEMS.values(), ids=WRONG_ITEMS)
def test_wrong_item_is_named_by_row_and_column(change, column, message):
    ((sheet, row, title, sentence),) = checked(
        ProjectFactory(), {ITEMS: [ITEM | {"品规编号": "GOOD"}, ITEM | change]}
    )

    assert (sheet, row, title) == (ITEMS, 3, column)
    assert message in sentence


WRONG_WINNERS = {
    "unknown item": ({"品规编号": "NONE"}, "品规编号", "品规编号“NONE”不在目录里"),
    "short uscc": ({"统一社会信用代码": "9142"}, "统一社会信用代码", "应为 18 位"),
    "uscc letters": (
        {"统一社会信用代码": "91420100MA4K0000IO"},
        "统一社会信用代码",
        "不会出现 I、O",
    ),
    "uscc check digit": (
        {"统一社会信用代码": "91420100MA4K000018"},
        "统一社会信用代码",
        "校验位不对",
    ),
    "price zero": ({"包装中选价": 0}, "包装中选价", "不能小于 0.0001，现为 0"),
    "price too fine": ({"包装中选价": "28.80001"}, "包装中选价", "最多 4 位小数"),
    "usage zero": ({"日均使用量": 0}, "日均使用量", "不能小于 0.0001"),
    "cut above all": ({"降幅": 120}, "降幅", "不能大于 100，现为 120"),
    "capacity negative": ({"最大产能": -1}, "最大产能", "不能小于 0，现为 -1"),
    "rank": ({"主供/备供": "候补"}, "主供/备供", "只能填：主供、备供"),
    "province": ({"供应省": "湖北、西湖"}, "供应省", "没有这样的省份：西湖"),
}


@pytest.mark.parametrize(("change", "column", "message"), WRONG_WINNERS.values(), ids=WRONG_WINNERS)
def test_wrong_winner_is_named_by_row_and_column(change, column, message):
    ((sheet, row, title, sentence),) = checked(
        ProjectFactory(), {ITEMS: [ITEM], WINNERS: [GOOD_WINNER | change]}
    )

    assert (sheet, row, title) == (WINNERS, 2, column)
    assert message in sentence


def test_every_problem_is_listed_at_once():
    rows = {
        ITEMS: [ITEM, ITEM | {"包装数量": None}],
        WINNERS: [GOOD_WINNER | {"品规编号": "NONE", "供应省": "西湖"}],
    }

    places = [(sheet, row, column) for sheet, row, column, _ in checked(ProjectFactory(), rows)]

    assert sorted(places, key=str) == [
        (WINNERS, 2, "供应省"),
        (WINNERS, 2, "品规编号"),
        (ITEMS, 3, "包装数量"),
        (ITEMS, 3, "品规编号"),
    ]


def test_enterprise_is_known_by_its_code(alliance_officer):
    registered = Enterprise.named(USCC, "江城制药股份有限公司")
    registered.save()

    ((_, row, column, sentence),) = checked(
        ProjectFactory(), {ITEMS: [ITEM], WINNERS: [GOOD_WINNER]}
    )

    assert (row, column, sentence) == (
        2,
        "中选企业",
        "该统一社会信用代码登记的企业是“江城制药股份有限公司”",
    )


def test_a_registered_enterprise_keeps_its_code_whatever_its_check_digit():
    Enterprise.named("91420100MA4K000018", GOOD_WINNER["中选企业"]).save()
    odd = GOOD_WINNER | {"统一社会信用代码": "91420100MA4K000018"}

    assert checked(ProjectFactory(), {ITEMS: [ITEM], WINNERS: [odd]}) == []


def test_two_names_for_one_code_in_a_file_are_refused():
    rows = {
        ITEMS: [ITEM, ITEM | {"品规编号": "ZCY002"}],
        WINNERS: [GOOD_WINNER, GOOD_WINNER | {"品规编号": "ZCY002", "中选企业": "另一家"}],
    }

    ((_, row, column, _),) = checked(ProjectFactory(), rows)

    assert (row, column) == (3, "中选企业")


def test_unlikely_values_are_noted_and_do_not_hinder():
    rows = {ITEMS: [ITEM], WINNERS: [GOOD_WINNER | {"最小包装数量": 24}]}

    outcome = CatalogueCheck(ProjectFactory()).run(reading(CATALOGUE, rows))

    assert outcome.problems == []
    assert outcome.notes == ["ZCY001的最小包装数量与目录的包装数量不同，请核对"]


@pytest.mark.parametrize("size", [1, 50])
def test_import_takes_constant_statements(size, alliance_officer, django_assert_max_num_queries):
    project = ProjectFactory()
    rows = {
        ITEMS: [ITEM | {"品规编号": f"Z{n}"} for n in range(size)],
        WINNERS: [GOOD_WINNER | {"品规编号": f"Z{n}"} for n in range(size)],
    }

    with django_assert_max_num_queries(30):
        imported(project, alliance_officer, rows)

    assert WinningTerms.objects.count() == size


def test_save_catalogue_refuses_a_published_project_and_a_province(
    alliance_officer, province_officer, tree
):
    project = ready_project(tree["H42010600001"])
    outcome = CatalogueCheck(project).run(reading(CATALOGUE, {ITEMS: [ITEM]}))

    with pytest.raises(NotAllowed):
        save_catalogue(project=project, outcome=outcome, by=Actor.of(province_officer))
    walk_to(project, Phase.PUBLISHED)
    with pytest.raises(ProjectFrozen):
        save_catalogue(project=project, outcome=outcome, by=Actor.of(alliance_officer))


def test_remove_items_takes_their_winning_results(alliance_officer):
    project = ProjectFactory()
    imported(project, alliance_officer, {ITEMS: [ITEM], WINNERS: [GOOD_WINNER]})

    removed = remove_items(
        project=project, items=CatalogItem.objects.all(), by=Actor.of(alliance_officer)
    )

    assert removed == 1
    assert not WinningProduct.objects.exists()


def test_results_come_in_steps_and_every_changed_value_is_told(alliance_officer):
    project = ProjectFactory()
    first = {"品规编号": "ZCY001", "统一社会信用代码": USCC, "中选企业": GOOD_WINNER["中选企业"]}
    imported(project, alliance_officer, {ITEMS: [ITEM], WINNERS: [first | {"名次": 2, "降幅": 52}]})

    later = first | {"包装中选价": 28.8, "最小包装数量": 36, "日均使用量": 9, "主供省": "湖北"}
    outcome = imported(project, alliance_officer, {WINNERS: [later | {"供应省": "湖北、山西"}]})

    product = WinningProduct.objects.with_terms().get()
    assert (product.rank, product.cut, product.price) == (2, 52, Decimal("28.8"))
    assert (product.supplied, product.primary) == ("山西、湖北", "湖北")
    told = {(change.column, change.old, change.new) for change in outcome.changes}
    assert ("包装中选价", "空", "28.8") in told
    assert ("供应省", "空", "山西、湖北") in told
    assert {column for column, _old, _new in told}.isdisjoint({"名次", "降幅"})


def test_several_enterprises_win_one_item(alliance_officer):
    project = ProjectFactory()
    other = FIRST[:-1] + "7"
    second = GOOD_WINNER | {"统一社会信用代码": other + check_character(other), "中选企业": "乙厂"}
    imported(project, alliance_officer, {ITEMS: [ITEM], WINNERS: [GOOD_WINNER]})

    outcome = imported(project, alliance_officer, {WINNERS: [second]})

    assert WinningProduct.objects.filter(item__item_code="ZCY001").count() == 2
    assert any("原有的中选企业保留" in note for note in outcome.notes)


def test_a_known_name_under_another_code_is_asked_about(alliance_officer):
    project = ProjectFactory()
    Enterprise.named(USCC, "江城制药").save()
    other = FIRST[:-1] + "7"
    row = GOOD_WINNER | {"统一社会信用代码": other + check_character(other), "中选企业": "江城制药"}

    ((_, _, column, sentence),) = checked(project, {ITEMS: [ITEM], WINNERS: [row]})
    imported(project, alliance_officer, {ITEMS: [ITEM], WINNERS: [row | {"确认为新企业": "是"}]})

    assert (column, USCC in sentence) == ("统一社会信用代码", True)
    assert Enterprise.objects.filter(name="江城制药").count() == 2


def test_primary_provinces_lie_within_those_supplied():
    row = GOOD_WINNER | {"供应省": "湖北", "主供省": "山西"}

    ((_, _, column, sentence),) = checked(ProjectFactory(), {ITEMS: [ITEM], WINNERS: [row]})

    assert (column, sentence) == ("主供省", "主供省必须在供应省之内：山西")


def test_a_check_digit_that_the_papers_contradict(alliance_officer, tree):
    project = ProjectFactory()
    odd = FIRST + ("0" if USCC[-1] != "0" else "1")
    rows = {ITEMS: [ITEM], WINNERS: [WINNER | {"统一社会信用代码": odd}]}
    assert any("证照上确是如此时" in message for *_place, message in checked(project, rows))

    imported(
        project, alliance_officer, rows | {WINNERS: [rows[WINNERS][0] | {"确认为新企业": "是"}]}
    )

    assert Enterprise.objects.filter(uscc=odd).exists()
    assert odd in LogEntry.objects.latest("pk").sentence


def test_after_publication_it_is_said_before_a_file_is_read(tree, alliance_officer, client_of):
    project = walk_to(ready_project(tree["H42010600001"]), Phase.PUBLISHED)
    client = client_of(alliance_officer)

    for page in ("catalogue", "participants"):
        url = f"/projects/{project.code}/{page}/import/"
        shown, sent = client.get(url), client.post(url, {"file": b"nothing of a workbook"})
        assert "不能再导入；目录和中选结果有误的，请在列表里逐项“更正”" in shown.content.decode()
        assert sent.status_code == 422
        assert "不能再导入" in sent.content.decode()
