"""逐一审核, the two ticks of a signed sheet, and what the confirmation says (S3-10…24)."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.projects.models import Attachment, Project
from apps.review.domain.refusals import ActionRefused
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from tests.cast import Tree
from tests.factories_review import filings_of, put
from tests.pages import tags, words_of
from tests.review.acting import act, status_of
from tests.review.planting import Paper, filing_of, planted

ClientOf = Callable[[User], Client]
URL = "/review/PAPER/"
CITY = ("H42010600001", "H42010600002", "H42010000001")


@pytest.fixture
def brackets(tree: Tree, country: object, paper: Paper) -> Project:
    """As the demo's consumables: strict, one by one, a signed sheet, bureaus can't withdraw."""
    del country, paper
    units = [unit for unit in tree.values() if unit.tier == "institution"]
    return planted(
        units,
        gate="strict",
        approval="one_by_one",
        attachment=Attachment.SUMMARY,
        bureau_withdrawal="none",
    )


@pytest.fixture
def below(brackets: Project, tree: Tree) -> list[Filing]:
    return put(Status.SUBMITTED, *filings_of(brackets, [tree[code] for code in CITY]))


@pytest.mark.covers("S3-13")
def test_many_at_once_are_refused_by_the_service(below: list[Filing], city_reviewer: User) -> None:
    with pytest.raises(ActionRefused, match="逐一审核"):
        act(Action.APPROVE, city_reviewer, *below)
    with pytest.raises(ActionRefused, match="逐一审核"):
        act(Action.RETURN, city_reviewer, *below, reason="有误")
    assert {status_of(filing) for filing in below} == {"submitted"}


@pytest.mark.covers("S3-11", "S3-12", "S3-13")
def test_the_list_offers_nothing_for_many(
    below: list[Filing], city_reviewer: User, client_of: ClientOf
) -> None:
    page = client_of(city_reviewer).get(URL).content.decode()

    assert not words_of(page, "button") & {"审核通过", "退回修改"}
    assert not tags(page, "input", name="selected")
    assert tags(page, "a", href=f"{URL}filings/{below[0].pk}/")


@pytest.mark.covers("S3-14", "S3-15")
def test_approval_needs_both_ticks(
    below: list[Filing], city_reviewer: User, client_of: ClientOf
) -> None:
    client, filing = client_of(city_reviewer), below[0]
    url = f"{URL}filings/{filing.pk}/approve/"

    page = client.get(f"{URL}filings/{filing.pk}/").content.decode()
    half = client.post(url, {"version": filing.version, "is_sealed": "on"})
    after_half = status_of(filing)
    client.post(url, {"version": filing.version, "is_sealed": "on", "is_consistent": "on"})

    assert {"签章完整", "数据一致"} <= words_of(page, "label")
    assert "请核对需求量汇总表并勾选“数据一致”" in half.content.decode()
    assert after_half == "submitted"
    assert status_of(filing) == "approved"


def test_without_a_sheet_nothing_is_ticked(
    tree: Tree, country: object, paper: Paper, city_reviewer: User, client_of: ClientOf
) -> None:
    project = planted([tree["H42010600001"]])
    (filing,) = put(Status.SUBMITTED, filing_of(project, tree["H42010600001"]))

    client_of(city_reviewer).post(f"{URL}filings/{filing.pk}/approve/", {"version": 0})

    assert status_of(filing) == "approved"


@pytest.mark.covers("S3-16", "S3-17")
def test_a_return_needs_its_reason(
    below: list[Filing], city_reviewer: User, client_of: ClientOf
) -> None:
    client, url = client_of(city_reviewer), f"{URL}filings/{below[0].pk}/return/"

    empty = client.post(url, {"version": below[0].version, "reason": ""})
    client.post(url, {"version": below[0].version, "reason": "缺少签章"})

    assert "请填写退回原因" in empty.content.decode()
    below[0].refresh_from_db()
    assert (below[0].status, below[0].return_reason) == ("returned", "缺少签章")


@pytest.mark.covers("S3-03", "S3-23", "S3-32")
def test_the_strict_gate_names_who_is_missing(
    brackets: Project, below: list[Filing], city_reviewer: User, client_of: ClientOf
) -> None:
    put(Status.APPROVED, *below[:2])
    Filing.objects.filter(pk=below[2].pk).update(status=Status.DRAFT)
    client = client_of(city_reviewer)

    page = client.get(f"{URL}confirm/").content.decode()
    refused = client.post(f"{URL}confirm/", {"confirmed": "1"})

    assert "武汉市第一医院" in page
    assert "全部参加单位上报并审核通过" in page
    assert refused.status_code == 409
    assert status_of(filing_of(brackets, city_reviewer)) == "draft"


@pytest.mark.covers("S3-21", "S3-22", "S3-24")
def test_the_confirmation_speaks_as_the_manual_and_ends_the_city_s_work(
    brackets: Project, below: list[Filing], city_reviewer: User, client_of: ClientOf
) -> None:
    put(Status.APPROVED, *below)
    client, city = client_of(city_reviewer), filing_of(brackets, city_reviewer)

    page = client.get(f"{URL}confirm/").content.decode()
    client.post(f"{URL}confirm/", {"version": city.version})

    assert "历史采购量确认" in words_of(page, "h1")
    assert "确认无误，提交省医保局" in words_of(page, "button")
    assert "提交后本单位不能再做任何操作" in page
    assert status_of(city) == "submitted"
    for action in (Action.UNAPPROVE, Action.RETURN):
        with pytest.raises(ActionRefused, match="锁定"):
            act(action, city_reviewer, below[0], reason="再看")
    with pytest.raises(ActionRefused, match="不允许撤回"):
        act(Action.WITHDRAW, city_reviewer, city)


def test_a_bureau_without_reports_hands_up_a_marked_zero_report(
    tree: Tree, country: object, paper: Paper, city_reviewer: User, client_of: ClientOf
) -> None:
    project = planted([tree["H42010600001"]], gate="strict")
    put(Status.LAPSED, filing_of(project, tree["H42010600001"]))
    city = filing_of(project, city_reviewer)

    page = client_of(city_reviewer).get(f"{URL}confirm/").content.decode()
    client_of(city_reviewer).post(f"{URL}confirm/", {"version": city.version, "confirmed": "1"})

    assert "零报告" in page
    assert "计为未报 1 / 1 家" in page
    assert FilingEvent.objects.get(filing=city).reason == "零报告"
