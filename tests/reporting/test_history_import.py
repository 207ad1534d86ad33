"""历史采购量 from Excel: dry run, all or nothing, who has reported, whose subtree (S2-07c)."""

import io

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.projects.models import Phase, Project
from apps.reporting.domain.purchases.acts import Purchase, import_purchases
from apps.reporting.domain.refusals import HistoryFrozen, HistoryRefused
from apps.reporting.models import PurchaseHistory
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.allocation.reading import rows_of
from tests.exported import opened_export
from tests.factories_review import put
from tests.reporting.uploads import book, uploaded

pytestmark = pytest.mark.django_db

HOSPITAL, STRANGER = "H42010600001", "H14010500001"
TITLES = ["机构编码", "机构名称", "品规编号", "2024 年采购量", "2025年"]


@pytest.fixture
def project(tree, alliance_officer):
    """Two baseline years; nothing is known yet."""
    units = [tree[HOSPITAL], tree["H42010000001"], tree[STRANGER]]
    project = make.demand_project(
        units, code="LS", chain=["county", "city", "province"], baseline_years=[2024, 2025]
    )
    return make.published(project, alliance_officer)


@pytest.fixture
def province(client_of, province_officer):
    return client_of(province_officer)


def url(name, code="LS"):
    return reverse(f"reporting:{name}", args=[code])


def upload(client, *rows):
    return uploaded(client, url("purchase_import"), book("历史采购量", TITLES, *rows))


def imported(client, *rows):
    _, address = upload(client, *rows)
    return client.post(address, follow=True)


def bought(tree, unit=HOSPITAL):
    with whole_country(reason="test"):
        rows = PurchaseHistory.objects.filter(organization=tree[unit])
        return {
            (code, year): number
            for code, year, number in rows.values_list("item__item_code", "year", "quantity")
        }


@pytest.mark.covers("S2-07")
def test_a_file_is_shown_before_it_is_written(project, province, tree):
    rows = ([HOSPITAL, "武昌区人民医院", "P0001", 2_600, 2_800], [HOSPITAL, None, "P0002", None, 0])

    found, address = upload(province, *rows)

    assert found.counts == {"new": 2, "changed": 0, "unchanged": 0, "wrong": 0}
    assert bought(tree) == {}

    done = province.post(address, follow=True)

    assert "导入成功" in done.content.decode()
    assert bought(tree) == {("P0001", 2024): 2_600, ("P0001", 2025): 2_800, ("P0002", 2025): 0}
    with whole_country(reason="test"):
        entry = LogEntry.objects.get(verb="导入历史采购量")
    assert (entry.project_code, entry.sentence[-12:]) == ("LS", "2 行，共 3 个采购量")


def test_the_same_file_again_changes_nothing(project, province):
    row = [HOSPITAL, None, "P0001", 2_600, 2_800]
    imported(province, row)

    again, _ = upload(province, row)
    other, _ = upload(province, [*row[:3], 2_600, 2_900])
    silent, _ = upload(province, [*row[:3], None, None])

    assert again.counts == {"new": 0, "changed": 0, "unchanged": 1, "wrong": 0}
    assert other.counts == {"new": 0, "changed": 1, "unchanged": 0, "wrong": 0}
    assert silent.counts["unchanged"] == 1
    assert other.change_columns == [["历史采购量", "2025 年采购量", 1]]
    assert "没有填写任何一年" in silent.notes[0]


