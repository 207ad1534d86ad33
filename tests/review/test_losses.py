"""Nobody's report becomes zero in another's tick: reports under bureaus that did not submit are named and accepted."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.domain.gates import gate_reports
from apps.review.domain.missing.losses import losses_among
from apps.review.domain.missing.unsettled import in_order
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from tests.cast import Tree
from tests.factories_review import filings_of, put
from tests.pages import tags
from tests.review.acting import act, status_of
from tests.review.planting import filing_of, planted, register_paper

ClientOf = Callable[[User], Client]
CONFIRM = "/review/PAPER/confirm/"


@pytest.fixture
def province(round_on_paper: Project, tree: Tree) -> Filing:
    return filing_of(round_on_paper, tree["42"])


@pytest.fixture
def under_a_silent_city(round_on_paper: Project, tree: Tree) -> list[Filing]:
    """武汉 has not submitted: one of its institutions waits for review, one was approved."""
    found = filings_of(round_on_paper, [tree["H42010600001"], tree["H42010600002"]])
    put(Status.SUBMITTED, found[0])
    put(Status.APPROVED, found[1])
    return found


@pytest.mark.covers("S0-24", "S3-20")
def test_whose_reports_would_be_lost_is_named_with_numbers(
    under_a_silent_city: list[Filing], client_of: ClientOf, province_officer: User
) -> None:
    page = client_of(province_officer).get(CONFIRM).content.decode()

    assert "2 家已上报，其中 1 家已审核通过" in page
    assert "没有单位上报" not in page
    assert {"代提交"} <= {link.words for link in tags(page, "a")}
    assert [tag["value"] for tag in tags(page, "input", name="losing")] == ["2"]


def test_the_usual_tick_is_not_enough(
    under_a_silent_city: list[Filing], province: Filing, client_of: ClientOf, province_officer: User
) -> None:
    client = client_of(province_officer)

    refused = client.post(CONFIRM, {"confirmed": "1"})

    assert refused.status_code == 409
    assert "已上报的 2 家机构会按 0 处理" in refused.content.decode()
    assert status_of(province) == "draft"


def test_the_number_that_was_seen_is_what_is_accepted(
    under_a_silent_city: list[Filing],
    round_on_paper: Project,
    province: Filing,
    tree: Tree,
    client_of: ClientOf,
    province_officer: User,
) -> None:
    client = client_of(province_officer)
    put(Status.SUBMITTED, filing_of(round_on_paper, tree["H42010000001"]))

    stale = client.post(CONFIRM, {"confirmed": "1", "losing": "2"})
    assert stale.status_code == 409
    assert "已上报的 3 家机构" in stale.content.decode()

    client.post(CONFIRM, {"confirmed": "1", "losing": "3"})
    assert status_of(province) == "submitted"


def test_what_is_no_longer_lost_is_asked_again(
    under_a_silent_city: list[Filing],
    round_on_paper: Project,
    province: Filing,
    tree: Tree,
    client_of: ClientOf,
    city_reviewer: User,
    province_officer: User,
) -> None:
    act(Action.APPROVE, city_reviewer, under_a_silent_city[0])
    act(Action.SUBMIT, city_reviewer, filing_of(round_on_paper, tree["420100"]), confirmed=True)
    act(Action.APPROVE, province_officer, filing_of(round_on_paper, tree["420100"]))

    refused = client_of(province_officer).post(CONFIRM, {"confirmed": "1", "losing": "2"})

    assert refused.status_code == 409
    assert status_of(province) == "draft"


def test_who_has_no_account_is_said(
    under_a_silent_city: list[Filing], client_of: ClientOf, province_officer: User
) -> None:
    page = client_of(province_officer).get(CONFIRM).content.decode()

    assert "没有账号" in page


def test_they_are_reminded_from_the_page(
    under_a_silent_city: list[Filing],
    round_on_paper: Project,
    tree: Tree,
    client_of: ClientOf,
    province_officer: User,
) -> None:
    city = filing_of(round_on_paper, tree["420100"])

    done = client_of(province_officer).post(
        reverse("portal:progress_remind", args=["PAPER"]), {"area": city.pk, "next": CONFIRM}
    )

    assert done["Location"] == CONFIRM


def test_the_office_loses_nobody_either(
    under_a_silent_city: list[Filing],
    round_on_paper: Project,
    client_of: ClientOf,
    alliance_officer: User,
) -> None:
    client = client_of(alliance_officer)

    refused = client.post("/review/PAPER/conclude/", {"confirmed": "1"})

    assert refused.status_code == 409
    assert "已上报的 2 家机构会按 0 处理" in refused.content.decode()


def test_those_that_take_reports_with_them_stand_first(
    under_a_silent_city: list[Filing], round_on_paper: Project, province: Filing, tree: Tree
) -> None:
    gate = gate_reports(round_on_paper, [province])[province.pk]

    first, *others = in_order(gate, losses_among(gate.missing))

    assert first.organization == tree["420100"]
    assert len(others) == len(gate.missing) - 1


@pytest.mark.covers("S0-24")
def test_the_dialog_of_submitting_in_anothers_place_names_the_losses_too(
    tree: Tree, country: object, client_of: ClientOf, province_officer: User
) -> None:
    del country
    register_paper()
    units = [tree["H42010600001"], tree["H42010600002"]]
    deep = planted(units, code="DEEP", chain=["county", "city", "province"])
    submitted, approved = filings_of(deep, units)
    put(Status.SUBMITTED, submitted)
    put(Status.APPROVED, approved)
    city = filing_of(deep, tree["420100"])
    page = f"/review/DEEP/filings/{city.pk}/"
    client = client_of(province_officer)
    shown = client.get(page).content.decode()

    assert "2 家已上报，其中 1 家已审核通过" in shown
    assert [tag["value"] for tag in tags(shown, "input", name="losing")] == ["2"]

    said = {"reason": "市局系统故障", "confirmed": "1", "version": str(city.version)}
    refused = client.post(f"{page}submit/", {**said, "losing": "1"})
    assert (refused.status_code, status_of(city)) == (409, "draft")
    client.post(f"{page}submit/", {**said, "losing": "2"})
    assert status_of(city) == "submitted"
