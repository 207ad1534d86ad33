"""The reviewer before a signed document: beside the numbers, ticked, what changed, returned on named lines."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.projects.models import Approval, Attachment
from apps.reporting.domain.sheet.reporting import report
from apps.reporting.domain.sheet.saving import Entry, save_lines
from apps.review.domain.attachments.acts import approve_checked, check_attachments
from apps.review.domain.performing import perform
from apps.review.domain.refusals import ActionRefused, NotYourTurn
from apps.review.models import AttachmentCheck, Filing
from apps.review.models.statuses import Action, Status
from apps.scope.context import whole_country
from tests.factories import account_of
from tests.pages import tags, words_of
from tests.reporting.signing import signing_round, type_in, upload
from tests.review.acting import act

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
DETAIL = 17
"""Statements of a demand filing's page with its document."""
TICKED = {"is_sealed": "on", "is_consistent": "on"}


@pytest.fixture
def round_(tree, hospital_clerk, alliance_officer):
    return signing_round(tree, hospital_clerk, alliance_officer, Attachment.SUMMARY)


@pytest.fixture
def reported(round_) -> Filing:
    upload(round_)
    return report(**round_.place)


@pytest.fixture
def reviewer(county_reviewer, client_of):
    return client_of(county_reviewer)


def url(filing: Filing, action: str = "") -> str:
    return f"/review/BL/filings/{filing.pk}/{f'{action}/' if action else ''}"


def page_of(client, filing: Filing, **params: str) -> str:
    return client.get(url(filing), params).content.decode()


def rows_of(page: str) -> list[str]:
    return [tag.words for tag in tags(page, "th", scope="row")]


@pytest.mark.covers("S3-14")
def test_the_document_stands_beside_the_numbers(reviewer, reported):
    page = page_of(reviewer, reported)

    (frame,) = tags(page, "iframe")
    assert frame["src"].startswith(url(reported, "attachment") + "file/")
    assert {"测试片1P0001 · 5mg×28片"} <= {
        row.replace("测试片1 P", "测试片1P") for row in rows_of(page)
    }
    assert "校验码读不到，请对照纸面" in page
    assert b"".join(reviewer.get(url(reported, "attachment") + "file/")).startswith(b"%PDF-")


def test_the_detail_costs_what_it_may(reviewer, reported):
    page_of(reviewer, reported)

    with CaptureQueriesContext(connection) as queries:
        page_of(reviewer, reported)

    assert len(queries) == DETAIL


@pytest.mark.covers("S3-07")
def test_the_summary_sheet_has_a_page_of_its_own(reviewer, reported):
    page = reviewer.get(url(reported, "attachment")).content.decode()

    assert "查看需求量汇总表" in words_of(page, "h1")
    assert len(tags(page, "iframe")) == 1


@pytest.mark.covers("S3-14")
def test_no_service_approves_a_sheet_without_both_ticks(reported, county_reviewer):
    with pytest.raises(ActionRefused, match="“签章完整”和“数据一致”"):
        act(Action.APPROVE, county_reviewer, reported)

    approve_checked([reported], by=Actor.of(county_reviewer))

    reported.refresh_from_db()
    assert reported.state == Status.APPROVED
    assert AttachmentCheck.objects.get().reviewer == county_reviewer.organization
    assert LogEntry.objects.get(verb="核对需求量汇总表").path == reported.path


@pytest.mark.covers("S3-14", "S3-15")
def test_the_page_asks_for_both_ticks_and_keeps_them(reviewer, reported):
    reviewer.post(url(reported, "approve"), {"version": reported.version, "is_sealed": "on"})
    reported.refresh_from_db()
    assert (reported.state, AttachmentCheck.objects.count()) == (Status.SUBMITTED, 0)

    reviewer.post(url(reported, "approve"), {"version": reported.version, **TICKED})

    reported.refresh_from_db()
    assert (reported.state, AttachmentCheck.objects.count()) == (Status.APPROVED, 1)


def test_a_refused_approval_keeps_no_finding(reported, county_reviewer):
    with pytest.raises(Exception, match="有变化"):
        approve_checked([reported], by=Actor.of(county_reviewer), versions={reported.pk: 99})

    assert not AttachmentCheck.objects.exists()


def test_only_the_reviewing_tier_ticks(reported, city_reviewer, neighbour_officer):
    for stranger in (city_reviewer, neighbour_officer):
        with pytest.raises(NotYourTurn, match="只有审核该单位的部门"):
            check_attachments([reported], by=Actor.of(stranger))


def test_a_new_sheet_has_to_be_looked_at_anew(round_, reported, county_reviewer):
    by = Actor.of(county_reviewer)
    approve_checked([reported], by=by)
    perform([reported], Action.RETURN, by=by, reason="数量有误")
    type_in(round_, {"P0001": 2_900})
    upload(round_)
    report(**round_.place)

    with pytest.raises(ActionRefused, match="请先核对"):
        perform([reported], Action.APPROVE, by=by)


def test_a_letter_needs_no_ticks(tree, hospital_clerk, alliance_officer, county_reviewer):
    round_ = signing_round(tree, hospital_clerk, alliance_officer, Attachment.LETTER)
    upload(round_)
    filing = report(**round_.place)

    assert act(Action.APPROVE, county_reviewer, filing)[0].state == Status.APPROVED