def test_what_the_file_does_not_say_stays(project, province, tree):
    imported(province, [HOSPITAL, None, "P0001", 1, 2], [HOSPITAL, None, "P0002", 3, 4])

    imported(province, [HOSPITAL, None, "P0001", None, 9])

    assert bought(tree) == {
        ("P0001", 2024): 1,
        ("P0001", 2025): 9,
        ("P0002", 2024): 3,
        ("P0002", 2025): 4,
    }


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (["H999", None, "P0001", 1, 1], "机构编码", "不在本项目的参加机构中"),
        ([STRANGER, None, "P0001", 1, 1], "机构编码", "不归您管理"),
        ([HOSPITAL, "别的医院", "P0001", 1, 1], "机构名称", "该编码登记的机构是“武昌区人民医院”"),
        ([HOSPITAL, None, "X", 1, 1], "品规编号", "不在本项目的目录里"),
        ([HOSPITAL, None, "P0001", -1, 1], "2024 年采购量", "不能小于 0"),
        ([HOSPITAL, None, "P0001", 1, "很多"], "2025 年采购量", ""),
        ([HOSPITAL, None, "P0001", 1, 2.5], "2025 年采购量", "整数"),
    ],
)
def test_one_wrong_row_keeps_the_whole_file_out(project, province, tree, row, column, words):
    found, address = upload(province, [HOSPITAL, None, "P0002", 5, 5], row)

    (problem,) = found.problems
    assert problem[:3] == ["历史采购量", 3, column]
    assert words in problem[3]
    province.post(address)
    assert bought(tree) == {}


def test_one_row_for_each_institution_and_item(project, province):
    row = [HOSPITAL, None, "P0001", 1, 1]
    found, _ = upload(province, row, row)
    assert "与第 2 行重复" in found.problems[0][3]


def test_who_has_reported_is_named_and_nothing_is_written(project, province, tree):
    imported(province, [HOSPITAL, None, "P0001", 1, 2])
    put(Status.SUBMITTED, make.filing_of(project, tree[HOSPITAL]))

    same, _ = upload(province, [HOSPITAL, None, "P0001", 1, 2])
    found, address = upload(
        province, [HOSPITAL, None, "P0001", 1, 3], ["H42010000001", None, "P0001", 1, 1]
    )

    assert same.counts["unchanged"] == 1
    assert not same.problems
    (problem,) = found.problems
    assert problem[1:3] == [2, "机构编码"]
    assert "“武昌区人民医院”已经上报，历史采购量已固定" in problem[3]
    province.post(address)
    assert bought(tree, "H42010000001") == {}


@pytest.mark.usefixtures("country")
def test_a_report_between_check_and_import_is_named_too(project, tree, province_officer):
    """The service and the database itself refuse."""
    hospital, item = tree[HOSPITAL], make.items_of(project)["P0001"]
    purchase = Purchase(hospital.pk, hospital.path, item.pk, ((2024, 1),))
    put(Status.DRAFT, make.filing_of(project, hospital))
    put(Status.SUBMITTED, make.filing_of(project, tree["420106"]))

    with pytest.raises(HistoryFrozen, match="武昌区人民医院已经上报"):
        import_purchases(project=project, purchases=[purchase], by=Actor.of(province_officer))
    with pytest.raises(IntegrityError, match="frozen_history"), transaction.atomic():
        make.bought(project, hospital, {"P0001": 1})


@pytest.mark.usefixtures("country")
def test_a_province_writes_its_own_institutions_only(
    project, tree, neighbour_officer, county_reviewer, alliance_officer
):
    hospital, item = tree[HOSPITAL], make.items_of(project)["P0001"]
    given = {
        "project": project,
        "purchases": [Purchase(hospital.pk, hospital.path, item.pk, ((2024, 1),))],
    }

    for stranger in (neighbour_officer, county_reviewer):
        with pytest.raises(HistoryRefused):
            import_purchases(by=Actor.of(stranger), **given)
    assert bought(tree) == {}

    assert import_purchases(by=Actor.of(alliance_officer), **given) == 1


@pytest.mark.usefixtures("country")
def test_a_concluded_project_stays_as_it_is(project, tree, province_officer):
    Project.objects.filter(pk=project.pk).update(phase=Phase.CLOSED)
    Project.objects.filter(pk=project.pk).update(phase=Phase.CONCLUDED)

    with pytest.raises(HistoryRefused, match="已办结"):
        import_purchases(project=project, purchases=[], by=Actor.of(province_officer))


