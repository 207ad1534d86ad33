"""医疗机构撤回处理 and 申请撤回 as pages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.models import Filing, WithdrawalRequest
from apps.review.models.statuses import Status
from tests.cast import Tree
from tests.factories_review import put
from tests.pages import tags, words_of
from tests.review.acting import status_of
from tests.review.planting import Paper, filing_of, planted

ClientOf = Callable[[User], Client]
ASK = "/review/PAPER/withdrawal/"
LIST = "/review/PAPER/withdrawals/"


@pytest.fixture
def on_request(tree: Tree, country: object, paper: Paper) -> Project:
    del country, paper
    units = [unit for unit in tree.values() if unit.tier == "institution"]
    return planted(units, institution_withdrawal="on_request")


@pytest.fixture
def reported(on_request: Project, hospital_clerk: User) -> Filing:
    (filing,) = put(Status.SUBMITTED, filing_of(on_request, hospital_clerk))
    return filing


@pytest.fixture
def asked(reported: Filing, hospital_clerk: User) -> WithdrawalRequest:
    return WithdrawalRequest.objects.create(
        filing=reported,
        reason="采购量填错了",
        asked_at=timezone.now(),
        asked_by=hospital_clerk,
        asked_by_name="王医办",
    )


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.covers("S3-27")
def test_a_clerk_asks_with_a_reason_and_sees_what_became_of_it(
    reported: Filing, hospital_clerk: User, client_of: ClientOf
) -> None:
    client = client_of(hospital_clerk)

    empty = client.post(ASK, {"reason": ""}).content.decode()
    done = client.post(ASK, {"reason": "采购量填错了"})
    page = client.get(ASK).content.decode()

    assert "请填写申请撤回的原因" in empty
    assert said(done) == ["已提交撤回申请，请等待上级处理。"]
    assert "已经申请过撤回，请等待上级处理" in page
    assert "采购量填错了" in page
    assert "待处理" in page
    assert client.post(ASK, {"reason": "再来"}).status_code == 409


@pytest.mark.covers("S3-27")
def test_the_list_shows_what_was_asked_and_filters(
    asked: WithdrawalRequest, city_reviewer: User, client_of: ClientOf
) -> None:
    client = client_of(city_reviewer)

    page = client.get(LIST).content.decode()

    assert "医疗机构撤回处理" in words_of(page, "h1")
    assert "武昌区人民医院" in page
    assert "采购量填错了" in page
    assert tags(page, "a", href=f"{LIST}{asked.pk}/")
    assert "武昌区人民医院" not in client.get(LIST, {"state": "refused"}).content.decode()
    assert "武昌区人民医院" in client.get(LIST, {"unit": "wcq"}).content.decode()


@pytest.mark.covers("S3-27", "S3-29")
def test_granting_from_the_page(
    asked: WithdrawalRequest, city_reviewer: User, client_of: ClientOf
) -> None:
    client = client_of(city_reviewer)

    page = client.get(f"{LIST}{asked.pk}/").content.decode()
    done = client.post(f"{LIST}{asked.pk}/", {"decision": "grant"})
    after = client.get(f"{LIST}{asked.pk}/").content.decode()

    assert {"同意", "驳回"} <= words_of(page, "button")
    assert done["Location"] == LIST
    assert status_of(asked.filing) == "returned"
    assert "已同意" in after
    assert not words_of(after, "button") & {"同意", "驳回"}


@pytest.mark.covers("S3-29")
def test_refusing_needs_a_reason_and_keeps_what_was_typed(
    asked: WithdrawalRequest, city_reviewer: User, client_of: ClientOf
) -> None:
    client = client_of(city_reviewer)

    empty = client.post(f"{LIST}{asked.pk}/", {"decision": "refuse", "answer": ""})
    done = client.post(f"{LIST}{asked.pk}/", {"decision": "refuse", "answer": "数据无误"})

    assert "请填写驳回的原因" in empty.content.decode()
    assert said(done) == ["已驳回武昌区人民医院的撤回申请。"]
    assert status_of(asked.filing) == "submitted"


def test_a_decision_that_came_too_late_is_told(
    asked: WithdrawalRequest, city_reviewer: User, client_of: ClientOf
) -> None:
    client = client_of(city_reviewer)
    client.post(f"{LIST}{asked.pk}/", {"decision": "grant"})

    late = client.post(f"{LIST}{asked.pk}/", {"decision": "refuse", "answer": "数据无误"})

    assert late.status_code == 409
    assert "没有重复处理" in late.content.decode()


def test_others_requests_are_not_found(
    asked: WithdrawalRequest, province_officer: User, neighbour_officer: User, client_of: ClientOf
) -> None:
    assert client_of(province_officer).get(f"{LIST}{asked.pk}/").status_code == 404
    assert client_of(neighbour_officer).get(f"{LIST}{asked.pk}/").status_code == 404


def test_the_portal_counts_what_waits(
    asked: WithdrawalRequest, city_reviewer: User, client_of: ClientOf
) -> None:
    page = client_of(city_reviewer).get("/").content.decode()

    assert "撤回申请待处理" in page
    assert tags(page, "a", href=f"{LIST}?state=open")


def test_the_detail_shows_the_requests(
    asked: WithdrawalRequest, city_reviewer: User, client_of: ClientOf
) -> None:
    page = client_of(city_reviewer).get(f"/review/PAPER/filings/{asked.filing_id}/")

    assert "采购量填错了" in page.content.decode()


def test_the_page_of_the_work_has_the_button_and_then_the_state(
    reported: Filing, hospital_clerk: User, client_of: ClientOf
) -> None:
    client, sheet = client_of(hospital_clerk), "/demand/PAPER/entry/"
    before = client.get(sheet).content.decode()
    assert (f'href="{ASK}"' in before, "已申请撤回" in before) == (True, False)

    client.post(ASK, {"reason": "采购量填错了"})

    after = client.get(sheet).content.decode()
    assert "已申请撤回，待" in after
    assert "查看申请" in after
