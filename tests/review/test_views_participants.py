"""参加机构 of a published round: the list, 增加机构 with a reason, 移出 where the machine allows it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from apps.accounts.models import User
from apps.projects.models import Participation, Project
from apps.review.models import Filing
from apps.review.models.statuses import Status
from tests import factories_allocation as make
from tests.cast import Tree
from tests.factories_review import put
from tests.pages import tags, words_of
from tests.review.acting import status_of
from tests.review.planting import filing_of, planted

ClientOf = Callable[[User], Client]
URL = "/review/PAPER/participants/"
HOSPITAL, LATE = "H42010600001", "H42010600002"


@pytest.fixture
def round_(tree: Tree, country: object, paper: object) -> Project:
    del country, paper
    return planted([tree[HOSPITAL], tree["H14010500001"]], chain=["city", "province"])


@pytest.fixture
def client(client_of: ClientOf, province_officer: User) -> Client:
    return client_of(province_officer)


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def test_the_project_s_participants_lead_here(round_: Project, client: Client) -> None:
    page = client.get("/projects/PAPER/participants/").content.decode()

    (door,) = [link for link in tags(page, "a") if link.words == "增减参加机构"]
    assert door["href"] == URL
    assert client.get(URL).status_code == 200


def test_the_list_shows_the_own_province_and_offers_removal(
    round_: Project, tree: Tree, client: Client
) -> None:
    filing = filing_of(round_, tree[HOSPITAL])
    remove = f"/review/PAPER/filings/{filing.pk}/exclude/"

    page = client.get(URL).content.decode()
    put(Status.SUBMITTED, filing)
    reported = client.get(URL).content.decode()

    assert "小店区人民医院" not in page
    assert [link["href"] for link in tags(page, "a") if link.words.startswith("移出")] == [remove]
    assert not [link for link in tags(reported, "a") if link.words.startswith("移出")]


def test_removal_from_the_list(round_: Project, tree: Tree, client: Client) -> None:
    filing = filing_of(round_, tree[HOSPITAL])
    address = f"/review/PAPER/filings/{filing.pk}/exclude/"

    asked = client.post(address, {"version": "0", "reason": ""})
    done = client.post(address, {"version": "0", "reason": "已停业"})

    assert "请填写移出原因。" in asked.content.decode()
    assert said(done) == ["已移出：武昌区人民医院。"]
    assert status_of(filing) == Status.EXCLUDED
    assert "武昌区人民医院" not in words_of(client.get(URL).content.decode(), "th")
    gone = client.get(URL, {"status": "excluded"}).content.decode()
    assert "武昌区人民医院" in words_of(gone, "th")


def test_adding_with_a_reason(round_: Project, tree: Tree, client: Client) -> None:
    page = client.get(f"{URL}add/").content.decode()
    chosen = {"selected": tree[LATE].pk, "obligation": "voluntary", "reason": "漏选"}

    done = client.post(f"{URL}add/", chosen)

    names = words_of(page, "th")
    assert "武昌区中医医院" in names
    assert "武昌区人民医院" not in names
    assert said(done) == ["已加入 1 家机构，它们现在可以填报。"]
    assert done["Location"] == URL
    assert Participation.objects.get(organization=tree[LATE]).obligation == "voluntary"
    assert Filing.objects.filter(organization=tree[LATE]).exists()


def test_a_refusal_keeps_the_reason(round_: Project, tree: Tree, client: Client) -> None:
    put(Status.SUBMITTED, filing_of(round_, tree["420100"]))

    refused = client.post(f"{URL}add/", {"selected": tree[LATE].pk, "reason": "漏选"})

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "武汉市医疗保障局已经提交" in page
    (reason,) = tags(page, "input", name="reason")
    assert reason["value"] == "漏选"
    assert not Participation.objects.filter(organization=tree[LATE]).exists()


def test_an_allocation_says_why_it_takes_nobody_in(
    tree: Tree, country: object, client: Client, alliance_officer: User
) -> None:
    make.published_round([tree[HOSPITAL]], alliance_officer)
    address = "/review/FL/participants/"

    page = client.get(f"{address}add/").content.decode()
    refused = client.post(f"{address}add/", {"selected": tree[LATE].pk, "reason": "漏选"})

    assert "分配量在发布时已经固定" in page
    assert "加入" not in words_of(page, "button")
    assert refused.status_code == 409
    assert "增加机构" not in words_of(client.get(address).content.decode(), "a")
