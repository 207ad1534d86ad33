"""Reference data in the administration: django-import-export's pages over our column tables and services."""

import io
import re

import pytest
from openpyxl import Workbook, load_workbook

from apps.audit.models import LogEntry
from apps.organizations.domain.uscc import check_character
from apps.organizations.files.workbooks import UNITS as UNIT_BOOK
from apps.organizations.models import Division, Enterprise, Organization
from apps.scope.context import whole_country
from tests.exchange.samples import saved, workbook

ENTERPRISES = "/admin/organizations/enterprise/"
DIVISIONS = "/admin/organizations/division/"
USCC = "91420100MA4K88888" + check_character("91420100MA4K88888")


@pytest.fixture
def browser(client_of, system_administrator):
    return client_of(system_administrator)


def table(*rows, titles=("统一社会信用代码", "企业名称"), sheet="生产企业"):
    file = saved(workbook(rows, titles=list(titles), sheet=sheet))
    file.name = "表.xlsx"
    return file


def uploaded(browser, file, url=ENTERPRISES):
    """The page of the check, and what its confirmation would send."""
    page = browser.post(f"{url}import/", {"import_file": file, "format": "0", "resource": "0"})
    said = page.content.decode()
    return said, dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', said))


def confirmed(browser, file, url=ENTERPRISES):
    _, hidden = uploaded(browser, file, url)
    return browser.post(f"{url}process_import/", hidden)


def entries(verb):
    with whole_country(reason="test"):
        return list(LogEntry.objects.filter(verb=verb).values_list("sentence", flat=True))


def test_enterprises_are_checked_then_imported_by_the_service(browser):
    said, hidden = uploaded(browser, table([USCC.lower(), "江城制药有限公司"]))
    assert "江城制药有限公司" in said
    assert not Enterprise.objects.exists()

    browser.post(f"{ENTERPRISES}process_import/", hidden)

    enterprise = Enterprise.objects.get()
    assert (enterprise.uscc, enterprise.name) == (USCC, "江城制药有限公司")
    assert enterprise.pinyin == "jczyyxgs"
    assert entries("新增企业") == [f"新增企业 江城制药有限公司（{USCC}）。"]


def test_the_same_file_again_changes_nothing(browser):
    confirmed(browser, table([USCC, "江城制药有限公司"]))

    confirmed(browser, table([USCC, "江城制药有限公司"]))

    assert Enterprise.objects.count() == 1
    assert len(entries("新增企业")) == 1
    assert entries("修改企业") == []


def test_a_wrong_row_is_named_and_stops_everything(browser):
    said, hidden = uploaded(browser, table([USCC, "好"], [f"{USCC[:-1]}0", "坏"], ["", "无"]))

    assert re.search(r"<td>[^<]*校验位不对[^<]*</td>", said)  # to be seen, not behind a badge
    assert "必填，不能为空" in said
    assert "process_import" not in said
    assert "import_file_name" not in hidden
    assert not Enterprise.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"%PDF-1.7 x", "这是一个 PDF 文件"), (b"a,b\r\n1,2", "这是文本（CSV）文件")],
)
def test_hostile_files_are_refused_as_everywhere(browser, content, sentence):
    file = io.BytesIO(content)
    file.name = "表.xlsx"

    said, _ = uploaded(browser, file)

    assert sentence in said
    assert "Traceback" not in said


@pytest.mark.parametrize("fmt", ["0", "1"])
def test_export(browser, fmt):
    maker = Enterprise.named(USCC, "江城制药有限公司")
    maker.address = "江城路 1 号"
    maker.save()

    response = browser.post(f"{ENTERPRISES}export/", {"format": fmt, "resource": "0"})

    if fmt == "0":
        sheet = load_workbook(io.BytesIO(response.content))["生产企业"]
        lines = [[cell.value for cell in row] for row in sheet]
    else:
        lines = [line.split(",") for line in response.content.decode("utf-8-sig").splitlines()]
    titles = ["统一社会信用代码", "企业名称", "通信地址"]
    assert lines == [titles, [USCC, "江城制药有限公司", "江城路 1 号"]]


