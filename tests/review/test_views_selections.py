"""Batch acts on the list: frozen by the server, confirmed with numbers, done once, refused with names."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.models import Filing, FilingEvent, Selection
from apps.review.models.statuses import Action, Status
from tests.cast import Tree
from tests.factories_review import filings_of, put, units_below
from tests.pages import all_of
from tests.review.acting import act, status_of
from tests.review.planting import planted

ClientOf = Callable[[User], Client]
URL = "/review/PAPER/"
CITY = ("H42010600001", "H42010600002", "H42010000001")


@pytest.fixture
def waiting(round_on_paper: Project, tree: Tree) -> list[Filing]:
    """Three institutions that wait for the city's review."""
    return put(Status.SUBMITTED, *filings_of(round_on_paper, [tree[code] for code in CITY]))


@pytest.fixture
def client(client_of: ClientOf, city_reviewer: User) -> Client:
    return client_of(city_reviewer)


def freeze(client: Client, action: str, *filings: Filing, **fields: Any) -> str:
    """Tick and press the button; the address of the confirmation."""
    data = {"action": action, "selected": [filing.pk for filing in filings], **fields}
    response = client.post(URL, data)
    assert response.status_code == 302
    return response["Location"]


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.covers("S0-19")
def test_ticked_units_are_approved_in_one_act(waiting: list[Filing], client: Client) -> None:
    page = freeze(client, "approve", *waiting[:2])

    asked = client.get(page)
    assert "2 家单位" in asked.content.decode()
    done = client.post(page)

    assert done["Location"] == f"{URL}?"
    assert [status_of(filing) for filing in waiting] == ["approved", "approved", "submitted"]
    assert said(done) == ["已审核通过 2 家。"]


def test_all_that_match_are_frozen_beyond_the_page(
    tree: Tree, country: object, paper: object, client: Client
) -> None:
    project = planted(units_below(tree["420106"], 30))
    filings = put(Status.SUBMITTED, *Filing.objects.of_project(project).institutions())
    put(Status.APPROVED, filings[0])

    everybody = f"{URL}?status=all&per_page=10"
    client.post(everybody, all_of(client, everybody) | {"action": "approve"})

    selection = Selection.objects.get()
    assert sorted(selection.filing_ids) == sorted(filing.pk for filing in filings[1:])
    assert selection.back_to == f"{URL}?status=all&per_page=10"


def test_those_that_do_not_fit_are_left_out_and_counted(
    waiting: list[Filing], client: Client
) -> None:
    put(Status.APPROVED, waiting[0])

    response = client.post(
        URL, {"action": "approve", "selected": [filing.pk for filing in waiting]}
    )

    assert len(Selection.objects.get().filing_ids) == 2
    assert said(response) == ["另有 1 家当前状态不能审核通过，不在本次处理范围。"]


def test_nothing_ticked_is_said(waiting: list[Filing], client: Client) -> None:
    response = client.post(URL, {"action": "approve"})

    assert said(response) == ["没有可以审核通过的单位，请先勾选。"]
    assert not Selection.objects.exists()


def test_an_act_that_is_no_batch_act_does_nothing(waiting: list[Filing], client: Client) -> None:
    for action in ("exclude", "nonsense", ""):
        client.post(URL, {"action": action, "selected": [waiting[0].pk]})

    assert not Selection.objects.exists()


def test_a_moved_row_refuses_the_whole_selection_with_its_name(
    waiting: list[Filing], client: Client, city_reviewer: User
) -> None:
    page = freeze(client, "approve", *waiting)
    act(Action.RETURN, city_reviewer, waiting[1], reason="漏填")

    response = client.post(page)

    assert response.status_code == 409
    html = response.content.decode()
    assert "武昌区中医医院" in html
    assert "本次没有办理" in html
    assert [status_of(filing) for filing in waiting] == ["submitted", "returned", "submitted"]


def test_a_moved_row_is_named_before_anybody_confirms(
    waiting: list[Filing], client: Client, city_reviewer: User
) -> None:
    page = freeze(client, "approve", *waiting)
    act(Action.APPROVE, city_reviewer, waiting[2])

    html = client.get(page).content.decode()

    assert "不能一起处理" in html
    assert "武汉市第一医院" in html


