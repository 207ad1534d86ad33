"""The city bureau's round as its manual tells it: review, confirm, the province's answer, and again (S3-10…30)."""

from collections.abc import Callable

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.domain.labels import status_text
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from tests.cast import Tree
from tests.pages import words_of
from tests.review.acting import act, status_of
from tests.review.planting import Paper, filing_of, planted

ClientOf = Callable[[User], Client]
URL = "/review/PAPER/"


@pytest.fixture
def brackets(tree: Tree, country: object, paper: Paper) -> Project:
    """One hospital; cities and province, strict, one by one, on request, bureaus can't withdraw."""
    del country, paper
    return planted(
        [tree["H42010600001"]],
        gate="strict",
        approval="one_by_one",
        institution_withdrawal="on_request",
        bureau_withdrawal="none",
    )


@pytest.mark.covers("S3-01", "S3-10", "S3-12", "S3-15", "S3-22", "S3-25")
def test_from_the_institution_to_the_joint_office(
    brackets: Project,
    hospital_clerk: User,
    city_reviewer: User,
    province_officer: User,
    client_of: ClientOf,
) -> None:
    clerk, city, province = (
        filing_of(brackets, who) for who in (hospital_clerk, city_reviewer, province_officer)
    )
    act(Action.SUBMIT, hospital_clerk, clerk)
    client = client_of(city_reviewer)

    listed = client.get(URL).content.decode()
    client.post(f"{URL}filings/{clerk.pk}/approve/", {"version": 1})
    client.post(f"{URL}confirm/", {"version": 0})
    superior = client_of(province_officer)
    superior.post(f"{URL}filings/{city.pk}/approve/", {"version": 1})
    page = superior.get(f"{URL}confirm/").content.decode()
    superior.post(f"{URL}confirm/", {"version": 0})

    assert "武昌区人民医院" in listed
    assert "确认无误，提交联采办" in words_of(page, "button")
    assert [status_of(each) for each in (clerk, city, province)] == [
        "approved",
        "approved",
        "submitted",
    ]


@pytest.mark.covers("S3-16", "S3-26")
def test_what_the_province_returns_goes_down_and_comes_up_again(
    brackets: Project,
    hospital_clerk: User,
    city_reviewer: User,
    province_officer: User,
    client_of: ClientOf,
) -> None:
    clerk, city = filing_of(brackets, hospital_clerk), filing_of(brackets, city_reviewer)
    act(Action.SUBMIT, hospital_clerk, clerk)
    act(Action.APPROVE, city_reviewer, clerk)
    act(Action.SUBMIT, city_reviewer, city)

    act(Action.RETURN, province_officer, city, reason="请核对托槽数量")
    client = client_of(city_reviewer)
    page = client.get(URL).content.decode()
    client.post(f"{URL}filings/{clerk.pk}/return/", {"version": 2, "reason": "请核对托槽数量"})
    after_return = status_of(clerk)
    act(Action.SUBMIT, hospital_clerk, clerk)
    act(Action.APPROVE, city_reviewer, clerk)
    act(Action.SUBMIT, city_reviewer, city)

    assert "请核对托槽数量" in page
    assert "查看详情" in words_of(page, "a")
    assert after_return == "returned"
    assert [status_of(each) for each in (clerk, city)] == ["approved", "submitted"]


@pytest.mark.covers("S3-30")
def test_the_states_of_an_institution_in_words(brackets: Project, hospital_clerk: User) -> None:
    filing: Filing = filing_of(brackets, hospital_clerk)

    texts = {}
    for status in Status:
        filing.status = status
        texts[status.value] = status_text(filing)

    assert texts == {
        "draft": "填报中",
        "submitted": "待市医保审核",
        "approved": "市医保审核通过",
        "returned": "市医保退回",
        "lapsed": "未报",
        "excluded": "已移出",
    }
