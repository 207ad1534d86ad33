"""代为填报 by Excel: the province's rows, the institutions' own rules, marked as the province's (S2-07, S2-10)."""

import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.projects.models import ProvinceSettings, ReportingMode
from apps.reporting.domain.maintenance.acts import maintain_lines
from apps.reporting.domain.refusals import NotMaintained, UnknownItem
from apps.reporting.domain.sheet.saving import Entry, save_lines
from apps.reporting.models import DemandLine, PackMark
from apps.review.domain.performing import perform
from apps.review.domain.refusals import FilingIncomplete, NotEditable
from apps.review.models.statuses import Action, Status
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.allocation.reading import rows_of, text_of
from tests.factories_review import put
from tests.reporting.uploads import book, uploaded

pytestmark = pytest.mark.django_db

HOSPITAL, CITY_HOSPITAL, STRANGER = "H42010600001", "H42010000001", "H14010500001"
TITLES = [
    "机构编码", "机构名称", "品规编号", "品种名称", "规格", "最小制剂单位", "2025 年采购量",
    "预采购量", "增幅降幅说明",
]  # fmt: skip
SHEET = "代填采购需求"


@pytest.fixture
def project(tree, alliance_officer):
    """Hubei fills in for its two institutions; Shanxi's reports itself."""
    units = [tree[code] for code in (HOSPITAL, CITY_HOSPITAL, STRANGER)]
    project = make.demand_project(units, code="DT", items=2, chain=["county", "city", "province"])
    hubei = tree["42"]
    with whole_country(reason="test"):
        ProvinceSettings.objects.create(
            project=project,
            province=hubei,
            path=hubei.path,
            chain=["province"],
            mode=ReportingMode.MAINTAINED,
        )
    make.bought(project, tree[HOSPITAL], {"P0001": 2_800})
    return make.published(project, alliance_officer)


@pytest.fixture
def province(client_of, province_officer):
    return client_of(province_officer)


def url(name):
    return reverse(f"reporting:{name}", args=["DT"])


def upload(client, *rows):
    """Rows of code, name, item, quantity and words; what is locked in the template is left empty."""
    whole = [[*row[:3], *[None] * 4, *row[3:]] for row in rows]
    return uploaded(client, url("maintenance_import"), book(SHEET, TITLES, *whole))


def imported(client, *rows):
    _, address = upload(client, *rows)
    return client.post(address, follow=True)


def line(project, tree, unit, code):
    return make.line_of(project, tree[unit], code)


@pytest.mark.covers("S2-07")
def test_a_province_fills_in_for_many_institutions_with_one_file(project, province, tree):
    done = imported(
        province,
        [HOSPITAL, "武昌区人民医院", "P0001", 1_000, "业务量下降：病区合并"],
        [CITY_HOSPITAL, None, "P0002", 0, None],
    )

    assert "导入成功" in text_of(done)
    first, second = (
        line(project, tree, HOSPITAL, "P0001"),
        line(project, tree, CITY_HOSPITAL, "P0002"),
    )
    assert (first.planned, first.reason, first.explanation) == (1_000, "decline", "病区合并")
    assert (second.planned, second.is_saved, first.is_saved) == (0, True, True)
    with whole_country(reason="test"):
        entries = LogEntry.objects.filter(verb="代填").order_by("path")
        told = {(entry.path, entry.on_behalf_of, entry.organization_name) for entry in entries}
    hospitals = (tree[HOSPITAL], tree[CITY_HOSPITAL])
    assert told == {(unit.path, unit.name, tree["42"].name) for unit in hospitals}


def test_the_same_file_again_changes_nothing_and_blank_is_not_zero(project, province, tree):
    row = [HOSPITAL, None, "P0001", 1_000, "政策调整"]
    imported(province, row)

    again, _ = upload(province, row)
    blank, address = upload(province, [HOSPITAL, None, "P0001", None, None])
    less, _ = upload(province, [HOSPITAL, None, "P0001", 900, None])

    assert less.change_columns == [["代填采购需求", "预采购量", 1]]
    assert again.counts == {"new": 0, "changed": 0, "unchanged": 1, "wrong": 0}
    assert blank.counts["unchanged"] == 1
    province.post(address)
    assert line(project, tree, HOSPITAL, "P0001").planned == 1_000
    assert line(project, tree, HOSPITAL, "P0002") is None


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ([STRANGER, None, "P0001", 1, None], "机构编码", "不是由省医保代为填报"),
        (["H42020200001", None, "P0001", 1, None], "机构编码", "不是由省医保代为填报"),
        (
            [HOSPITAL, "别的医院", "P0001", 1, None],
            "机构名称",
            "该编码登记的机构是“武昌区人民医院”",
        ),
        ([HOSPITAL, None, "X", 1, None], "品规编号", "不在本项目的目录里"),
        ([HOSPITAL, None, "P0001", -1, None], "预采购量", "不能小于 0"),
        ([HOSPITAL, None, "P0001", 1.5, None], "预采购量", "整数"),
    ],
)
def test_one_wrong_row_keeps_the_whole_file_out(project, province, tree, row, column, words):
    found, address = upload(province, [HOSPITAL, None, "P0002", 5, None], row)

    (problem,) = found.problems
    assert problem[:3] == [SHEET, 3, column]
    assert words in problem[3]
    province.post(address)
    assert line(project, tree, HOSPITAL, "P0002") is None


