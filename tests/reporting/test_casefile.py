"""案卷 of a report of demand: three returns, checked without the platform, found out whatever is changed."""

import ast
import io
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from apps.projects.models import Attachment, Withdrawal
from apps.review.files.casefiles import verify
from apps.review.models.statuses import Action
from tests.casefiles import case_of, checked_offline, members, packed, problems, rewritten, told
from tests.reporting.signing import signing_round, type_in, upload
from tests.review.acting import act

pytestmark = pytest.mark.django_db
CODE = "H42010600001"
PLANNED = (2_800, 2_790, 2_780, 2_770)
SLOWLY = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def round_(tree, hospital_clerk, alliance_officer):
    policies = {"institution_withdrawal": Withdrawal.DIRECT}
    return signing_round(tree, hospital_clerk, alliance_officer, Attachment.SUMMARY, **policies)


@pytest.fixture
def report(round_, hospital_clerk):
    def reported(planned):
        type_in(round_, {"P0001": planned})
        upload(round_)
        act(Action.SUBMIT, hospital_clerk, round_.filing)

    return reported


@pytest.fixture
def returned_thrice(round_, report, county_reviewer):
    """Four reports with a paper each, three returns between them."""
    for planned in PLANNED[:-1]:
        report(planned)
        act(Action.RETURN, county_reviewer, round_.filing, reason=f"{planned} 有误")
    report(PLANNED[-1])
    return round_


def test_three_returns_are_checked_offline_and_one_byte_is_found_out(
    returned_thrice, hospital_clerk, tmp_path
):
    content = case_of(returned_thrice.filing, hospital_clerk)

    status, words = checked_offline(content, tmp_path)

    assert (status, "核验通过" in words) == (0, True), words
    assert "校验码" in words
    assert "4 份附件的电子签章" in words
    case = told(content, CODE)
    assert [version["number"] for version in case["versions"]] == [1, 3, 5, 7]
    planned = [
        line["planned"] for v in case["versions"] for line in v["lines"] if line["item_code"] == "P0001"
    ]  # fmt: skip
    assert tuple(planned) == PLANNED
    assert [paper["versions"] for paper in case["attachments"]] == [[1], [3], [5], [7]]
    files = members(content)
    book = load_workbook(io.BytesIO(files[f"filings/{CODE}/filing.xlsx"]))
    assert book.sheetnames[:5] == ["审核记录", "第 1 版", "第 3 版", "第 5 版", "第 7 版"]
    cells = [cell for row in book["第 3 版"].iter_rows(values_only=True) for cell in row]
    assert 2_790 in cells
    assert any("估算金额（元）" in str(cell) for cell in cells)
    paper = f"filings/{CODE}/papers/2.pdf"
    files[paper] = files[paper][:-1] + bytes([files[paper][-1] ^ 1])
    status, words = checked_offline(packed(files), tmp_path)
    assert (status, f"× 文件 {paper} 被改动" in words) == (1, True), words


@SLOWLY
@given(data=st.data())
def test_any_byte_of_any_file_is_found_out(returned_thrice, hospital_clerk, data):
    """The script itself too, by a script from elsewhere."""
    files = members(_once(returned_thrice, hospital_clerk))
    name = data.draw(st.sampled_from(sorted(files)))
    place = data.draw(st.integers(0, len(files[name]) - 1))
    other = data.draw(st.integers(1, 255))
    content = bytearray(files[name])
    content[place] ^= other

    assert problems(files | {name: bytes(content)}) != []
    assert problems({other: files[other] for other in files if other != name}) != []
    assert problems(files | {f"{name}.more": b""}) != []


_made: dict[int, bytes] = {}


def _once(round_, reader):
    """Examples share a case."""
    key = round_.filing.pk
    if key not in _made:
        _made[key] = case_of(round_.filing, reader)
        assert problems(members(_made[key])) == []
    return _made[key]


def _planned(case):
    case["versions"][1]["lines"][0]["planned"] += 1


def _reason(case):
    case["events"][1]["reason"] = "没有问题"


def _dropped_event(case):
    del case["events"][-1]
    case["filing"]["version"] -= 1


def _dropped_version(case):
    del case["versions"][2]


def _cheaper(case):
    case["versions"][0]["claims"]["amount"] = "1.00"


def _other_paper(case):
    case["attachments"][0]["data_hash"] = case["attachments"][1]["data_hash"]


REWRITTEN = (_planned, _reason, _dropped_event, _dropped_version, _cheaper, _other_paper)


def test_whoever_makes_the_list_anew_is_found_out(returned_thrice, hospital_clerk):
    content = case_of(returned_thrice.filing, hospital_clerk)
    assert problems(rewritten(content, CODE, lambda _case: None)) == []

    assert [change for change in REWRITTEN if not problems(rewritten(content, CODE, change))] == []


def test_what_nobody_reported_is_not_in_it(round_, report, county_reviewer, hospital_clerk):
    report(2_800)
    act(Action.RETURN, county_reviewer, round_.filing, reason="有误")
    type_in(round_, {"P0001": 2_555})
    upload(round_, name="还没有上报.pdf")

    for reader in (hospital_clerk, county_reviewer):
        content = case_of(round_.filing, reader)
        case = told(content, CODE)
        assert [version["number"] for version in case["versions"]] == [1]
        assert len(case["attachments"]) == 1
        assert "2555" not in str(case["versions"])
        assert problems(members(content)) == []


def test_what_was_taken_back_is_its_own_until_it_reports(
    round_, report, county_reviewer, hospital_clerk
):
    """As on its page: of an institution that is filling in, others read what happened alone."""
    report(2_800)
    act(Action.WITHDRAW, hospital_clerk, round_.filing)

    above, own = (case_of(round_.filing, reader) for reader in (county_reviewer, hospital_clerk))

    seen, kept = told(above, CODE), told(own, CODE)
    assert (seen["withheld"], seen["versions"], seen["attachments"]) == (True, [], [])
    assert [event["action"] for event in seen["events"]] == ["submit", "withdraw"]
    assert (kept["withheld"], len(kept["versions"]), len(kept["attachments"])) == (False, 1, 1)
    assert problems(members(above)) == problems(members(own)) == []


def test_the_script_asks_for_nothing_newer_than_python_3_8():
    source = Path(verify.__file__).read_text(encoding="utf-8")

    tree = ast.parse(source, feature_version=(3, 8))

    own = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import)
        for alias in node.names
    }
    assert own == {"hashlib", "json", "re", "sys", "zipfile", "zlib"}
