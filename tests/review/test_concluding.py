"""Closing and 办结: nothing that was once reported becomes zero silently; the end freezes everything."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.organizations.models import Tier
from apps.projects.models import Phase, Project
from apps.review.domain.refusals import ActionRefused, GateClosed, NotYourTurn
from apps.review.domain.rounds.concluding import close_project, conclude_project
from apps.review.domain.rounds.publishing import publish_project
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action
from apps.scope.context import enter
from tests.cast import Tree
from tests.review.acting import act, status_of
from tests.review.planting import draft_project, filing_of, move_window


def end_filling(project: Project) -> None:
    now = timezone.now()
    move_window(project, Tier.INSTITUTION, now - timedelta(2), now - timedelta(1))


def test_closing_lets_the_never_reported_lapse_and_leaves_the_reported_to_their_reviewer(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User, alliance_officer: User,
    tree: Tree,
) -> None:  # fmt: skip
    clerk = filing_of(round_on_paper, hospital_clerk)
    act(Action.SUBMIT, hospital_clerk, clerk)
    act(Action.WITHDRAW, hospital_clerk, clerk)
    end_filling(round_on_paper)

    with enter(scope_of(alliance_officer)):
        report = close_project(round_on_paper, by=Actor.of(alliance_officer))

    assert [filing.pk for filing in report.undecided] == [clerk.pk]
    assert (len(report.lapsing), status_of(clerk)) == (5, "draft")
    assert status_of(filing_of(round_on_paper, tree["H42010600002"])) == "lapsed"
    act(Action.RESTORE, city_reviewer, clerk)
    assert status_of(clerk) == "submitted"


def test_closing_waits_for_the_end_of_the_window(
    round_on_paper: Project, alliance_officer: User
) -> None:
    with enter(scope_of(alliance_officer)), pytest.raises(ActionRefused, match="可操作时间内"):
        close_project(round_on_paper, by=Actor.of(alliance_officer))


def test_only_the_alliance_closes_and_concludes(
    round_on_paper: Project, province_officer: User
) -> None:
    with enter(scope_of(province_officer)):
        with pytest.raises(NotYourTurn):
            close_project(round_on_paper, by=Actor.of(province_officer))
        with pytest.raises(NotYourTurn):
            conclude_project(round_on_paper, by=Actor.of(province_officer))


def test_missing_provinces_are_named_before_conclusion_and_everything_is_frozen_after(
    round_on_paper: Project, hospital_clerk: User, alliance_officer: User
) -> None:
    clerk = filing_of(round_on_paper, hospital_clerk)

    with enter(scope_of(alliance_officer)):
        with pytest.raises(GateClosed, match="山西省医疗保障局、湖北省医疗保障局"):
            conclude_project(round_on_paper, by=Actor.of(alliance_officer))
        conclude_project(round_on_paper, by=Actor.of(alliance_officer), confirmed=True)
    round_on_paper.refresh_from_db()

    assert round_on_paper.phase == Phase.CONCLUDED
    with pytest.raises(ActionRefused, match="锁定"):
        act(Action.SUBMIT, hospital_clerk, clerk)


def test_a_supplement_reopens_what_lapsed(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User, province_officer: User
) -> None:
    clerk = filing_of(round_on_paper, hospital_clerk)
    end_filling(round_on_paper)

    act(Action.LAPSE, city_reviewer, clerk)
    act(Action.SUPPLEMENT, province_officer, clerk, reason="系统故障")

    assert status_of(clerk) == "draft"
    events = FilingEvent.objects.filter(filing=clerk).order_by("sequence")
    assert list(events.values_list("action", flat=True)) == ["lapse", "supplement"]
    assert Filing.objects.get(pk=clerk.pk).version == 2


def test_only_the_alliance_publishes(
    tree: Tree, country: object, paper: object, province_officer: User
) -> None:
    del country, paper
    project = draft_project([tree["H42010600001"]])

    with enter(scope_of(province_officer)), pytest.raises(NotYourTurn):
        publish_project(project, by=Actor.of(province_officer))