TITLES = ("行政区划代码", "名称", "级别", "上级代码")


def divisions(*rows):
    return table(*rows, titles=TITLES, sheet="行政区划")


def test_divisions_are_added_under_each_other_and_corrected(browser):
    province, city = ["980000", "某省", "省级", None], ["980100", "某市", "地市级", "980000"]

    said, _ = uploaded(browser, divisions(city, province), DIVISIONS)
    assert "<td>省级</td>" in said
    assert "<td>None</td>" not in said
    confirmed(browser, divisions(city, province), DIVISIONS)
    confirmed(browser, divisions([*city[:1], "新名市", *city[2:]]), DIVISIONS)

    division = Division.objects.get(code="980100")
    assert (division.name, division.parent_id) == ("新名市", "980000")
    assert len(entries("新增行政区划")) == 2
    assert entries("修改行政区划") == ["修改行政区划 新名市（980100）。"]


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (["980100", "某市", "地市级", "970000"], "没有代码为 970000 的行政区划"),
        (["980100", "某市", "地市级", None], "地市级的行政区划不能放在这个上级之下"),
        (["980100", "某市", "地市级", "980100"], "地市级的行政区划不能放在这个上级之下"),
        (["9801", "某市", "地市级", "980000"], "编码应为 6 位"),
    ],
)
def test_a_division_in_the_wrong_place_is_refused(browser, row, sentence):
    said, _ = uploaded(browser, divisions(row), DIVISIONS)

    assert sentence in said
    assert not Division.objects.filter(code__startswith="98").exists()


def test_an_empty_workbook_is_told(browser):
    file = saved(Workbook())
    file.name = "表.xlsx"

    assert "工作表是空的" in uploaded(browser, file)[0]


UNITS = "/admin/organizations/organization/"
UNIT_TITLES = tuple(column.title for column in UNIT_BOOK.sheets[0].columns)


def units(code, name, parent, contact="", phone=""):
    row = [code, name, parent, "", "", "", contact, phone, ""]
    return table(row, titles=UNIT_TITLES, sheet="医疗机构")


def test_units_are_imported_as_provinces_import_them(browser, tree):
    file = units("H42010600777", "新建社区中心", "420106", "王主任", "02788887777")
    said, hidden = uploaded(browser, file, UNITS)
    assert "新建社区中心" in said

    browser.post(f"{UNITS}process_import/", hidden)

    with whole_country(reason="test"):
        unit = Organization.objects.get(code="H42010600777")
    assert (unit.parent, unit.contact_name) == (tree["420106"], "王主任")
    assert len(entries("导入机构")) == 1


def test_a_unit_is_not_moved_by_import(browser, tree):
    known = tree["H42010600001"]

    said, hidden = uploaded(browser, units(known.code, known.name, "42"), UNITS)

    assert "机构的上级不能更改" in said
    assert "import_file_name" not in hidden


def test_exported_units_come_back_unchanged(browser, tree):
    with whole_country(reason="test"):
        Organization.objects.filter(pk=tree["H42010600001"].pk).update(phone="02712345678")
    book = browser.post(f"{UNITS}export/", {"format": "0", "resource": "0"}).content
    rows = list(load_workbook(io.BytesIO(book)).worksheets[0].values)
    at = next(n for n, row in enumerate(rows) if "机构编码" in row)
    phones = {row[rows[at].index("联系电话")] for row in rows[at + 1 :]}
    assert "02712345678" not in phones

    file = io.BytesIO(book)
    file.name = "表.xlsx"
    confirmed(browser, file, UNITS)

    with whole_country(reason="test"):
        assert Organization.objects.get(code="H42010600001").phone == "02712345678"
    assert entries("导入机构") == []