def test_boxes_typed_as_tablets_are_marked(project, province, tree):
    found, address = upload(province, [HOSPITAL, None, "P0001", 100, None])
    assert "1 行疑似把盒当成片" in found.notes[0]
    province.post(address)
    assert line(project, tree, HOSPITAL, "P0001").pack_mark == PackMark.SUSPECT


@pytest.mark.covers("S2-07")
def test_what_is_filled_in_is_reported_for_and_stands_still(
    project, province, tree, province_officer
):
    """代报 asks for what the institution's own report asks for."""
    filing, by = make.filing_of(project, tree[HOSPITAL]), Actor.of(province_officer)
    imported(province, [HOSPITAL, None, "P0001", 1_000, None], [HOSPITAL, None, "P0002", 0, None])
    with whole_country(reason="test"), pytest.raises(FilingIncomplete):
        perform([filing], Action.REPORT_FOR, by=by)

    imported(province, [HOSPITAL, None, "P0001", None, "业务量下降"])
    assert "可以代报" in text_of(province.get(url("maintenance_list")))
    with whole_country(reason="test"):
        perform([filing], Action.REPORT_FOR, by=by)
        assert LogEntry.objects.filter(verb="代报", path=filing.path).exists()

    found, _ = upload(province, [HOSPITAL, None, "P0001", 900, None])
    assert "“武昌区人民医院”当前为“" in found.problems[0][3]
    item = make.items_of(project)["P0001"].pk
    with whole_country(reason="test"), pytest.raises(NotEditable, match="武昌区人民医院"):
        maintain_lines(project=project, entries={filing.pk: [Entry(item, 900)]}, by=by)
    assert line(project, tree, HOSPITAL, "P0001").planned == 1_000


@pytest.mark.usefixtures("country")
def test_nobody_else_fills_in(
    project, tree, hospital_clerk, neighbour_officer, alliance_officer, province_officer
):
    filing, item = make.filing_of(project, tree[HOSPITAL]), make.items_of(project)["P0001"].pk
    given = {"project": project, "entries": {filing.pk: [Entry(item, 1)]}}

    for stranger in (neighbour_officer, alliance_officer, hospital_clerk):
        with pytest.raises(NotMaintained):
            maintain_lines(by=Actor.of(stranger), **given)
    with pytest.raises(NotEditable, match="由省医保代为填报"):
        save_lines(
            filing=filing, project=project, entries=[Entry(item, 1)], by=Actor.of(hospital_clerk)
        )
    own = make.filing_of(project, tree[STRANGER])
    with pytest.raises(NotMaintained, match="自行填报"):
        maintain_lines(
            project=project, entries={own.pk: [Entry(item, 1)]}, by=Actor.of(neighbour_officer)
        )
    other = make.demand_project([tree[HOSPITAL]], code="OTHER")
    with pytest.raises(UnknownItem):
        maintain_lines(
            project=project,
            entries={filing.pk: [Entry(make.items_of(other)["P0001"].pk, 1)]},
            by=Actor.of(province_officer),
        )
    assert not DemandLine.objects.exists()


@pytest.mark.usefixtures("country")
def test_many_filings_cost_as_many_statements_as_one(project, tree, province_officer):
    filings = [make.filing_of(project, tree[code]) for code in (HOSPITAL, CITY_HOSPITAL)]
    items = [item.pk for item in make.items_of(project).values()]

    def statements(*chosen, quantity):
        entries = {filing.pk: [Entry(item, quantity) for item in items] for filing in chosen}
        with CaptureQueriesContext(connection) as queries:
            maintain_lines(project=project, entries=entries, by=Actor.of(province_officer))
        return [query["sql"] for query in queries if "SAVEPOINT" not in str(query["sql"])]

    one, two = statements(filings[0], quantity=1), statements(*filings, quantity=2)

    assert len(one) == len(two)
    assert DemandLine.objects.filter(planned=2).count() == 4


def test_the_template_holds_every_institution_and_item(project, province, tree):
    imported(province, [HOSPITAL, None, "P0002", 7, "首次采购该品规"])

    response = province.get(f"{url('maintenance_import')}?template")

    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content)))[SHEET]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    found = {(row[0], row[2]): row[6:9] for row in rows if row[0] in (HOSPITAL, CITY_HOSPITAL)}
    assert len(found) == 4
    assert found[HOSPITAL, "P0001"] == [2_800, None, None]
    assert found[HOSPITAL, "P0002"] == [0, 7, "首次采购该品规"]


def test_the_page_says_how_far_each_institution_is(project, province, tree, client_of,
                                                   neighbour_officer):  # fmt: skip
    imported(province, [HOSPITAL, None, "P0001", 2_800, None])
    put(Status.APPROVED, make.filing_of(project, tree[CITY_HOSPITAL]))

    begun = rows_of(province.get(url("maintenance_list"), {"state": "begun"}))
    reported = rows_of(province.get(url("maintenance_list"), {"state": "reported"}))

    assert [row[0] for row in begun] == ["武昌区人民医院"]
    assert begun[0][-3:] == ["1 / 2", "未填 1", "填报 武昌区人民医院"]
    assert reported[0][-2] == "—"
    assert rows_of(client_of(neighbour_officer).get(url("maintenance_list"))) in ([], [[]])
