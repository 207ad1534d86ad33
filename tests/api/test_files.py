"""Exports and imports as jobs: begun, looked at, fetched; within what the page and the token allow."""

import io

import pytest
from openpyxl import load_workbook

from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.jobs.inline import run_waiting_jobs
from apps.organizations.models import Organization
from apps.projects.models import OwnCode
from apps.reporting.models import PurchaseHistory
from apps.scope.context import whole_country
from tests import factories_demand as demand
from tests.reporting.uploads import book

pytestmark = pytest.mark.django_db
HOSPITAL, NEIGHBOUR = "H42010600001", "H14010500001"
TITLES = ("机构编码", "品规编号", "2025 年采购量")


@pytest.fixture
def project(tree, alliance_officer):
    chain = ["county", "city", "province"]
    units = [tree[HOSPITAL], tree[NEIGHBOUR]]
    return demand.published(demand.demand_project(units, chain=chain), alliance_officer)


def exported(program, kind, project="BL", **query):
    address = f"exports/{kind}" + (f"?project={project}" if project else "")
    return program.send(address, {"query": query})


def rows_of(program, job):
    """The first sheet of a finished job's workbook."""
    content = program.get(f"/api/v1/jobs/{job}/result").getvalue()
    sheets = load_workbook(io.BytesIO(content), read_only=True)
    return [[cell.value for cell in row] for row in sheets.worksheets[0].iter_rows()]


def sent(program, kind, file, project="BL"):
    address = f"/api/v1/imports/{kind}" + (f"?project={project}" if project else "")
    return program.post(address, {"file": file})


def found(program, kind, upload, project="BL"):
    return program.ask(f"imports/{kind}/{upload}", **({"project": project} if project else {}))


def test_a_list_comes_as_a_job_even_if_it_is_short(program_of, project, county_reviewer):
    program = program_of(county_reviewer)

    begun = exported(program, "participants")
    assert begun.status_code == 202
    job = begun.json()["id"]
    assert program.ask(f"jobs/{job}")["status"] == "waiting"
    run_waiting_jobs()

    told = program.ask(f"jobs/{job}")
    assert (told["status"], told["has_result"]) == ("succeeded", True)
    flat = str(rows_of(program, job))
    assert "武昌区人民医院" in flat
    assert "小店区人民医院" not in flat
    with whole_country(reason="test"):
        entry = LogEntry.objects.get(verb="导出")
    assert "（接口令牌：HIS）" in entry.actor_name


def test_another_token_of_the_account_sees_none_of_it(program_of, project, county_reviewer):
    job = exported(program_of(county_reviewer), "filings").json()["id"]
    other = program_of(county_reviewer, name="LIS")

    assert other.ask("jobs")["items"] == []
    for page in ("", "/result", "/report"):
        assert other.get(f"/api/v1/jobs/{job}{page}").status_code == 404
    assert other.send(f"jobs/{job}/cancel").status_code == 404


def test_a_job_is_taken_back(program_of, project, county_reviewer):
    program = program_of(county_reviewer)
    job = exported(program, "filings").json()["id"]

    assert program.send(f"jobs/{job}/cancel").json()["status"] == "cancelled"
    run_waiting_jobs()
    assert program.get(f"/api/v1/jobs/{job}/result").status_code == 404


@pytest.mark.parametrize(
    ("who", "kind", "code", "status"),
    [
        ("hospital_clerk", "filings", "BL", 403),  # another role's page
        ("hospital_clerk", "catalogue", "BL", 202),
        ("hospital_clerk", "results", "BL", 202),
        ("county_reviewer", "catalogue", "NONE", 404),
        ("county_reviewer", "catalogue", "", 422),
        ("county_reviewer", "nothing", "BL", 422),
        ("county_reviewer", "units", "", 202),
        ("hospital_clerk", "his", "BL", 404),
        ("manufacturer_agent", "relations", "", 202),
        ("manufacturer_agent", "catalogue", "BL", 403),
    ],
)
def test_who_may_export_what(request, program_of, project, who, kind, code, status):
    program = program_of(request.getfixturevalue(who))

    assert exported(program, kind, code).status_code == status


def test_a_token_without_the_right_exports_nothing(program_of, project, county_reviewer):
    program = program_of(county_reviewer, rights=["query"])

    assert exported(program, "filings").json()["code"] == "right_missing"


def test_a_token_of_some_projects_gets_nothing_across_them(
    program_of, project, county_reviewer, tree, alliance_officer
):
    other = demand.published(demand.demand_project([tree[HOSPITAL]], code="BL2"), alliance_officer)
    program = program_of(county_reviewer, project_ids=[other.pk])

    assert exported(program, "units", "").json()["code"] == "token_of_projects"
    assert exported(program, "catalogue").status_code == 404
    assert exported(program, "catalogue", "BL2").status_code == 202


