"""模板下载 and 导入: the explained template, every error by row and column, all or nothing."""

import io

import openpyxl
import pytest

from apps.audit.models import LogEntry
from apps.distribution.files import columns
from apps.distribution.models import DistributorAccount
from apps.exchange.files.templates import explain
from apps.exchange.models import StoredUpload
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.organizations.domain.doubts import LOGGED
from apps.organizations.domain.uscc import check_character
from apps.organizations.models import Enterprise
from apps.scope.context import whole_country
from tests import factories
from tests import factories_distribution as make
from tests.pages import changed_cells, tags

URL = "/distribution/distributors/import/"
TITLES = ["省级耗材网采用户名", "配送企业名称", "统一社会信用代码", "法人", "被授权人", "联系电话"]


def code(number):
    first = f"91420300MA4K{number:05d}"
    return first + check_character(first)


def line(number, account="", **changes):
    facts = {
        "name": f"配送{number}有限公司",
        "uscc": code(number),
        "legal": "刘法人",
        "phone": "13971234567",
    }
    facts |= changes
    return [account, facts["name"], facts["uscc"], facts["legal"], "郑配送", facts["phone"]]


@pytest.fixture
def officer(client_of, province_officer):
    return client_of(province_officer)


def template(officer):
    return openpyxl.load_workbook(io.BytesIO(officer.get(f"{URL}?template").getvalue()))


def uploaded(officer, *lines):
    """Fill in the template that the page gives, and upload it: the address of the outcome."""
    book = template(officer)
    for number, cells in enumerate(lines, start=3):
        for position, value in enumerate(cells, start=1):
            book["配送企业"].cell(number, position).value = value
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    file.name = "配送企业.xlsx"
    return officer.post(URL, {"file": file})["Location"]


def names():
    with whole_country(reason="test"):
        rows = DistributorAccount.objects.select_related("enterprise").order_by("pk")
        return [(row.provincial_account, row.enterprise.name) for row in rows]


@pytest.mark.covers("S4-38", "S4-39")
def test_the_first_row_of_the_template_explains_each_column(officer, tree):
    sheet = template(officer)["配送企业"]

    assert [cell.value for cell in sheet[2]] == [*TITLES, "与证照核对无误", "通信地址"]
    explained = [cell.value for cell in sheet[1]]
    assert explained == [explain(column) for column in columns.DISTRIBUTOR_COLUMNS]
    assert explained[0].startswith("选填，编码。省平台账号，只用字母、数字")
    assert "没有的留空" in explained[0]
    assert explained[2].startswith("必填，编码，18 位。")
    assert "11 位" in explained[5]


@pytest.mark.covers("S4-06", "S4-39", "S4-40", "S4-41")
def test_a_clean_file_is_imported_and_not_issued(officer, tree):
    page = uploaded(officer, line(1, "SX0001"), line(2))
    assert "检查通过" in officer.get(page).content.decode()
    assert names() == []

    officer.post(page)

    assert names() == [("SX0001", "配送1有限公司"), ("", "配送2有限公司")]
    with whole_country(reason="test"):
        row = DistributorAccount.objects.select_related("enterprise").earliest("pk")
        assert (row.enterprise.uscc, row.legal_representative) == (code(1), "刘法人")
        assert (row.authorized_person, row.phone, row.user) == ("郑配送", "13971234567", None)
        assert LogEntry.objects.filter(verb="导入配送企业").count() == 2
    with whole_country(reason="test"):
        again = uploaded(officer, line(1, "SX0001"), line(2)).partition("=")[2]
        counts = StoredUpload.objects.get(token=again).counts
    assert counts == {"new": 0, "changed": 0, "unchanged": 2, "wrong": 0}


@pytest.mark.covers("S4-40")
def test_what_stands_today_can_be_taken_out_and_changes_nothing_when_it_comes_back(officer, tree):
    officer.post(uploaded(officer, line(1, "SX0001"), line(2)))
    assert 'href="?template=filled"' in officer.get(URL).content.decode()

    file = io.BytesIO(officer.get(f"{URL}?template=filled").getvalue())
    file.name = "配送企业.xlsx"
    page = officer.post(URL, {"file": file})["Location"]

    token = page.partition("=")[2]
    with whole_country(reason="test"):
        counts = StoredUpload.objects.get(token=token).counts
    assert counts == {"new": 0, "changed": 0, "unchanged": 2, "wrong": 0}