def test_a_changed_letter_is_marked_for_the_reviewer(
    tree, hospital_clerk, alliance_officer, reviewer
):
    round_ = signing_round(tree, hospital_clerk, alliance_officer, Attachment.LETTER)
    upload(round_)
    type_in(round_, {"P0001": 2_801})

    page = page_of(reviewer, report(**round_.place))

    assert "数据已变更" in " ".join(tag.words for tag in tags(page, "summary"))


@pytest.mark.covers("S3-16", "S3-17")
def test_a_return_names_lines_and_the_institution_lands_on_them(
    round_, reported, reviewer, client_of
):
    page = page_of(reviewer, reported)
    assert {tag["value"] for tag in tags(page, "input", name="line")} >= {f"{round_.item('P0002')}"}
    assert tags(page, "form", id="act-return-form")

    answer = reviewer.post(
        url(reported, "return"),
        {"version": reported.version, "reason": "请核对", "line": [round_.item("P0002")]},
    )

    assert answer.status_code == 302
    assert round_.line("P0002").to_correct
    assert not round_.line("P0001").to_correct
    entry = client_of(round_.clerk).get("/demand/BL/entry/").content.decode()
    assert [tag["value"] for tag in tags(entry, "input", name="item")][:1] == [
        f"{round_.item('P0002')}"
    ]
    assert {tag.words for tag in tags(entry, "a", aria_current="page") if "待修改" in tag.words}
    assert "退回原因：请核对" in entry
    assert "指明 1 条明细待修改" in LogEntry.objects.get(verb="指明待修改").sentence


def test_lines_of_others_and_nonsense_are_nobody_s(round_, reported, reviewer):
    data = {"version": reported.version, "reason": "请核对", "line": ["x", "9" * 30, "0", "-1"]}

    assert reviewer.post(url(reported, "return"), data).status_code == 302
    assert not LogEntry.objects.filter(verb="指明待修改").exists()


def test_a_refused_return_keeps_the_named_lines_on_its_page(round_, reported, reviewer):
    typed = {"line": [round_.item("P0003")], "reason": "太长" * 5_000}
    answer = reviewer.post(url(reported, "return"), typed)

    (kept,) = tags(answer.content.decode(), "input", type="hidden", name="line")
    assert kept["value"] == f"{round_.item('P0003')}"


@pytest.mark.covers("S3-16")
def test_a_resubmission_shows_what_changed_alone(round_, reported, reviewer, county_reviewer):
    perform([reported], Action.RETURN, by=Actor.of(county_reviewer), reason="数量有误")
    type_in(round_, {"P0002": 1_100})
    upload(round_)
    again = report(**round_.place)

    changed = page_of(reviewer, again)
    everything = page_of(reviewer, again, show="all")

    assert [row[:4] for row in rows_of(changed)] == ["测试片2"]
    assert "上次 1,000" in changed
    assert "1,100" in changed
    assert len(rows_of(everything)) == 4


def test_large_deviations_come_first_and_are_marked(
    tree, hospital_clerk, alliance_officer, reviewer
):
    round_ = signing_round(tree, hospital_clerk, alliance_officer, Attachment.NONE)
    entries = [
        Entry(round_.item("P0002"), 100, "decline"),
        Entry(round_.item("P0001"), 2_000, "decline"),
        Entry(round_.item("P0004"), 5, "first"),
    ]
    save_lines(entries=entries, **round_.place)

    page = page_of(reviewer, report(**round_.place), show="all")

    assert [row[:4] for row in rows_of(page)] == ["测试片2", "测试片4", "测试片1", "测试片3"]
    assert page.count("rate-over") == 3


def test_one_tick_covers_a_batch_where_the_project_allows_it(
    tree, hospital_clerk, alliance_officer, county_reviewer, reviewer
):
    round_ = signing_round(
        tree, hospital_clerk, alliance_officer, Attachment.SUMMARY, approval=Approval.BATCH
    )
    upload(round_)
    filing = report(**round_.place)

    asked = reviewer.post(
        "/review/BL/", {"action": "approve", "selected": [filing.pk]}, follow=True
    )
    confirm = asked.redirect_chain[-1][0]
    reviewer.post(confirm, {})
    filing.refresh_from_db()
    assert filing.state == Status.SUBMITTED
    reviewer.post(confirm, TICKED)

    filing.refresh_from_db()
    assert filing.state == Status.APPROVED


@pytest.mark.covers("S3-06", "S3-07")
def test_the_city_manages_its_institutions(round_, reported, city_reviewer, client_of, tree):
    account_of(tree["H42010600002"])
    client = client_of(city_reviewer)

    page = client.get("/demand/BL/institutions/").content.decode()
    none = client.get("/demand/BL/institutions/?file=no").content.decode()

    assert "地市医疗机构管理" in words_of(page, "h1")
    links = {tag.words: tag["href"] for tag in tags(page, "a")}
    assert links["查看需求量汇总表"] == url(reported, "attachment")
    assert links["重置密码"] == "/accounts/subordinates/?unit=H42010600001"
    assert "武昌区人民医院" in client.get(links["重置密码"]).content.decode()
    assert client.get(links["查看需求量汇总表"]).status_code == 200
    assert "小店区人民医院" not in page
    assert "武昌区人民医院" not in words_of(none, "th")


def test_an_unreported_sheet_is_nobody_else_s(round_, city_reviewer, client_of):
    upload(round_)

    page = client_of(city_reviewer).get("/demand/BL/institutions/").content.decode()

    assert "已上传" in page
    assert "查看需求量汇总表" not in words_of(page, "a")
    with whole_country(reason="test"):
        filing = round_.filing
    assert client_of(city_reviewer).get(url(filing, "attachment")).status_code == 404
