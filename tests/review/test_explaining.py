"""Why can I (not)? Every act is possible, or something stands against it that the law itself says."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.organizations.models import Tier
from apps.projects.models import Project
from apps.review.domain.performing import perform
from apps.review.domain.refusals import ReviewRefused
from apps.review.domain.why.explaining import Explained, explain
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from apps.scope.context import enter
from tests.cast import Tree
from tests.factories import account_of
from tests.factories_review import put
from tests.review.planting import filing_of, move_window, planted

ClientOf = Callable[[User], Client]


def told(person: User, filing: Filing) -> dict[Action, Explained]:
    with enter(scope_of(person)):
        filing = Filing.objects.select_related("organization", "project").get(pk=filing.pk)
        found = explain(filing.project, filing, Actor.of(person), at=timezone.now())
    return {each.action: each for each in found}


def reasons(person: User, filing: Filing, action: Action) -> list[tuple[str, str, str]]:
    return [(each.cause, each.text, each.who) for each in told(person, filing)[action].because]


@pytest.mark.parametrize("status", [*Status])
def test_every_act_is_possible_or_has_its_reason(
    round_on_paper: Project, status: Status, request: pytest.FixtureRequest, hospital_clerk: User
) -> None:
    people = (
        "hospital_clerk",
        "county_reviewer",
        "city_reviewer",
        "province_officer",
        "alliance_officer",
    )
    own = filing_of(round_on_paper, hospital_clerk)
    put(status, own)

    for name in people:
        person = request.getfixturevalue(name)
        for each in told(person, own).values():
            assert (each.offer is None) == bool(each.because), (name, each)
            if each.offer is not None or each.action in (Action.SUPPLEMENT, Action.EXCLUDE):
                continue
            with enter(scope_of(person)), pytest.raises(ReviewRefused):
                perform([own], each.action, by=Actor.of(person), reason="核对")


def test_whose_turn_it_is_and_what_leads_there(
    round_on_paper: Project, hospital_clerk: User, province_officer: User, city_reviewer: User
) -> None:
    own = filing_of(round_on_paper, hospital_clerk)

    assert reasons(city_reviewer, own, Action.APPROVE) == [
        (
            "状态",
            "当前为“填报中”，不能审核通过",
            "武昌区人民医院“上报”",
        )
    ]
    assert ("单位", "由武汉市医疗保障局办理", "武汉市医疗保障局") in reasons(
        province_officer, own, Action.UNAPPROVE
    )


def test_a_frozen_branch_names_who_holds_it_and_who_gives_it_back(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User, tree: Tree
) -> None:
    own = filing_of(round_on_paper, hospital_clerk)
    put(Status.APPROVED, own, filing_of(round_on_paper, tree["420100"]))
    put(Status.SUBMITTED, filing_of(round_on_paper, tree["42"]))

    assert reasons(city_reviewer, own, Action.UNAPPROVE) == [
        ("锁定", "数据已锁定：省医保已提交、武汉市医疗保障局已审核通过", "联采办可以退回")
    ]


def test_time_says_when_it_opens_or_who_opens_it_again(
    round_on_paper: Project, hospital_clerk: User
) -> None:
    own, now = filing_of(round_on_paper, hospital_clerk), timezone.now()

    opens = now + timedelta(hours=3)
    move_window(round_on_paper, Tier.INSTITUTION, opens, now + timedelta(days=3))
    (early,) = told(hospital_clerk, own)[Action.SUBMIT].because
    move_window(round_on_paper, Tier.INSTITUTION, now - timedelta(3), now - timedelta(1))
    (late,) = told(hospital_clerk, own)[Action.SUBMIT].because

    assert (early.cause, early.until) == ("时间", opens)
    assert late.who == "联采办可以延期，省医保或联采办可以补报"


def test_policies_and_rights_are_named(
    tree: Tree, country: object, paper: object, hospital_clerk: User, city_reviewer: User
) -> None:
    del country, paper
    project = planted([tree["H42010600001"]], institution_withdrawal="none")
    own = filing_of(project, hospital_clerk)
    put(Status.SUBMITTED, own)
    clerk = account_of(
        tree["420100"],
        username="reader",
        parent_account=city_reviewer,
        permission_subset=[Permission.QUERY],
    )

    assert reasons(hospital_clerk, own, Action.WITHDRAW) == [
        ("规则", "本项目不允许撤回", "联采办在发布之前确定")
    ]
    assert reasons(clerk, own, Action.APPROVE) == [
        ("权限", "账号没有“审核”权限", "本单位主账号（子用户管理）")
    ]


def test_the_page_is_one_click_from_the_act(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User, client_of: ClientOf
) -> None:
    own = filing_of(round_on_paper, hospital_clerk)
    url = f"/review/PAPER/filings/{own.pk}/why/"
    city = filing_of(round_on_paper, city_reviewer)
    client = client_of(city_reviewer)

    assert url in client.get(f"/review/PAPER/filings/{own.pk}/").content.decode()
    html = " ".join(client.get(url).content.decode().split())
    assert "当前为“填报中”，不能审核通过" in html
    put(Status.SUBMITTED, city)
    desk = client.get("/review/PAPER/").content.decode()
    assert f"/review/PAPER/filings/{city.pk}/why/#submit" in desk