def test_a_double_click_does_nothing_twice(waiting: list[Filing], client: Client) -> None:
    page = freeze(client, "approve", *waiting)

    client.post(page)
    again = client.post(page)

    assert again.status_code == 302
    assert "这次操作已经完成，没有重复执行。" in said(again)
    assert FilingEvent.objects.filter(filing=waiting[0]).count() == 1


@pytest.mark.covers("S0-21", "S0-22")
def test_a_batch_return_asks_for_a_reason(waiting: list[Filing], client: Client) -> None:
    page = freeze(client, "return", *waiting[:2])
    assert "退回原因" in client.get(page).content.decode()

    refused = client.post(page, {"reason": " "})

    assert refused.status_code == 200
    assert refused.context["form"].errors["reason"] == ["请填写退回原因。"]
    assert status_of(waiting[0]) == "submitted"


@pytest.mark.covers("S0-21")
def test_a_batch_return_sets_reason_and_deadline(waiting: list[Filing], client: Client) -> None:
    page = freeze(client, "return", *waiting[:2])
    day = f"{timezone.localdate() + timedelta(days=3):%Y-%m-%d}"

    client.post(page, {"reason": "数量有误", "deadline_0": day, "deadline_1": "24:00"})

    waiting[0].refresh_from_db()
    assert waiting[0].status == "returned"
    assert waiting[0].return_reason == "数量有误"
    local = timezone.localtime(waiting[0].correction_deadline)
    assert local.date() == timezone.localdate() + timedelta(days=4)
    assert (local.hour, local.minute) == (0, 0)


def test_without_a_deadline_the_reviewers_window_ends_it(
    waiting: list[Filing], client: Client, round_on_paper: Project
) -> None:
    page = freeze(client, "return", waiting[0])

    client.post(page, {"reason": "数量有误"})

    waiting[0].refresh_from_db()
    window = round_on_paper.windows.get(tier="city")
    assert waiting[0].correction_deadline == window.closes_at


def test_a_deadline_under_four_hours_is_asked_about(waiting: list[Filing], client: Client) -> None:
    page = freeze(client, "return", waiting[0])
    soon = timezone.localtime() + timedelta(hours=2)
    given = {"reason": "漏填", "deadline_0": f"{soon:%Y-%m-%d}", "deadline_1": f"{soon:%H:%M}"}

    asked = client.post(page, given)
    assert "不足四小时" in asked.content.decode()
    assert status_of(waiting[0]) == "submitted"

    client.post(page, {**given, "short": "on"})
    assert status_of(waiting[0]) == "returned"


def test_one_by_one_approval_offers_no_batch(
    tree: Tree, country: object, paper: object, client: Client
) -> None:
    project = planted([tree["H42010600001"]], approval="one_by_one")
    put(Status.SUBMITTED, *Filing.objects.of_project(project).institutions())

    assert 'value="approve"' not in client.get(URL).content.decode()


def test_a_selection_is_its_makers_alone(
    waiting: list[Filing],
    client: Client,
    client_of: ClientOf,
    province_officer: User,
    neighbour_officer: User,
) -> None:
    page = freeze(client, "approve", *waiting)

    for person in (province_officer, neighbour_officer):
        assert client_of(person).get(page).status_code == 404
        assert client_of(person).post(page).status_code == 404
    assert status_of(waiting[0]) == "submitted"


def test_units_elsewhere_cannot_be_smuggled_in(
    waiting: list[Filing], client: Client, round_on_paper: Project, tree: Tree
) -> None:
    (stranger,) = put(Status.SUBMITTED, *filings_of(round_on_paper, [tree["H14010500001"]]))

    freeze(client, "approve", waiting[0], stranger)

    assert Selection.objects.get().filing_ids == [waiting[0].pk]


def test_missing_units_are_counted_as_not_reported_once_their_window_is_over(
    round_on_paper: Project, tree: Tree, client: Client
) -> None:
    filings = filings_of(round_on_paper, [tree[code] for code in CITY])
    yesterday = timezone.now() - timedelta(hours=1)
    round_on_paper.windows.filter(tier="institution").update(closes_at=yesterday)

    page = freeze(client, "lapse", *filings[:2])
    assert "计为未报" in client.get(page).content.decode()
    client.post(page)

    assert [status_of(filing) for filing in filings] == ["lapsed", "lapsed", "draft"]
