"""申诉: who may, against what and until when; who answers; what is kept, told and counted."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.notices.models import Message
from apps.portal.domain.todos import desk_of
from apps.projects.models import Phase, Project
from apps.review.domain.appeals.matters import find_matter
from apps.review.domain.appeals.standing import keep_from_concluding
from apps.review.domain.checklist import checklist_of
from apps.review.domain.refusals import (
    ActionRefused,
    NotYourTurn,
    ReasonMissing,
    RequestDecided,
)
from apps.review.domain.rounds.undoing import Undoing, obstacles_to
from apps.review.models import Appeal, AppealState, FilingEvent
from apps.review.models.statuses import Action
from tests.cast import Tree
from tests.review.acting import act
from tests.review.appealing import (
    answered,
    appealed,
    correction_in,
    linked,
    taken_back,
)
from tests.review.planting import filing_of

pytestmark = pytest.mark.usefixtures("country")


def test_it_keeps_what_was_decided_and_goes_to_who_decided(
    appeal: Appeal, event: FilingEvent, city_reviewer: User
) -> None:
    assert (appeal.about, appeal.answerer_path) == ("return", city_reviewer.path)
    assert appeal.answerer_name == event.organization_name
    assert appeal.said.endswith("退回修改：数量有误")
    assert appeal.act_at == event.at
    assert appeal.due_at == appeal.asked_at + timedelta(days=5)


def test_each_act_is_one_line_in_the_log_and_a_message_to_the_other_side(
    appeal: Appeal, hospital_clerk: User, city_reviewer: User
) -> None:
    correction = correction_in(appeal.project)
    steps = [
        ("申诉", city_reviewer.path),
        ("答复申诉", hospital_clerk.path),
        ("关联更正", hospital_clerk.path),
    ]
    answered(appeal, city_reviewer)
    linked(appeal, city_reviewer, correction)

    log = LogEntry.objects.filter(verb__in=[verb for verb, _ in steps]).order_by("pk")
    assert list(log.values_list("verb", flat=True)) == [verb for verb, _ in steps]
    url = f"/review/PAPER/appeals/{appeal.pk}/"
    told = Message.objects.filter(url=url).order_by("pk").values_list("path", flat=True)
    assert list(told) == [path for _, path in steps]
    assert "支持：核实无误；" not in log[1].sentence
    assert log[1].sentence.endswith("支持：核实无误")
    assert log[2].sentence.endswith("更正第 1 号")


def test_only_ones_own_and_only_what_was_decided(
    round_on_paper: Project, event: FilingEvent, neighbour_clerk: User, hospital_clerk: User
) -> None:
    assert find_matter(round_on_paper, Actor.of(neighbour_clerk), "event", event.pk) is None
    own = Actor.of(hospital_clerk)
    submitted = FilingEvent.objects.get(filing=event.filing, action=Action.SUBMIT)
    assert find_matter(round_on_paper, own, "event", submitted.pk) is None
    assert find_matter(round_on_paper, own, "nothing", event.pk) is None


def test_once_for_each_act_unless_it_was_withdrawn(
    round_on_paper: Project, appeal: Appeal, hospital_clerk: User, city_reviewer: User
) -> None:
    with pytest.raises(RequestDecided, match="已经申诉过"):
        appealed(round_on_paper, hospital_clerk, appeal.key)

    taken_back(appeal, hospital_clerk)
    again = appealed(round_on_paper, hospital_clerk, appeal.key)
    answered(again, city_reviewer, AppealState.DISMISSED)

    with pytest.raises(RequestDecided, match="已经申诉过"):
        appealed(round_on_paper, hospital_clerk, appeal.key)


def test_within_its_days_after_the_act_or_after_the_conclusion(
    round_on_paper: Project, event: FilingEvent, hospital_clerk: User
) -> None:
    last = event.at + timedelta(days=round_on_paper.appeal_days)
    with time_machine.travel(last, tick=False), pytest.raises(ActionRefused, match="申诉期限已于"):
        appealed(round_on_paper, hospital_clerk, event.pk)

    concluded = {"phase": Phase.CONCLUDED, "concluded_at": last}
    Project.objects.filter(pk=round_on_paper.pk).update(**concluded)
    round_on_paper.refresh_from_db()
    with time_machine.travel(last + timedelta(days=1), tick=False):
        assert appealed(round_on_paper, hospital_clerk, event.pk).pk


def test_a_round_may_take_none(
    round_on_paper: Project, event: FilingEvent, hospital_clerk: User
) -> None:
    round_on_paper.appeal_days = 0

    with pytest.raises(ActionRefused, match="不受理申诉"):
        appealed(round_on_paper, hospital_clerk, event.pk)


def test_words_are_needed(
    round_on_paper: Project,
    event: FilingEvent,
    hospital_clerk: User,
    city_reviewer: User,
) -> None:
    with pytest.raises(ReasonMissing):
        appealed(round_on_paper, hospital_clerk, event.pk, text=" ")
    bureau = Actor.of(city_reviewer)
    assert find_matter(round_on_paper, bureau, "event", event.pk) is None


def test_who_answers(
    appeal: Appeal,
    hospital_clerk: User,
    neighbour_officer: User,
    county_reviewer: User,
    province_officer: User,
) -> None:
    for stranger in (hospital_clerk, county_reviewer):
        with pytest.raises(NotYourTurn, match="答复"):
            answered(appeal, stranger)
    with pytest.raises(Appeal.DoesNotExist):
        answered(appeal, neighbour_officer)

    done = answered(appeal, province_officer)  # a tier above stands in

    assert (done.state, done.closed_by) == (AppealState.UPHELD, province_officer)


def test_withdrawn_by_its_own_alone_and_only_while_it_waits(
    appeal: Appeal, hospital_clerk: User, city_reviewer: User, neighbour_clerk: User
) -> None:
    with pytest.raises(Appeal.DoesNotExist):
        taken_back(appeal, neighbour_clerk)
    answered(appeal, city_reviewer, AppealState.DISMISSED)

    with pytest.raises(RequestDecided, match="不支持"):
        taken_back(appeal, hospital_clerk)
    with pytest.raises(RequestDecided, match="没有重复办理"):
        answered(appeal, city_reviewer)


def test_a_correction_is_linked_once_and_to_what_was_upheld(
    appeal: Appeal, city_reviewer: User, hospital_clerk: User
) -> None:
    first, second = (correction_in(appeal.project, number) for number in (1, 2))
    with pytest.raises(ActionRefused, match="支持"):
        linked(appeal, city_reviewer, first)
    done = answered(appeal, city_reviewer, correction=first)

    assert done.correction == first
    assert "更正第 1 号" in Message.objects.filter(path=hospital_clerk.path).latest("pk").body
    with pytest.raises(RequestDecided, match="已经关联更正第 1 号"):
        linked(appeal, city_reviewer, second)


@pytest.mark.parametrize(
    "change", [{"said": "别的"}, {"answer": "改口"}, {"state": "dismissed"}, {"correction": None}]
)
def test_the_database_keeps_it(
    appeal: Appeal, city_reviewer: User, change: dict[str, object]
) -> None:
    answered(appeal, city_reviewer, correction=correction_in(appeal.project))

    with pytest.raises((ProgrammingError, IntegrityError)), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        Appeal.objects.filter(pk=appeal.pk).delete()


def test_bureaus_see_those_below_and_others_none(
    appeal: Appeal,
    scope_of_user: Callable[..., object],
    county_reviewer: User,
    alliance_officer: User,
    neighbour_officer: User,
    neighbour_clerk: User,
) -> None:
    seen = {county_reviewer: 1, alliance_officer: 1, neighbour_officer: 0, neighbour_clerk: 0}
    for person, number in seen.items():
        with scope_of_user(person):  # type: ignore[attr-defined]
            assert Appeal.objects.count() == number


def test_it_waits_on_the_home_of_who_answers(
    appeal: Appeal, city_reviewer: User, province_officer: User
) -> None:
    def waiting(person: User) -> list[tuple[str, object]]:
        todos = desk_of(person, at=timezone.now()).todos
        return [(todo.url, todo.count) for todo in todos if todo.title == "申诉待答复"]

    assert waiting(city_reviewer) == [("/review/PAPER/appeals/?state=open&answerer=own", 1)]
    assert waiting(province_officer) == []
    answered(appeal, city_reviewer)
    assert waiting(city_reviewer) == []


def test_open_ones_are_named_before_the_conclusion_and_block_it_where_the_round_says_so(
    appeal: Appeal, tree: Tree, city_reviewer: User
) -> None:
    project = appeal.project
    root = [filing_of(project, tree["0"])]

    (line,) = [each for each in checklist_of(project, "/0/").lines if each.key == "appeals"]
    assert (line.words, line.is_open) == ("申诉待答复 1 / 1 件", True)
    assert keep_from_concluding(project, root, Action.CONCLUDE) == {}
    project.appeals_block = True
    assert "1 件申诉没有答复" in keep_from_concluding(project, root, Action.CONCLUDE)[root[0].pk]
    assert "已受理 1 件申诉" in obstacles_to(project, Undoing.PUBLICATION)

    answered(appeal, city_reviewer)
    (line,) = [each for each in checklist_of(project, "/0/").lines if each.key == "appeals"]
    assert (line.words, line.is_open) == ("申诉待答复 0 / 1 件（支持 1 件）", False)
    assert keep_from_concluding(project, root, Action.CONCLUDE) == {}


def test_what_the_system_did_is_answered_by_the_alliance(
    round_on_paper: Project, hospital_clerk: User, tree: Tree
) -> None:
    filing = filing_of(round_on_paper, tree["H42010600001"])
    event = FilingEvent.objects.create(
        filing=filing, sequence=1, at=timezone.now(), action=Action.LAPSE, source="draft",
        target="lapsed", actor_name="系统", hash="0" * 64,
    )  # fmt: skip

    matter = find_matter(round_on_paper, Actor.of(hospital_clerk), "event", event.pk)

    assert matter is not None
    assert matter.answerer is not None
    assert (matter.answerer.path, matter.answerer.name) == ("/0/", "联采办")


def test_a_second_return_is_another_act(
    round_on_paper: Project, appeal: Appeal, hospital_clerk: User, city_reviewer: User
) -> None:
    filing = filing_of(round_on_paper, hospital_clerk)
    act(Action.SUBMIT, hospital_clerk, filing)
    act(Action.RETURN, city_reviewer, filing, reason="又错")
    second = FilingEvent.objects.filter(filing=filing, action=Action.RETURN).latest("pk")

    assert appealed(round_on_paper, hospital_clerk, second.pk).pk != appeal.pk