@pytest.mark.usefixtures("country")
def test_many_rows_cost_as_many_statements_as_one(project, tree, province_officer):
    hospital, items = tree[HOSPITAL], make.items_of(project)

    def statements(*codes):
        purchases = [
            Purchase(hospital.pk, hospital.path, items[code].pk, ((2024, 1), (2025, 2)))
            for code in codes
        ]
        with CaptureQueriesContext(connection) as queries:
            import_purchases(project=project, purchases=purchases, by=Actor.of(province_officer))
        return [
            str(query["sql"]).strip() for query in queries if "SAVEPOINT" not in str(query["sql"])
        ]

    one, three = statements("P0001"), statements("P0002", "P0003", "P0004")

    assert len(one) == len(three)
    assert sum(sql.startswith("INSERT INTO reporting_purchasehistory") for sql in three) == 1
    assert len(bought(tree)) == 8


def test_the_template_explains_its_columns(project, province):
    response = province.get(f"{url('purchase_import')}?template")

    content = io.BytesIO(b"".join(response.streaming_content))
    book = load_workbook(content)
    cells = {str(c.value).strip("* ") for row in book["历史采购量"].iter_rows() for c in row}
    told = " ".join(str(c.value) for sheet in book for row in sheet.iter_rows() for c in row)
    assert {"机构编码", "机构名称", "品规编号", "2024 年采购量", "2025 年采购量"} <= cells
    assert "没有采购填 0" in told


def test_the_list_filters_and_exports_what_can_be_imported_again(project, province, client_of, tree,
                                                                 neighbour_officer):  # fmt: skip
    rows = ([HOSPITAL, None, "P0001", 2_600, 2_800], ["H42010000001", None, "P0002", None, 7])
    imported(province, *rows)

    page = province.get(url("purchase_list"), {"unit": "武昌", "item": "P0001", "year": "2025"})
    export = province.get(url("purchase_export"))
    strange = client_of(neighbour_officer).get(url("purchase_list"))

    assert [row[-2] for row in rows_of(page)] == ["2,800"]
    assert rows_of(strange) == []
    content = b"".join(export.streaming_content)
    sheet = opened_export(content)["历史采购量"]
    head, *records = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert head[-2:] == ["2024 年采购量", "2025 年采购量"]
    assert sorted((record[0], record[2], *record[-2:]) for record in records) == [
        ("H42010000001", "P0002", None, 7),
        (HOSPITAL, "P0001", 2_600, 2_800),
    ]
    again, _ = uploaded(province, url("purchase_import"), book("历史采购量", head, *records))
    assert again.counts["unchanged"] == 2


def test_the_alliance_imports_while_the_project_is_prepared(tree, client_of, alliance_officer):
    project = make.demand_project([tree[HOSPITAL]], code="LS", baseline_years=[2024, 2025])

    imported(client_of(alliance_officer), [HOSPITAL, None, "P0001", 5, 6])

    assert bought(tree) == {("P0001", 2024): 5, ("P0001", 2025): 6}
    assert not project.is_frozen


def test_a_long_file_is_checked_and_imported_in_the_background(tree, province):
    project = make.demand_project(
        [tree[HOSPITAL]], code="LS", items=2_100, baseline_years=[2024, 2025]
    )
    rows = [[HOSPITAL, None, code, 1, 2] for code in make.items_of(project)]

    checking = province.post(url("purchase_import"), {"file": book("历史采购量", TITLES, *rows)})
    job = _run(checking)
    assert job.message == "新增 2,100，变更 0，不变 0"
    assert job.done == job.total > 2_000

    done = _run(province.post(job.link_url), after=job)

    assert done.message.startswith("已导入")
    assert len(bought(tree)) == 4_200


def _run(asked, after=None):
    """The job that a request asked for, done."""
    assert asked.status_code == 302
    with whole_country(reason="test"):
        run_waiting_jobs()
        jobs = Job.objects.exclude(pk=after.pk) if after else Job.objects.all()
        return jobs.get()
