"""确认提交 and 撤回 of a bureau's package, under both gates."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from tests.cast import Tree
from tests.factories_review import filings_of, put
from tests.pages import tags
from tests.review.acting import act, status_of
from tests.review.planting import filing_of, planted

ClientOf = Callable[[User], Client]
URL = "/review/PAPER/"
CONFIRM = f"{URL}confirm/"
BREAKS = re.compile(r"[ \n]+")
CITY = ("H42010600001", "H42010600002", "H42010000001")


@pytest.fixture
def below(round_on_paper: Project, tree: Tree) -> list[Filing]:
    return filings_of(round_on_paper, [tree[code] for code in CITY])


@pytest.fixture
def city(round_on_paper: Project, tree: Tree) -> Filing:
    return filing_of(round_on_paper, tree["420100"])


@pytest.fixture
def client(client_of: ClientOf, city_reviewer: User) -> Client:
    return client_of(city_reviewer)


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.covers("S0-24")
def test_what_waits_blocks_submission_and_is_named(
    below: list[Filing], city: Filing, client: Client
) -> None:
    put(Status.APPROVED, *below[:2])
    put(Status.SUBMITTED, below[2])

    page = client.get(CONFIRM).content.decode()
    refused = client.post(CONFIRM)

    assert "已上报的单位全部审核通过后才能提交" in page
    assert "武汉市第一医院" in page
    assert refused.status_code == 409
    assert status_of(city) == "draft"


@pytest.mark.parametrize(
    ("waiting", "offered"),
    [(Status.RETURNED, "催报退回未重报的单位"), (Status.SUBMITTED, "去审核")],
)
def test_the_next_step_is_offered_of_whoever_has_to_take_it(
    waiting: Status, offered: str, below: list[Filing], client: Client
) -> None:
    put(Status.APPROVED, *below[:2])
    put(waiting, below[2])

    page = client.get(CONFIRM).content.decode()

    assert [link.words for link in tags(page, "a", class_="btn btn-primary")] == [offered]


@pytest.mark.covers("S0-24", "S0-25")
def test_all_reported_and_approved_may_be_submitted(
    below: list[Filing], city: Filing, client: Client, paper: Any
) -> None:
    put(Status.APPROVED, *below)
    paper.shown = [("协议明细", "120 条")]

    page = BREAKS.sub(" ", client.get(CONFIRM).content.decode())
    done = client.post(CONFIRM, {"version": city.version})

    assert "将 3 家单位、协议明细\u00a0120\u00a0条 一并提交省医保" in page
    assert done["Location"] == URL
    assert said(done) == ["已提交省医保。"]
    assert status_of(city) == "submitted"


@pytest.mark.covers("S0-28")
def test_units_that_never_reported_are_confirmed_by_name_under_the_lenient_gate(
    below: list[Filing], city: Filing, client: Client
) -> None:
    put(Status.APPROVED, *below[:2])

    page = BREAKS.sub(" ", client.get(CONFIRM).content.decode())
    assert "武汉市第一医院" in page
    assert "1 家未上报单位的名单" in page

    refused = client.post(CONFIRM, {"version": city.version})
    assert refused.status_code == 409
    client.post(CONFIRM, {"version": city.version, "confirmed": "1"})
    assert status_of(city) == "submitted"


def test_the_strict_gate_waits_for_everybody(
    tree: Tree, country: object, paper: object, client: Client
) -> None:
    project = planted([tree[code] for code in CITY], gate="strict")
    put(Status.APPROVED, *filings_of(project, [tree[code] for code in CITY[:2]]))

    response = client.post(CONFIRM, {"confirmed": "1"})

    assert response.status_code == 409
    assert "武汉市第一医院" in response.content.decode()


def test_a_stale_confirmation_is_refused(
    below: list[Filing], city: Filing, client: Client, city_reviewer: User
) -> None:
    put(Status.APPROVED, *below)
    seen = city.version
    act(Action.SUBMIT, city_reviewer, city)
    act(Action.WITHDRAW, city_reviewer, city)

    assert client.post(CONFIRM, {"version": seen}).status_code == 409
    assert status_of(city) == "draft"


@pytest.mark.covers("S0-27")
def test_withdrawn_until_the_province_has_acted(
    below: list[Filing], city: Filing, client: Client, city_reviewer: User, province_officer: User
) -> None:
    put(Status.APPROVED, *below)
    act(Action.SUBMIT, city_reviewer, city)
    assert "撤回" in client.get(URL).content.decode()

    client.post(f"{URL}withdraw/", {"version": city.version + 1})
    assert status_of(city) == "draft"

    act(Action.SUBMIT, city_reviewer, city)
    act(Action.APPROVE, province_officer, city)
    refused = client.post(f"{URL}withdraw/")
    assert status_of(city) == "approved"
    assert "不能撤回" in said(refused)[-1]
    assert 'data-dialog-open="withdraw"' not in client.get(URL).content.decode()


def test_after_submission_nothing_below_can_be_acted_on(
    below: list[Filing], city: Filing, client: Client, city_reviewer: User
) -> None:
    put(Status.APPROVED, *below)
    act(Action.SUBMIT, city_reviewer, city)

    html = client.get(f"{URL}?status=approved").content.decode()

    assert "data-select-row" not in html
    assert client.get(f"{URL}filings/{below[0].pk}/").context["buttons"] == []


@pytest.mark.covers("S0-07")
def test_institutions_do_not_submit_packages(
    round_on_paper: Project, client_of: ClientOf, hospital_clerk: User, neighbour_officer: User
) -> None:
    assert client_of(hospital_clerk).get(CONFIRM).status_code == 403
    assert client_of(hospital_clerk).post(f"{URL}withdraw/").status_code == 403


def test_the_alliance_concludes_instead(
    round_on_paper: Project, client_of: ClientOf, alliance_officer: User
) -> None:
    response = client_of(alliance_officer).get(CONFIRM)

    assert response["Location"] == f"{URL}conclude/"


def test_a_package_that_was_passed_over_says_so(
    below: list[Filing], city: Filing, client: Client, client_of: ClientOf, province_officer: User
) -> None:
    """The province submitted without it: neither the time nor the right is what keeps it."""
    put(Status.APPROVED, *below)
    assert "数据已锁定" not in client.get(URL).content.decode()
    province = Filing.objects.get(pk=city.parent_id)
    act(Action.SUBMIT, province_officer, province, confirmed=True)

    listed, asked = (client.get(page).content.decode() for page in (URL, CONFIRM))
    detail = client_of(province_officer).get(f"{URL}filings/{below[0].pk}/")

    assert "上级已提交，本级数据已锁定" in listed
    assert "现在不能提交：上级已提交，数据已锁定" in asked
    assert "剩余" not in asked
    assert detail.context["hops"] == ()