def test_history_is_checked_then_imported(program_of, project, province_officer, tree):
    program = program_of(province_officer)
    file = book("历史采购量", TITLES, [HOSPITAL, "P0001", 2_800], [HOSPITAL, "P0002", 0])

    begun = sent(program, "purchases", file)
    assert begun.status_code == 202, begun.content.decode()
    upload = begun.json()["upload"]
    assert begun.json()["state"] == "checking"
    run_waiting_jobs()
    told = found(program, "purchases", upload)
    assert (told["state"], told["can_apply"], told["counts"]["new"]) == ("checked", True, 2)
    with whole_country(reason="test"):
        assert not PurchaseHistory.objects.exists()

    applied = program.send(f"imports/purchases/{upload}/apply?project=BL")
    assert applied.status_code == 202, applied.content.decode()
    run_waiting_jobs()

    assert found(program, "purchases", upload)["state"] == "applied"
    with whole_country(reason="test"):
        rows = set(PurchaseHistory.objects.values_list("item__item_code", "quantity"))
        entry = LogEntry.objects.get(verb="导入历史采购量")
    assert rows == {("P0001", 2_800), ("P0002", 0)}
    assert entry.actor_name.endswith("（接口令牌：HIS）")
    again = program.send(f"imports/purchases/{upload}/apply?project=BL")
    assert (again.status_code, again.json()["code"]) == (409, "import_refused")


def test_faults_are_listed_and_nothing_is_written(program_of, project, province_officer):
    program = program_of(province_officer)
    file = book("历史采购量", TITLES, [HOSPITAL, "X", 1], [NEIGHBOUR, "P0001", 1])
    upload = sent(program, "purchases", file).json()["upload"]
    run_waiting_jobs()

    told = found(program, "purchases", upload)

    assert (told["state"], told["can_apply"], told["problem_count"]) == ("checked", False, 2)
    assert [(each["row"], each["column"]) for each in told["problems"]] == [
        (2, "品规编号"),
        (3, "机构编码"),
    ]
    assert told["job"]["has_report"] is True
    report = program.get(f"/api/v1/jobs/{told['job']['id']}/report")
    assert report.getvalue().startswith(b"PK")
    refused = program.send(f"imports/purchases/{upload}/apply?project=BL")
    assert refused.json()["code"] == "import_refused"
    with whole_country(reason="test"):
        assert not PurchaseHistory.objects.exists()


def test_units_and_their_accounts_come_in_bulk(program_of, province_officer):
    program = program_of(province_officer)
    titles = (
        "机构编码",
        "机构名称",
        "上级编码",
        "等级",
        "所有制",
        "类型",
        "联系人",
        "联系电话",
        "由其代报",
    )
    file = book("医疗机构", titles, ["H42010600777", "武昌新院", "420106"])
    begun = sent(program, "accounts", file, project="")
    assert begun.status_code == 202, begun.content.decode()
    upload = begun.json()["upload"]
    run_waiting_jobs()
    told = found(program, "accounts", upload, project="")
    assert told["problems"] == []
    program.send(f"imports/accounts/{upload}/apply")
    run_waiting_jobs()

    assert found(program, "accounts", upload, project="")["state"] == "applied"
    with whole_country(reason="test"):
        unit = Organization.objects.get(code="H42010600777")
        assert User.objects.filter(organization=unit).count() == 1


def test_a_hospitals_codes_come_in_bulk(program_of, project, hospital_clerk):
    program = program_of(hospital_clerk)
    upload = sent(
        program, "codes", book("编码对照", ("本院编码", "品规编号"), ["Y1", "P0001"])
    ).json()["upload"]
    run_waiting_jobs()
    program.send(f"imports/codes/{upload}/apply?project=BL")
    run_waiting_jobs()

    with whole_country(reason="test"):
        assert list(OwnCode.objects.values_list("code", "item__item_code")) == [("Y1", "P0001")]


def test_what_is_no_workbook_is_refused(program_of, project, province_officer, county_reviewer):
    odd = book("历史采购量", TITLES, [HOSPITAL, "P0001", 1])
    odd.file.seek(0)
    odd.file.truncate(10)
    refused = sent(program_of(province_officer), "purchases", odd)

    assert (refused.status_code, refused.json()["code"]) == (409, "file_refused")
    file = book("历史采购量", TITLES, [HOSPITAL, "P0001", 1])
    assert sent(program_of(county_reviewer), "purchases", file).status_code == 403
    gone = program_of(province_officer, name="二").get("/api/v1/imports/purchases/x?project=BL")
    assert (gone.status_code, gone.json()["code"]) == (404, "upload_gone")