@pytest.mark.covers("S4-41")
def test_every_error_stands_with_its_row_and_column_and_nothing_is_imported(
    officer, tree, province_officer, neighbour_officer
):
    taken = make.distributor(tree["42"], "占用有限公司", provincial_account="HB0009")
    known = make.distributor(tree["14"], "外省名称有限公司")
    done = make.distributor(tree["42"], "已发放有限公司", provincial_account="HB0008")
    make.issued(done, province_officer, username="P42HB0008")
    factories.enterprise_account(
        factories.EnterpriseFactory(), "manufacturer", tree["0"], username="P42HB0007"
    )
    page = uploaded(
        officer,
        line(1),
        line(2, "湖北 1", phone="123"),
        line(1, name="又一家有限公司"),
        line(3, uscc=code(3)[:-1] + "!"),
        line(4, legal=""),
        line(5, "HB0009"),
        line(6, uscc=known.enterprise.uscc),
        line(7),
        ["HB0006", "已发放有限公司", done.enterprise.uscc, "刘法人", "郑配送", "13971234567"],
        line(8, "HB0007"),
        line(9, "HB0005"),
        line(10, "hb0005"),
    )

    shown = officer.get(page).content.decode()
    found = {
        tuple(cell.words for cell in tags(f"<tr{row}", "td", "th"))[-3:]
        for row in shown.split("<tr")[1:]
    }
    problems = {(row, column): said for row, column, said in found if row.isdigit()}
    assert set(problems) == {
        ("4", "省级耗材网采用户名"), ("4", "联系电话"), ("5", "统一社会信用代码"),
        ("6", "统一社会信用代码"), ("7", "法人"), ("8", "省级耗材网采用户名"), ("9", "配送企业名称"),
        ("11", "省级耗材网采用户名"), ("12", "省级耗材网采用户名"), ("14", "省级耗材网采用户名"),
    }  # fmt: skip
    assert problems["5", "统一社会信用代码"] == "与第 3 行的统一社会信用代码相同"
    assert problems["8", "省级耗材网采用户名"] == "省平台账号 HB0009 已由本省的“占用有限公司”使用"
    assert "已登记为“外省名称有限公司”" in problems["9", "配送企业名称"]
    assert problems["11", "省级耗材网采用户名"] == "账号已发放，省平台账号不能再修改"
    assert "将生成的用户名 P42HB0007 已被其他账号使用" in problems["12", "省级耗材网采用户名"]
    assert problems["14", "省级耗材网采用户名"] == "与第 13 行的省平台账号相同"
    assert taken.pk
    officer.post(page)
    assert len(names()) == 3


def test_what_is_there_is_updated_and_blanks_keep_their_account(officer, tree):
    officer.post(uploaded(officer, line(1, "SX0001"), line(2)))

    page = uploaded(officer, line(1, phone="02787654321"), [*line(2, name="改名有限公司"), "是"])
    told = changed_cells(officer.get(page).content.decode())
    officer.post(page)

    assert told == [
        ("联系电话", "13971234567", "02787654321"),
        ("配送企业名称", "配送2有限公司", "改名有限公司"),
    ]
    assert names() == [("SX0001", "配送1有限公司"), ("", "改名有限公司")]
    with whole_country(reason="test"):
        assert DistributorAccount.objects.earliest("pk").phone == "02787654321"
        said = LogEntry.objects.filter(sentence__contains="导入修改了").order_by("pk")
        assert [entry.sentence for entry in said] == [
            f"导入修改了配送企业 配送1有限公司（{code(1)}）：联系电话 已更改。",
            f"导入修改了配送企业 改名有限公司（{code(2)}）{LOGGED}：配送企业名称 配送2有限公司 → 改名有限公司。",
        ]


@pytest.mark.covers("S4-40", "S4-41")
def test_a_long_file_is_checked_and_imported_by_jobs(officer, tree, django_assert_max_num_queries):
    lines = [line(number) for number in range(2_001)]

    with django_assert_max_num_queries(60):
        first = uploaded(officer, *lines)
    run_waiting_jobs()
    with whole_country(reason="test"):
        check = Job.objects.get()
        assert first == f"/jobs/{check.pk}/"
        assert check.status == "succeeded"
        assert check.done == check.total > len(lines)
    officer.post(check.link_url)
    run_waiting_jobs()

    with whole_country(reason="test"):
        done = Job.objects.latest("pk")
        assert (done.status, done.message[:4]) == ("succeeded", "已导入：")
        assert DistributorAccount.objects.count() == Enterprise.objects.count() == 2_001


def test_only_provinces_import(client_of, city_reviewer, alliance_officer, distributor_agent):
    for person in (city_reviewer, alliance_officer, distributor_agent):
        assert client_of(person).get(URL).status_code == 403
