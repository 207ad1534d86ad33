"""撤销办结 and 撤销发布: asked, approved by an administrator, carried out by who asked."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import decide
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import Approval, User
from apps.audit.models import LogEntry
from apps.jobs.inline import run_waiting_jobs
from apps.notices.models import Message, MessageKind
from apps.projects.models import Phase, Project
from apps.review.domain.refusals import ActionRefused, NotYourTurn, UndoRefused
from apps.review.domain.rounds import undoing
from apps.review.domain.rounds.concluding import conclude_project
from apps.review.domain.rounds.undoing import Undoing, ask_undo, undo
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action
from apps.scope.context import enter, whole_country
from tests.cast import Tree
from tests.review.acting import act, status_of
from tests.review.planting import Paper, filing_of, planted

ClientOf = Callable[[User], Client]
URL = "/review/PAPER/undo/{}/"


@pytest.fixture
def concluded(round_on_paper: Project, alliance_officer: User) -> Project:
    with enter(scope_of(alliance_officer)):
        conclude_project(round_on_paper, by=Actor.of(alliance_officer), confirmed=True)
    round_on_paper.refresh_from_db()
    return round_on_paper


def approved(project: Project, what: Undoing, officer: User, administrator: User) -> Approval:
    with enter(scope_of(officer)):
        asked = ask_undo(project, what, reason="省里数据有误", by=Actor.of(officer))
    with whole_country(reason="test"):
        return decide(by=Actor.of(administrator), pk=asked.pk, approve=True)


def undone(project: Project, what: Undoing, officer: User) -> Project:
    with enter(scope_of(officer)):
        return undo(project, what, by=Actor.of(officer))


def test_a_concluded_round_is_reopened_by_two_and_everybody_told(
    concluded: Project, alliance_officer: User, administrator: User, hospital_clerk: User
) -> None:
    approved(concluded, Undoing.CONCLUSION, alliance_officer, administrator)
    undone(concluded, Undoing.CONCLUSION, alliance_officer)

    concluded.refresh_from_db()
    assert (concluded.phase, concluded.concluded_at) == (Phase.PUBLISHED, None)
    root = filing_of(concluded, alliance_officer)
    event = FilingEvent.objects.filter(filing=root).latest("sequence")
    assert (status_of(root), event.action) == ("draft", Action.REOPEN)
    assert event.reason == "省里数据有误（安全管理员（冯管理）批准）"
    (entry,) = LogEntry.objects.filter(verb="撤销办结")
    assert entry.sentence == (
        "撤销办结：项目“测试项目”回到“已发布”；原因：省里数据有误（安全管理员（冯管理）批准）"
    )
    assert Message.objects.filter(kind=MessageKind.ROUND, path=hospital_clerk.path).count() == 1
    act(Action.SUBMIT, hospital_clerk, filing_of(concluded, hospital_clerk))


def test_what_was_reopened_is_concluded_again_and_asks_anew(
    concluded: Project, alliance_officer: User, administrator: User
) -> None:
    approved(concluded, Undoing.CONCLUSION, alliance_officer, administrator)
    undone(concluded, Undoing.CONCLUSION, alliance_officer)
    with enter(scope_of(alliance_officer)):
        conclude_project(concluded, by=Actor.of(alliance_officer), confirmed=True)

    with pytest.raises(ActionRefused, match="请重新申请"):
        undone(concluded, Undoing.CONCLUSION, alliance_officer)
    with pytest.raises(IntegrityError, match="phase_back_by_two"), transaction.atomic():
        Project.objects.filter(pk=concluded.pk).update(phase=Phase.PUBLISHED)


def test_what_was_made_of_a_conclusion_keeps_it_and_is_listed(
    concluded: Project, client_of: ClientOf, alliance_officer: User, administrator: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    approved(concluded, Undoing.CONCLUSION, alliance_officer, administrator)
    made = ["已生成分量项目“甲”", "已有 2 份三方协议没有作废"]
    monkeypatch.setattr(undoing, "_found", [lambda _project: made])

    with pytest.raises(UndoRefused) as refused:
        undone(concluded, Undoing.CONCLUSION, alliance_officer)
    page = client_of(alliance_officer).get(URL.format("conclusion")).content.decode()

    assert refused.value.obstacles == tuple(made)
    assert all(obstacle in page for obstacle in made)
    assert Project.objects.get(pk=concluded.pk).phase == Phase.CONCLUDED


def test_an_untouched_round_is_unpublished_and_may_be_published_again(
    round_on_paper: Project, paper: Paper, alliance_officer: User, system_administrator: User
) -> None:
    approved(round_on_paper, Undoing.PUBLICATION, alliance_officer, system_administrator)
    undone(round_on_paper, Undoing.PUBLICATION, alliance_officer)

    round_on_paper.refresh_from_db()
    assert (round_on_paper.phase, round_on_paper.published_at) == (Phase.PREPARING, None)
    assert not Filing.objects.filter(project=round_on_paper).exists()
    assert ("unpublish", 0) in paper.told
    assert "收回 " in LogEntry.objects.get(verb="撤销发布").sentence


def test_what_was_done_keeps_a_publication(
    round_on_paper: Project, paper: Paper, alliance_officer: User, hospital_clerk: User
) -> None:
    clerk = filing_of(round_on_paper, hospital_clerk)
    act(Action.SUBMIT, hospital_clerk, clerk)
    paper.begun = {clerk.pk: clerk.submitted_at}  # type: ignore[dict-item]

    with enter(scope_of(alliance_officer)), pytest.raises(UndoRefused) as refused:
        ask_undo(round_on_paper, Undoing.PUBLICATION, reason="错", by=Actor.of(alliance_officer))

    assert refused.value.obstacles == ("1 家单位已经上报、审核或作过其他办理", "1 家已经保存")


@pytest.mark.parametrize("what", list(Undoing))
def test_nobody_undoes_alone(
    what: Undoing, concluded: Project, round_on_paper: Project, province_officer: User,
    alliance_officer: User,
) -> None:  # fmt: skip
    del round_on_paper
    with enter(scope_of(province_officer)), pytest.raises(NotYourTurn):
        ask_undo(concluded, what, reason="错", by=Actor.of(province_officer))
    if what == Undoing.CONCLUSION:
        with pytest.raises(ActionRefused, match="请重新申请"):
            undone(concluded, what, alliance_officer)


def test_the_database_takes_no_phase_back_while_filings_are_left(
    round_on_paper: Project, alliance_officer: User, administrator: User
) -> None:
    asked = approved(round_on_paper, Undoing.PUBLICATION, alliance_officer, administrator)
    Approval.objects.filter(pk=asked.pk).update(spent_at=asked.decided_at)

    with pytest.raises(IntegrityError, match="filings_left"), transaction.atomic():
        Project.objects.filter(pk=round_on_paper.pk).update(
            phase=Phase.PREPARING, published_at=None
        )


def test_the_page_leads_from_the_reason_to_the_act(
    concluded: Project, client_of: ClientOf, alliance_officer: User, administrator: User
) -> None:
    client, url = client_of(alliance_officer), URL.format("conclusion")

    assert url in client.get("/projects/PAPER/").content.decode()
    assert url in client.get("/review/PAPER/conclude/").content.decode()
    assert client.post(url, {}).context["form"].errors
    client.post(url, {"reason": "省里数据有误"})
    assert "等待系统管理员或安全管理员批准" in client.get(url).content.decode()
    asked = Approval.objects.get()
    with whole_country(reason="test"):
        decide(by=Actor.of(administrator), pk=asked.pk, approve=True)
    assert f'href="{url}"' in client.get("/accounts/approvals/").content.decode()
    assert "已批准。原因：省里数据有误" in client.get(url).content.decode()
    client.post(url)

    concluded.refresh_from_db()
    assert concluded.phase == Phase.PUBLISHED
    assert client.get("/review/PAPER/undo/nothing/").status_code == 404


def test_a_large_round_is_unpublished_by_a_job(
    tree: Tree, round_on_paper: Project, client_of: ClientOf, alliance_officer: User,
    administrator: User, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    del tree
    monkeypatch.setattr("apps.review.pages.projects.AT_ONCE", 1)
    approved(round_on_paper, Undoing.PUBLICATION, alliance_officer, administrator)
    client_of(alliance_officer).post(URL.format("publication"))
    run_waiting_jobs()

    round_on_paper.refresh_from_db()
    assert round_on_paper.phase == Phase.PREPARING


def test_taking_a_publication_back_costs_the_same_for_any_number(
    tree: Tree, country: object, paper: Paper, alliance_officer: User, administrator: User
) -> None:
    del country, paper
    counts = []
    for code, units in (("A", 1), ("B", 5)):
        chosen = [unit for unit in tree.values() if unit.tier == "institution"][:units]
        project = planted(chosen, code=code)
        approved(project, Undoing.PUBLICATION, alliance_officer, administrator)
        with CaptureQueriesContext(connection) as asked:
            undone(project, Undoing.PUBLICATION, alliance_officer)
        counts.append(len(asked))

    assert counts[0] == counts[1]
