"""Where the province fills in: institutions hang under it and only read, 代报 reports and approves in one event."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.organizations.models import Organization, Tier
from apps.portal.domain.todos import desk_of
from apps.projects.models import Project, ProjectWindow, ProvinceSettings, ReportingMode
from apps.review.domain.holding import editability
from apps.review.domain.kinds import Problem
from apps.review.domain.refusals import ActionRefused, FilingIncomplete, NotYourTurn
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action
from tests.cast import Tree
from tests.pages import all_of, tags, words_of
from tests.review.acting import act, status_of
from tests.review.planting import Paper, filing_of, move_window, planted

ClientOf = Callable[[User], Client]
URL = "/review/PAPER/"


def fills_in(province: Organization) -> Callable[[Project], None]:
    def choose(project: Project) -> None:
        ProvinceSettings.objects.create(
            project=project,
            province=province,
            path=province.path,
            chain=["province"],
            mode=ReportingMode.MAINTAINED,
        )

    return choose


@pytest.fixture
def kept(tree: Tree, country: object, paper: Paper) -> Project:
    """Hubei fills in for its institutions, Shanxi's report themselves."""
    del country, paper
    units = [unit for unit in tree.values() if unit.tier == "institution"]
    return planted(units, before_planting=fills_in(tree["42"]))


@pytest.mark.covers("S2-07", "S2-10")
def test_institutions_hang_directly_under_the_province(kept: Project, tree: Tree) -> None:
    hubei = filing_of(kept, tree["42"])

    below = Filing.objects.children_of(hubei)
    assert {f.tier for f in below} == {"institution"}
    assert all(f.maintained for f in below)
    assert below.count() == 5
    assert not filing_of(kept, tree["H14010500001"]).maintained
    assert (
        not Filing.objects.of_project(kept).filter(tier="city", path__startswith="/0/42/").exists()
    )


@pytest.mark.covers("S2-07")
def test_the_province_reports_and_approves_in_one_event(
    kept: Project, hospital_clerk: User, province_officer: User, paper: Paper
) -> None:
    filing = filing_of(kept, hospital_clerk)

    act(Action.REPORT_FOR, province_officer, filing)

    filing.refresh_from_db()
    assert (filing.status, filing.version, filing.reported_once) == ("approved", 1, True)
    assert filing.submitted_by == filing.reviewed_by == province_officer
    event = FilingEvent.objects.get(filing=filing)
    assert (event.get_action_display(), event.source, event.target) == (
        "代报", "draft", "approved",
    )  # fmt: skip
    assert ("freeze", filing.pk) in paper.told
    assert LogEntry.objects.filter(verb="代报", path=filing.path).exists()


def test_the_institution_only_reads(kept: Project, hospital_clerk: User) -> None:
    filing = filing_of(kept, hospital_clerk)

    with pytest.raises(NotYourTurn):
        act(Action.SUBMIT, hospital_clerk, filing)
    assert desk_of(hospital_clerk, at=timezone.now()).todos == []


def test_nothing_is_reported_for_institutions_that_report_themselves(
    kept: Project, tree: Tree, neighbour_officer: User, province_officer: User
) -> None:
    shanxi = filing_of(kept, tree["H14010500001"])

    with pytest.raises(NotYourTurn):
        act(Action.REPORT_FOR, neighbour_officer, shanxi)
    assert status_of(shanxi) == "draft"


def test_what_is_incomplete_is_not_reported(
    kept: Project, hospital_clerk: User, province_officer: User, paper: Paper
) -> None:
    filing = filing_of(kept, hospital_clerk)
    paper.open_work = {filing.pk: [Problem("还有 3 个品规没有填写")]}

    with pytest.raises(FilingIncomplete, match="3 个品规"):
        act(Action.REPORT_FOR, province_officer, filing)


def test_what_was_given_back_is_reported_again(
    kept: Project, hospital_clerk: User, province_officer: User
) -> None:
    filing = filing_of(kept, hospital_clerk)
    act(Action.REPORT_FOR, province_officer, filing)
    act(Action.RETURN, province_officer, filing, reason="数量有误")

    act(Action.REPORT_FOR, province_officer, filing)

    assert status_of(filing) == "approved"


def test_after_the_province_s_submit_nothing_moves(
    kept: Project, hospital_clerk: User, province_officer: User, tree: Tree
) -> None:
    filing = filing_of(kept, hospital_clerk)
    act(Action.REPORT_FOR, province_officer, filing)
    act(Action.SUBMIT, province_officer, filing_of(kept, tree["42"]), confirmed=True)

    with pytest.raises(ActionRefused, match="锁定"):
        act(Action.RETURN, province_officer, filing, reason="再看")


def test_lines_may_be_kept_in_the_province_s_time(
    kept: Project, hospital_clerk: User, province_officer: User
) -> None:
    filing, now = filing_of(kept, hospital_clerk), timezone.now()
    move_window(kept, Tier.INSTITUTION, now - timedelta(2), now - timedelta(1))
    assert editability(kept, filing, "报量", at=timezone.now())
    for tier in (Tier.CITY, Tier.PROVINCE):
        move_window(kept, tier, now - timedelta(2), now - timedelta(1))
    assert not editability(kept, filing, "报量", at=timezone.now())
    with pytest.raises(ActionRefused, match="不在审核时间内"):
        act(Action.REPORT_FOR, province_officer, filing)


def test_lines_may_be_kept_at_any_time_where_the_province_has_none(
    kept: Project, hospital_clerk: User
) -> None:
    ProjectWindow.objects.filter(project=kept, tier=Tier.PROVINCE).delete()

    assert editability(kept, filing_of(kept, hospital_clerk), "报量", at=timezone.now())


@pytest.mark.covers("S2-07")
def test_the_list_reports_for_all_ticked(
    kept: Project, tree: Tree, province_officer: User, client_of: ClientOf
) -> None:
    client = client_of(province_officer)

    page = client.get(URL).content.decode()
    chosen = client.post(URL, all_of(client, URL) | {"action": "report_for"})
    client.post(chosen["Location"])

    assert "代报" in words_of(page, "button")
    assert tags(page, "input", name="selected")
    below = Filing.objects.children_of(filing_of(kept, tree["42"]))
    assert set(below.values_list("status", flat=True)) == {"approved"}
