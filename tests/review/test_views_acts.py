"""One act on one filing: the right person once, the wrong one never, a stale page not at all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.projects.models import Project, SupplementWindow
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from tests.cast import Tree
from tests.factories_review import filings_of, put
from tests.review.acting import act, status_of
from tests.review.planting import filing_of

ClientOf = Callable[[User], Client]
CITY = ("H42010600001", "H42010600002", "H42010000001")


def url(filing: Filing, action: str, queue: str = "") -> str:
    page = f"/review/PAPER/filings/{filing.pk}/{action}/"
    return page + (f"?queue={queue}" if queue else "")


@pytest.fixture
def waiting(round_on_paper: Project, tree: Tree) -> list[Filing]:
    found = put(Status.SUBMITTED, *filings_of(round_on_paper, [tree[code] for code in CITY]))
    return sorted(found, key=lambda filing: filing.path)


@pytest.fixture
def client(client_of: ClientOf, city_reviewer: User) -> Client:
    return client_of(city_reviewer)


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


def tomorrow() -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=1)
    return {"deadline_0": f"{day:%Y-%m-%d}", "deadline_1": "18:00"}


def test_approve(waiting: list[Filing], client: Client) -> None:
    response = client.post(url(waiting[0], "approve"), {"version": waiting[0].version})

    assert response["Location"] == f"/review/PAPER/filings/{waiting[0].pk}/"
    assert status_of(waiting[0]) == "approved"


def test_approve_and_go_on_to_the_next_that_waits(waiting: list[Filing], client: Client) -> None:
    page = url(waiting[0], "approve", "status%3Dsubmitted")

    response = client.post(page, {"version": waiting[0].version, "next": "1"})

    assert response["Location"] == (
        f"/review/PAPER/filings/{waiting[1].pk}/?queue=status%3Dsubmitted"
    )


def test_after_the_last_one_the_list_comes_back(waiting: list[Filing], client: Client) -> None:
    page = url(waiting[2], "approve", "status%3Dsubmitted")

    response = client.post(page, {"version": waiting[2].version, "next": "1"})

    assert response["Location"] == "/review/PAPER/?status=submitted"


def test_unapprove(waiting: list[Filing], client: Client) -> None:
    put(Status.APPROVED, waiting[0])

    client.post(url(waiting[0], "unapprove"), {"version": waiting[0].version})

    assert status_of(waiting[0]) == "submitted"


@pytest.mark.covers("S0-21", "S0-22")
def test_return_with_reason_and_deadline(waiting: list[Filing], client: Client) -> None:
    data = {"version": waiting[0].version, "reason": "漏填两行", **tomorrow()}

    client.post(url(waiting[0], "return"), data)

    waiting[0].refresh_from_db()
    assert (waiting[0].status, waiting[0].return_reason) == ("returned", "漏填两行")


def test_a_refused_return_keeps_what_was_typed(waiting: list[Filing], client: Client) -> None:
    response = client.post(url(waiting[0], "return"), {"reason": "", **tomorrow()})

    assert response.status_code == 200
    html = response.content.decode()
    assert "请填写退回原因。" in html
    assert tomorrow()["deadline_0"] in html
    assert status_of(waiting[0]) == "submitted"


def test_a_stale_page_is_refused_with_what_happened(
    waiting: list[Filing], client: Client, city_reviewer: User
) -> None:
    seen = waiting[0].version
    act(Action.APPROVE, city_reviewer, waiting[0])
    act(Action.UNAPPROVE, city_reviewer, waiting[0])

    response = client.post(url(waiting[0], "approve"), {"version": seen})

    assert response.status_code == 409
    assert "陈市审已取消通过" in response.content.decode()
    assert status_of(waiting[0]) == "submitted"


def test_an_act_out_of_turn_is_refused_in_words(waiting: list[Filing], client: Client) -> None:
    put(Status.APPROVED, waiting[0])

    response = client.post(url(waiting[0], "approve"), {"version": waiting[0].version})

    assert response.status_code == 409
    assert "不能审核通过" in response.content.decode()


def test_asking_for_what_is_not_offered_says_so(waiting: list[Filing], client: Client) -> None:
    response = client.get(url(waiting[0], "unapprove"))

    assert response.status_code == 200
    assert "现在不能对该单位取消通过" in response.content.decode()


def test_unknown_acts_are_not_found(waiting: list[Filing], client: Client) -> None:
    for action in ("conclude", "substitute", "nonsense"):
        assert client.post(url(waiting[0], action)).status_code == 404


def test_strangers_and_filers_cannot_act(
    waiting: list[Filing],
    client_of: ClientOf,
    neighbour_officer: User,
    hospital_clerk: User,
    county_reviewer: User,
) -> None:
    page = url(waiting[0], "approve")

    assert client_of(neighbour_officer).post(page).status_code == 404
    assert client_of(hospital_clerk).post(page).status_code == 403
    assert client_of(county_reviewer).post(page).status_code in {404, 409}
    assert status_of(waiting[0]) == "submitted"


def test_the_province_approves_in_the_citys_place_with_a_reason(
    waiting: list[Filing], client_of: ClientOf, province_officer: User
) -> None:
    client = client_of(province_officer)
    page = url(waiting[0], "approve")

    refused = client.post(page, {"version": waiting[0].version})
    assert refused.context["form"].errors["reason"] == ["请填写代办原因。"]
    client.post(page, {"version": waiting[0].version, "reason": "市局系统故障"})

    event = FilingEvent.objects.get(filing=waiting[0])
    assert event.target == "approved"
    assert (event.organization_name, event.on_behalf_of) == ("湖北省医疗保障局", "武汉市医疗保障局")


def test_the_province_submits_a_package_in_the_citys_place(
    waiting: list[Filing],
    round_on_paper: Project,
    tree: Tree,
    client_of: ClientOf,
    province_officer: User,
) -> None:
    put(Status.APPROVED, *waiting)
    city = filing_of(round_on_paper, tree["420100"])

    client_of(province_officer).post(
        url(city, "submit"), {"version": city.version, "reason": "市局逾期"}
    )

    assert status_of(city) == "submitted"


@pytest.mark.covers("S3-26")
def test_a_return_to_the_institution_names_and_takes_every_hop(
    waiting: list[Filing],
    round_on_paper: Project,
    tree: Tree,
    client_of: ClientOf,
    province_officer: User,
    city_reviewer: User,
) -> None:
    put(Status.APPROVED, *waiting)
    city = filing_of(round_on_paper, tree["420100"])
    act(Action.SUBMIT, city_reviewer, city)
    client = client_of(province_officer)
    page = f"/review/PAPER/filings/{waiting[0].pk}/return-through/"

    asked = client.get(page).content.decode()
    assert "武汉市医疗保障局" in asked
    assert "将一次退回 2 级" in asked
    data = {"reason": "核对采购量"}
    for days, tier in enumerate(("institution", "city"), start=1):
        day = timezone.localdate() + timedelta(days=days)
        data |= {f"until_{tier}_0": f"{day:%Y-%m-%d}", f"until_{tier}_1": "18:00"}
    done = client.post(page, data)

    assert [status_of(f) for f in (city, *waiting)] == [
        "returned",
        "returned",
        "approved",
        "approved",
    ]
    assert f"已逐级退回：武汉市医疗保障局、{waiting[0].organization.name}。" in said(done)


def test_a_unit_counted_as_not_reported_gets_a_window_of_its_own(
    round_on_paper: Project, tree: Tree, client_of: ClientOf, province_officer: User
) -> None:
    filing = filing_of(round_on_paper, tree["H42010600001"])
    put(Status.LAPSED, filing)
    day = timezone.localdate() + timedelta(days=2)
    data = {
        "version": filing.version,
        "reason": "系统故障未能上报",
        "closes_at_0": f"{day:%Y-%m-%d}",
        "closes_at_1": "24:00",
    }

    client_of(province_officer).post(url(filing, "supplement"), data)

    assert status_of(filing) == "draft"
    assert SupplementWindow.objects.get(organization=filing.organization).reason == data["reason"]


def test_a_supplement_that_ends_in_the_past_changes_nothing(
    round_on_paper: Project, tree: Tree, client_of: ClientOf, province_officer: User
) -> None:
    filing = filing_of(round_on_paper, tree["H42010600001"])
    put(Status.LAPSED, filing)
    data = {"reason": "补报", "closes_at_0": "2020-01-01", "closes_at_1": "09:00"}

    response = client_of(province_officer).post(url(filing, "supplement"), data)

    assert response.status_code == 409
    assert status_of(filing) == "lapsed"
    assert not SupplementWindow.objects.exists()


def test_the_province_takes_a_unit_out_with_a_reason(
    round_on_paper: Project, tree: Tree, client_of: ClientOf, province_officer: User
) -> None:
    filing = filing_of(round_on_paper, tree["H42010600001"])

    client_of(province_officer).post(url(filing, "exclude"), {"reason": "已注销"})

    assert status_of(filing) == "excluded"


def test_a_once_reported_unit_gets_its_last_report_back(
    waiting: list[Filing], client: Client, round_on_paper: Project
) -> None:
    past = timezone.now() - timedelta(hours=1)
    round_on_paper.windows.filter(tier="institution").update(closes_at=past)
    put(Status.RETURNED, waiting[0], correction_deadline=past)

    client.post(url(waiting[0], "restore"), {"version": waiting[0].version})

    assert status_of(waiting[0]) == "submitted"
