"""分配采购量确认上报 (S1-15, S1-49..54)."""

import pgtrigger
import pytest

from apps.projects.models import Project
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests.allocation.reading import rows_of, sheet_of, text_of, url
from tests.factories import PASSWORD, sub_account_of
from tests.factories_agreements import concluded
from tests.factories_review import put
from tests.pages import words_of


@pytest.fixture
def confirmed(worked, fill, fill_rest):
    """Everything confirmed, nothing reported."""
    fill(worked)
    fill_rest(worked)
    return worked


@pytest.mark.covers("S1-15", "S1-49", "S1-52")
def test_it_lists_every_confirmed_line(confirmed, client_of):
    response = client_of(confirmed.clerk).get(url("report_detail", "FL"))

    rows = rows_of(response)
    assert len(rows) == 8
    assert rows[0] == [
        "测试胶囊B B · 0.3g×24粒", "B制药", "1,008 粒 = 42 盒", "1,915.20", "日均费用最低",
        "测试胶囊U U · 0.3g×24粒", "45.60", "ZAB", "供应中",
    ]  # fmt: skip
    assert "8 条明细 · 合同金额 ¥ 20,394.13" in text_of_bar(response)


def text_of_bar(response):
    return text_of(response).rsplit("项已确认", 1)[1]


@pytest.mark.covers("S1-49")
def test_what_is_not_confirmed_is_not_listed(worked, fill, client_of):
    fill(worked, confirm=False)
    assert rows_of(client_of(worked.clerk).get(url("report_detail", "FL"))) == []


@pytest.mark.covers("S1-50")
@pytest.mark.parametrize(
    ("query", "found"),
    [("unified_code=ZAB", 2), ("variety=胶囊C", 3), ("enterprise=A制药", 3), ("enterprise=甲", 0)],
)
def test_it_filters(confirmed, client_of, query, found):
    response = client_of(confirmed.clerk).get(f"{url('report_detail', 'FL')}?{query}")

    assert len(rows_of(response)) == found
    assert "查询 重置" in text_of(response)


@pytest.mark.covers("S1-53")
def test_what_is_missing_is_listed_and_leads_there(worked, client_of):
    response = client_of(worked.clerk).get(url("report_detail", "FL"))

    text = text_of(response)
    assert "中选产品采购量还有 1 项没有确认" in text
    assert "待分配量还有 2 项没有确认" in text
    assert url("selected_list", "FL") in response.content.decode()
    refused = client_of(worked.clerk).post(url("report_submit", "FL"), follow=True)
    assert "还不能上报" in text_of(refused)
    assert worked.filing().status == Status.DRAFT


@pytest.mark.covers("S1-01", "S1-51")
def test_reporting_sends_it_to_the_bureau_above(confirmed, client_of):
    client = client_of(confirmed.clerk)
    page = client.get(url("report_detail", "FL"))
    assert "将 8 条分配明细、合同金额 ¥ 20,394.13 上报至医保局" in text_of(page)

    response = client.post(url("report_submit", "FL"), {"version": "0"}, follow=True)

    assert "已上报，等待上级审核" in text_of(response)
    assert "待市医保审核" in text_of(response)
    filing = confirmed.filing()
    assert (filing.status, filing.submitted_by) == (Status.SUBMITTED, confirmed.clerk)


def test_where_the_project_asks_reporting_takes_the_password(confirmed, client_of):
    with whole_country(reason="test"), pgtrigger.ignore():
        Project.objects.filter(pk=confirmed.project.pk).update(asks_proof=True)
    client = client_of(confirmed.clerk)
    assert 'name="proof"' in client.get(url("report_detail", "FL")).content.decode()

    asked = client.post(url("report_submit", "FL"), {"version": "0"})
    assert ("再次验证身份" in text_of(asked), confirmed.filing().status) == (True, Status.DRAFT)
    client.post(url("report_submit", "FL"), {"version": "0", "proof": PASSWORD})

    assert confirmed.filing().status == Status.SUBMITTED


def test_a_page_that_grew_old_reports_nothing(confirmed, client_of):
    response = client_of(confirmed.clerk).post(
        url("report_submit", "FL"), {"version": "7"}, follow=True
    )
    assert "页面打开之后数据有变化" in text_of(response)
    assert confirmed.filing().status == Status.DRAFT


def test_reporting_needs_the_right(confirmed, client_of):
    reader = sub_account_of(confirmed.clerk)
    assert client_of(reader).post(url("report_submit", "FL")).status_code == 403


def allow_withdrawal(project, policy):
    with whole_country(reason="test"), pgtrigger.ignore():
        Project.objects.filter(pk=project.pk).update(institution_withdrawal=policy)


@pytest.mark.parametrize(
    ("policy", "is_offered"), [("direct", True), ("on_request", False), ("none", False)]
)
def test_a_report_is_withdrawn_where_the_project_lets_institutions(
    confirmed, client_of, policy, is_offered
):
    allow_withdrawal(confirmed.project, policy)
    client = client_of(confirmed.clerk)
    client.post(url("report_submit", "FL"), {"version": "0"})
    page = client.get(url("report_detail", "FL"))
    detail = client.get(f"/review/FL/filings/{confirmed.filing().pk}/").content.decode()

    done = client.post(url("report_withdraw", "FL"), {"version": "1"}, follow=True)

    assert ("撤回" in words_of(page.content.decode(), "button")) == is_offered
    assert ("在“分配采购量确认上报”中撤回" in text_of(page)) == is_offered
    assert "撤回" not in words_of(detail, "button")
    assert ("已撤回" in text_of(done)) == is_offered
    assert confirmed.filing().status == (Status.DRAFT if is_offered else Status.SUBMITTED)


def test_a_withdrawn_report_keeps_what_was_confirmed_and_goes_out_again(confirmed, client_of):
    allow_withdrawal(confirmed.project, "direct")
    client = client_of(confirmed.clerk)
    client.post(url("report_submit", "FL"), {"version": "0"})

    client.post(url("report_withdraw", "FL"), {"version": "1"})
    rows = rows_of(client.get(url("report_detail", "FL")))
    client.post(url("report_submit", "FL"), {"version": "2"})
    put(Status.APPROVED, confirmed.filing())
    page = client.get(url("report_detail", "FL"))

    assert len(rows) == 8
    assert confirmed.filing().status == Status.APPROVED
    assert "撤回" not in words_of(page.content.decode(), "button")


@pytest.mark.covers("S1-54")
def test_everything_is_exported(confirmed, client_of):
    heading, *rows = sheet_of(client_of(confirmed.clerk), url("report_export", "FL"))

    lines = [dict(zip(heading, row, strict=True)) for row in rows]
    assert len(lines) == 8
    assert sum(line["合同量"] for line in lines) == 7_776 + 1_080 + 9_091
    assert {line["分配项"] for line in lines} == {
        "日均费用最低", "降幅最高", "其他中选", "中选产品确认",
    }  # fmt: skip
    assert round(sum(line["合同金额（元）"] for line in lines), 2) == 20_394.13


@pytest.mark.covers("S1-15")
def test_a_concluded_project_counts_no_time_down_and_offers_nothing(confirmed, client_of):
    client = client_of(confirmed.clerk)
    client.post(url("report_submit", "FL"), {"version": "0"}, follow=True)
    concluded(confirmed.project)

    text = text_of(client.get(url("report_detail", "FL")))

    assert "距截止 已办结" in text
    assert "项目已办结，数据只供查看和导出。" in text
    assert "请联系上级退回" not in text
