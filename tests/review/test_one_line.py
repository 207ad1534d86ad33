"""Each act of a season that does not go by the book leaves exactly one line for each unit that it moves, in words: who,
what, of whom and why, without a gap. (更正, 增补, 取消中选 and 演练 say theirs where they are tried.)"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import decide
from apps.accounts.models import User
from apps.administration.models import ChangeKind
from apps.audit.models import LogEntry
from apps.organizations.models import Tier
from apps.projects.domain.windows.extending import Cause, extend
from apps.projects.models import Project
from apps.review.domain.mandates.acts import end_mandate
from apps.review.domain.performing import perform
from apps.review.domain.returning import return_through
from apps.review.domain.returns.deadlines import proposed
from apps.review.domain.rounds.concluding import conclude_project
from apps.review.domain.rounds.supplementing import supplement_filings
from apps.review.domain.rounds.undoing import Undoing, ask_undo, undo
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from tests.cast import Tree
from tests.correcting import corrected
from tests.factories_review import put
from tests.review.acting import act
from tests.review.appealing import answered, appealed, returned, taken_back
from tests.review.lending import lend, pair_of
from tests.review.planting import filing_of
from tests.unit_changing import asked, decided, undone

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
UNIT, CITY, PROVINCE = "H42010600001", "420100", "42"
GAP = re.compile(r"None|[{}<>_]|object at|（）|：；|：$|，$|；$")


@contextmanager
def leaves(**lines: list[str]) -> Iterator[None]:
    """Of the block's acts exactly these lines, by verb: what each says, a part of it; nothing else is logged."""
    known = set(LogEntry.objects.values_list("pk", flat=True))
    yield
    told = list(LogEntry.objects.exclude(pk__in=known).order_by("pk"))
    assert [entry.verb for entry in told] == [verb for verb, said in lines.items() for _ in said]
    for entry, part in zip(told, [part for said in lines.values() for part in said], strict=True):
        assert part in entry.sentence
        assert GAP.search(entry.sentence) is None, entry.sentence
        assert entry.actor_name


def ends() -> dict[str, object]:
    now = timezone.now()
    return dict(proposed(Tier.values, last=now + timedelta(days=5), now=now))


@pytest.fixture
def own(round_on_paper: Project, tree: Tree) -> Filing:
    return filing_of(round_on_paper, tree[UNIT])


def test_in_the_place_of_another(
    own: Filing, hospital_clerk: User, alliance_officer: User, tree: Tree
) -> None:
    act(Action.SUBMIT, hospital_clerk, own)
    by = Actor.of(alliance_officer).acting_for(tree[CITY], reason="经办人请假")
    with leaves(审核通过=["武昌区人民医院"]):
        perform([own], Action.APPROVE, by=by)
    assert LogEntry.objects.latest("pk").on_behalf_of == tree[CITY].name


def test_late_ones_report_after_all(own: Filing, tree: Tree, alliance_officer: User) -> None:
    put(Status.LAPSED, own)
    put(Status.APPROVED, filing_of(own.project, tree[CITY]))
    put(Status.SUBMITTED, filing_of(own.project, tree[PROVINCE]))
    by, until = Actor.of(alliance_officer), ends()
    end = until.pop(Tier.INSTITUTION)
    packages = [filing_of(own.project, tree[code]).pk for code in (PROVINCE, CITY)]
    with leaves(退回修改=["湖北省医疗保障局", "武汉市医疗保障局"], 开放补报=["断网"]):
        supplement_filings(
            [own], by=by, reason="断网", closes_at=end, packages=packages, deadlines=until
        )  # type: ignore[arg-type]


def test_back_to_the_institution(own: Filing, tree: Tree, alliance_officer: User) -> None:
    put(Status.APPROVED, own, filing_of(own.project, tree[CITY]))
    put(Status.SUBMITTED, filing_of(own.project, tree[PROVINCE]))
    with leaves(退回修改=["湖北省医疗保障局", "武汉市医疗保障局", "武昌区人民医院"]):
        return_through(own, by=Actor.of(alliance_officer), reason="数量有误", deadlines=ends())  # type: ignore[arg-type]


def test_time_is_moved(round_on_paper: Project, alliance_officer: User) -> None:
    by = Actor.of(alliance_officer)
    told = {"cause": Cause.FAULT, "reason": "全省停电", "by": by}
    with leaves(故障顺延=["全省停电"]):
        extend(project=round_on_paper, span=timedelta(hours=24), until=None, **told)  # type: ignore[arg-type]


def test_a_phase_back(round_on_paper: Project, alliance_officer: User, administrator: User) -> None:
    by, what = Actor.of(alliance_officer), Undoing.CONCLUSION
    conclude_project(round_on_paper, by=by, confirmed=True)
    round_on_paper.refresh_from_db()
    with leaves(申请审批=["省里数据有误"]):
        asked_for = ask_undo(round_on_paper, what, reason="省里数据有误", by=by)
    with leaves(批准申请=["撤销办结"]):
        decide(by=Actor.of(administrator), pk=asked_for.pk, approve=True)
    with leaves(撤销办结=["回到“已发布”"]):
        undo(round_on_paper, what, by=by)


def test_filled_in_by_another(tree: Tree, alliance_officer: User, hospital_clerk: User) -> None:
    pair = pair_of(tree, alliance_officer, hospital_clerk)
    with leaves(代填授权=["武昌区中医医院"]):
        mandate = lend(pair)
    with leaves(终止代填授权=["武昌区中医医院"]):
        end_mandate(mandate_id=mandate.pk, by=Actor.of(hospital_clerk))


def test_a_name_put_right(round_on_paper: Project, alliance_officer: User) -> None:
    with leaves(更正=["由“测试项目”改为“新名称”"]):
        corrected(round_on_paper, alliance_officer, round_on_paper, name="新名称")


def test_a_unit_closes_and_comes_back(
    own: Filing, hospital_clerk: User, city_reviewer: User
) -> None:
    with leaves(申请停业=["武昌区人民医院"]):
        change = asked(hospital_clerk, own.organization, ChangeKind.CLOSE)
    with leaves(同意停业=["武昌区人民医院"]):
        change = decided(city_reviewer, change)
    with leaves(撤销停业=["批复有误"]):
        undone(city_reviewer, change)


def test_an_appeal(own: Filing, hospital_clerk: User, city_reviewer: User) -> None:
    first = returned(own, hospital_clerk, city_reviewer)
    second = returned(own, hospital_clerk, city_reviewer)
    with leaves(申诉=["数量属实"]):
        made = appealed(own.project, hospital_clerk, first.pk)
    with leaves(撤回申诉=["武昌区人民医院"]):
        taken_back(made, hospital_clerk)
    made = appealed(own.project, hospital_clerk, second.pk)
    with leaves(答复申诉=["支持：核实无误"]):
        answered(made, city_reviewer)
