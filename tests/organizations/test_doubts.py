"""What is asked about an enterprise, and that a tick lets it in and is logged."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.distribution.domain.distributors.acts import Facts, add_distributor
from apps.distribution.domain.distributors.importing import save_distributors
from apps.distribution.domain.refusals import DistributorRefused
from apps.distribution.files.columns import DISTRIBUTOR_BOOK, DISTRIBUTORS
from apps.distribution.files.distributor_check import check_distributors
from apps.exchange.files.reader import read_workbook
from apps.organizations.domain.enterprises import check_enterprises
from apps.organizations.domain.uscc import check_character
from apps.organizations.files.workbooks import ENTERPRISES
from apps.organizations.models import Enterprise
from apps.scope.context import whole_country
from tests.exchange.samples import made

ASKED = "请在“与证照核对无误”一列填“是”"


def code_of(number, *, wrong=False):
    first = f"91420100MA4K{number:05d}"
    last = check_character(first)
    return first + (("0" if last != "0" else "1") if wrong else last)


KNOWN, OTHER, ODD = code_of(1), code_of(2), code_of(3, wrong=True)
CASES = [
    ([OTHER, "湖北（方圆）医药有限公司"], "已登记在统一社会信用代码"),
    ([KNOWN, "湖北新方圆医药有限公司"], "企业确已更名时"),
    ([ODD, "湖北三方医药有限公司"], "校验位不对"),
]


@pytest.fixture
def registered(db):
    with whole_country(reason="test"):
        Enterprise.named(KNOWN, "湖北(方圆)医药有限公司").save()
        yield


def enterprises_of(*rows, titles=("统一社会信用代码", "企业名称", "与证照核对无误")):
    file = made(*map(list, rows), titles=list(titles), sheet=ENTERPRISES.sheets[0].title)
    reading = read_workbook(file, ENTERPRISES)
    assert reading.problems == []
    return check_enterprises(reading, {})


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize(("row", "sentence"), CASES)
def test_a_doubt_is_told_and_a_tick_answers_it(row, sentence):
    [problem] = enterprises_of([*row, None]).problems
    assert sentence in problem.message
    assert ASKED in problem.message

    ticked = enterprises_of([*row, "是"])
    assert (ticked.problems, ticked.verified) == ([], {row[0]})


@pytest.mark.usefixtures("registered")
def test_the_same_name_twice_in_a_file_is_asked_about():
    outcome = enterprises_of([code_of(7), "武汉同名公司", None], [code_of(8), "武汉同名公司", None])

    assert [problem.row for problem in outcome.problems] == [2, 3]


@pytest.mark.usefixtures("registered")
def test_what_is_no_code_is_never_let_in():
    [problem] = enterprises_of(["9142", "某公司", "是"]).problems
    assert "应为 18 位" in problem.message


@pytest.mark.usefixtures("registered")
def test_a_row_with_another_error_is_still_checked():
    file = made([ODD, "@A1", None], titles=["统一社会信用代码", "企业名称", "与证照核对无误"], sheet=ENTERPRISES.sheets[0].title)  # fmt: skip  # noqa: E501
    reading = read_workbook(file, ENTERPRISES)

    assert "像是公式" in reading.problems[0].message
    assert check_enterprises(reading, {}).new == []


def distributor(row, tick):
    titles = [
        "企业名称",
        "统一社会信用代码",
        "法人",
        "被授权人",
        "联系电话",
        "省平台账号",
        "与证照核对无误",
    ]
    line = [row[1], row[0], "张三", "李四", "13812345678", None, tick]
    return read_workbook(made(line, titles=titles, sheet=DISTRIBUTORS), DISTRIBUTOR_BOOK)


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize(("row", "sentence"), [CASES[0], CASES[2]])
def test_of_distributors_too(row, sentence, province_officer):
    province = province_officer.organization
    [problem] = check_distributors(distributor(row, None), province).problems
    assert sentence in problem.message
    facts = Facts("", row[1], row[0], "张三", "李四", "13812345678")
    with pytest.raises(DistributorRefused, match="请勾选"):
        add_distributor(by=Actor.of(province_officer), facts=facts)

    save_distributors(
        check_distributors(distributor(row, "是"), province), by=Actor.of(province_officer)
    )

    assert "已确认与证照核对无误" in LogEntry.objects.latest("pk").sentence
