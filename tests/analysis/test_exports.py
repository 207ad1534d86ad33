"""The workbook is the page: the same lines, order and figures, all of them, and nothing that a program evaluates."""

import io
from decimal import Decimal

import pytest

from apps.accounts.domain.actors import Actor
from apps.analysis.files.workbooks import PIVOT_EXPORT
from apps.audit.models import LogEntry
from apps.exchange.domain import exports
from apps.jobs.models import Job
from apps.review.models import Filing
from apps.scope.context import whole_country
from tests.analysis.reading import table_of
from tests.exported import opened_export
from tests.pages import tags

pytestmark = pytest.mark.django_db
MEASURES = ["quantity", "previous", "change", "institutions", "amount"]
VIEWS = [
    {"rows": "province", "columns": "variety", "measures": MEASURES, "sort": "-amount"},
    {"rows": "item", "subtotals": "1", "measures": MEASURES, "sort": "-quantity"},
    {
        "rows": "county",
        "columns": "group",
        "manufacturer": "甲制药",
        "measures": ["amount", "change"],
    },
    {"rows": "status", "measures": ["institutions", "quantity"], "item": "P0001"},
]


def sheet_of(response, title="多维度查看"):
    return opened_export(io.BytesIO(response.getvalue()))[title]


def exact(number):
    return f"{Decimal(number).normalize():f}"


def as_shown(value):
    """A cell of the workbook as the page writes it, without thousands separators and percent signs."""
    if value is None or isinstance(value, str):
        return value or ""
    return exact(str(value))


def plain(text):
    """A cell of the page in the same way; what can't be added up is an empty cell."""
    bare = text.replace(",", "").removesuffix("%").removeprefix("+")
    if bare in {"", "—"}:
        return ""
    return text if text == "新增" else exact(bare)


@pytest.mark.covers("S2-08")
@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view["rows"])
def test_the_workbook_equals_the_page_cell_by_cell(view, round_, page_of, alliance_officer):
    page = page_of(alliance_officer, per_page=100, **view).content.decode()

    rows = list(sheet_of(page_of(alliance_officer, "export/", **view)).iter_rows(values_only=True))

    start = next(at for at, row in enumerate(rows) if row[1] is not None) + 1
    named = view["rows"] == "item"
    found = [
        [f"{row[0]}{row[1] or ''}".replace(" ", ""), *map(as_shown, row[2:])]
        if named
        else [row[0].replace(" ", ""), *map(as_shown, row[1:])]
        for row in rows[start:]
    ]
    expected = [[cells[0], *map(plain, cells[1:])] for cells in table_of(page)]
    assert found == expected
    assert len(found) > 2


def test_filters_stand_above_the_titles_and_no_cell_is_a_formula(round_, page_of, alliance_officer):
    sheet = sheet_of(
        page_of(
            alliance_officer, "export/", rows="variety", columns="province", province=["42", "14"]
        )
    )

    notes = [row[0].value for row in sheet.iter_rows(max_row=4)]
    assert notes[0].startswith("项目：BL 测试药品报量 · 国家组织药品联合采购办公室 · 数据截至 ")
    assert notes[1:3] == ["筛选：省份：湖北、山西", "行：品种；列：省份"]
    labels = {row[0].value: row[0] for row in sheet.iter_rows()}
    assert labels["=SUM(A1)胶囊"].data_type == "s"
    assert labels["=SUM(A1)胶囊"].quotePrefix
    across = sheet_of(page_of(alliance_officer, "export/", rows="province", columns="variety"))
    titles = [cell.value for cell in next(across.iter_rows(min_row=4, max_row=4)) if cell.value]
    assert all(
        cell.data_type == "s" for row in across.iter_rows(max_row=4) for cell in row if cell.value
    )
    assert not [title for title in titles if title.startswith("=")]


def test_a_long_one_is_written_in_the_background(
    round_, page_of, alliance_officer, monkeypatch, tmp_path
):
    monkeypatch.setattr(exports, "AT_ONCE", 1)

    answer = page_of(alliance_officer, "export/", rows="province", columns="variety")

    with whole_country(reason="test"):
        job = Job.objects.get()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    assert job.title == "导出多维度查看"


def test_an_export_is_logged_with_its_project(round_, page_of, city_reviewer):
    page_of(city_reviewer, "export/").getvalue()

    with whole_country(reason="test"):
        entry = LogEntry.objects.get(verb="导出")
    assert (entry.project_code, entry.path) == ("BL", city_reviewer.path)


def test_what_can_not_be_answered_leads_back_to_the_page(round_, page_of, alliance_officer):
    answer = page_of(alliance_officer, "export/", rows="weather")

    assert answer["Location"] == "/analysis/BL/?rows=weather"


@pytest.mark.covers("S2-08")
def test_the_institutions_of_a_figure_are_exported_as_listed(round_, page_of, alliance_officer):
    params = {"rows": "county", "variety": "阿司匹林片", "province": "42", "sort": "-quantity"}
    listed = page_of(alliance_officer, "institutions/", **params)

    rows = list(
        sheet_of(page_of(alliance_officer, "institutions/export/", **params), "医疗机构").iter_rows(
            values_only=True
        )
    )

    names = [row.record.organization.name for row in listed.context["table"].paginated_rows]
    start = next(at for at, row in enumerate(rows) if row[0] == "医疗机构") + 1
    assert [row[0] for row in rows[start:]] == names
    assert rows[start][5] == 5_600
    links = [link["href"] for link in tags(listed.content.decode(), "a") if link.words in names]
    assert all(link.startswith("/review/BL/filings/") for link in links)


def test_rows_outside_the_scope_are_not_exported(round_, city_reviewer, scope_of_user, country):
    """The job runs in the owner's scope, whatever filing its arguments name."""
    root = Filing.objects.get(project=round_.project, parent__isnull=True)
    with scope_of_user(city_reviewer), pytest.raises(Filing.DoesNotExist):
        exports.write_export(
            PIVOT_EXPORT,
            io.BytesIO(),
            by=Actor.of(city_reviewer),
            context=PIVOT_EXPORT.prepare({"own_id": root.pk, "query": ""}),
        )
