"""Institutions that join a published round: planted, told, and refused where it would change what was handed up."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.organizations.models import Organization
from apps.projects.models import Obligation, Participation, Phase, Project, ProjectKind
from apps.review.domain.proving import differences
from apps.review.domain.refusals import ActionRefused, NotYourTurn, ReasonMissing, ReviewRefused
from apps.review.domain.rounds.participants import CannotJoin, add_participants
from apps.review.models import JOINED, Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from tests import factories
from tests import factories_allocation as make
from tests.cast import Tree
from tests.factories_review import put, units_below
from tests.review.acting import act, status_of
from tests.review.planting import Paper, filing_of, planted

HOSPITAL = "H42010600001"
LATE = "H42010600002"
REASON = "漏选，补充参加"


@pytest.fixture
def round_(tree: Tree, country: object, paper: Paper) -> Project:
    """Only 武昌区人民医院 takes part, through its city and province."""
    del country, paper
    return planted([tree[HOSPITAL]], chain=["city", "province"])


def add(project: Project, person: User, *units: Organization, reason: str = REASON) -> list[Filing]:
    wanted = Organization.objects.filter(pk__in=[unit.pk for unit in units])
    return add_participants(
        project=project,
        institutions=wanted,
        obligation=Obligation.REQUIRED,
        reason=reason,
        by=Actor.of(person),
    )


def test_who_joins_gets_a_filing_below_the_nearest_bureau(
    round_: Project, tree: Tree, province_officer: User
) -> None:
    (filing,) = add(round_, province_officer, tree[LATE])

    assert filing.parent_id == filing_of(round_, tree["420100"]).pk
    assert (filing.status, filing.reviewer_tier, filing.version) == (Status.DRAFT, "city", 1)
    (taking_part,) = Participation.objects.filter(organization=tree[LATE])
    assert (taking_part.obligation, taking_part.path) == ("required", tree[LATE].path)


def test_a_bureau_that_had_nobody_gets_its_filing_too(
    round_: Project, tree: Tree, province_officer: User, alliance_officer: User
) -> None:
    before = set(Filing.objects.values_list("pk", "parent_id"))

    (far,) = add(round_, province_officer, units_below(tree["420200"], 1)[0])
    (stranger,) = add(round_, alliance_officer, tree["H14010500001"])

    second_city = filing_of(round_, tree["420200"])
    assert far.parent_id == second_city.pk
    assert second_city.parent_id == filing_of(round_, tree["42"]).pk
    shanxi = filing_of(round_, tree["14"])
    assert filing_of(round_, tree["140100"]).parent_id == shanxi.pk
    assert shanxi.parent_id == filing_of(round_, tree["0"]).pk
    assert stranger.parent_id == filing_of(round_, tree["140100"]).pk
    assert before <= set(Filing.objects.values_list("pk", "parent_id"))


def test_it_is_on_record_with_its_reason(
    round_: Project, tree: Tree, province_officer: User
) -> None:
    (filing,) = add(round_, province_officer, tree[LATE])

    (event,) = FilingEvent.objects.filter(filing=filing)
    assert (event.action, event.reason, event.sequence) == (JOINED, REASON, 1)
    assert event.get_action_display() == "加入项目"
    assert list(differences(round_)) == []
    entry = LogEntry.objects.latest("pk")
    assert (entry.verb, entry.path) == ("加入", tree[LATE].path)
    assert REASON in entry.sentence


def test_who_joined_reports_like_everybody(
    round_: Project, tree: Tree, province_officer: User, city_reviewer: User
) -> None:
    (filing,) = add(round_, province_officer, tree[LATE])
    clerk = factories.account_of(tree[LATE])

    act(Action.SUBMIT, clerk, filing)
    act(Action.APPROVE, city_reviewer, filing)

    assert status_of(filing) == Status.APPROVED
    assert list(differences(round_)) == []


def test_many_join_at_the_cost_of_one(
    round_: Project, tree: Tree, province_officer: User, django_assert_num_queries
) -> None:
    few, many = units_below(tree["420100"], 1), units_below(tree["420200"], 50)

    with django_assert_num_queries(STATEMENTS):
        add(round_, province_officer, *few)
    with django_assert_num_queries(STATEMENTS):
        assert len(add(round_, province_officer, *many)) == 50


STATEMENTS = 14


@pytest.mark.parametrize("status", [Status.SUBMITTED, Status.APPROVED])
@pytest.mark.parametrize("above", ["420100", "42"])
def test_nobody_joins_below_a_package_that_was_submitted(
    round_: Project, tree: Tree, province_officer: User, status: Status, above: str
) -> None:
    put(status, filing_of(round_, tree[above]))

    with pytest.raises(CannotJoin, match=f"{tree[above].name}已经提交"):
        add(round_, province_officer, tree[LATE])

    assert not Participation.objects.filter(organization=tree[LATE]).exists()
    assert not Filing.objects.filter(organization=tree[LATE]).exists()


def test_once_it_was_returned_somebody_may_join(
    round_: Project, tree: Tree, province_officer: User
) -> None:
    put(Status.RETURNED, filing_of(round_, tree["420100"]))

    assert len(add(round_, province_officer, tree[LATE])) == 1


def test_a_reason_is_asked_for(round_: Project, tree: Tree, province_officer: User) -> None:
    with pytest.raises(ReasonMissing):
        add(round_, province_officer, tree[LATE], reason="  ")


def test_who_takes_part_or_lies_elsewhere_is_not_added(
    round_: Project, tree: Tree, province_officer: User
) -> None:
    for unit in (tree[HOSPITAL], tree["H14010500001"], tree["420106"]):
        with pytest.raises(CannotJoin, match="请先勾选"):
            add(round_, province_officer, unit)


def test_who_was_removed_does_not_come_back(
    round_: Project, tree: Tree, province_officer: User
) -> None:
    """Removed is final: the events stay, and with them why."""
    act(Action.EXCLUDE, province_officer, filing_of(round_, tree[HOSPITAL]), reason="已停业")

    with pytest.raises(CannotJoin):
        add(round_, province_officer, tree[HOSPITAL])


def test_only_provinces_and_the_alliance_with_the_right_to(
    round_: Project, tree: Tree, province_officer: User, city_reviewer: User
) -> None:
    onlooker = factories.sub_account_of(province_officer, permission_subset=["query", "review"])

    for person in (city_reviewer, onlooker):
        with pytest.raises(NotYourTurn):
            add(round_, person, tree[LATE])


@pytest.mark.parametrize("phase", [Phase.PREPARING, Phase.CONCLUDED])
def test_only_while_the_round_runs(
    round_: Project, tree: Tree, alliance_officer: User, phase: Phase
) -> None:
    if phase == Phase.PREPARING:
        project = Project.objects.create(code="NEW", name="筹备", kind=ProjectKind.HISTORY)
        Project.objects.filter(pk=project.pk).update(phase=phase)
    else:
        project = round_
        Project.objects.filter(pk=project.pk).update(phase=Phase.CONCLUDED)

    with pytest.raises(ActionRefused):
        add(project, alliance_officer, tree[LATE])


def test_an_allocation_takes_nobody_in(tree: Tree, country: object, alliance_officer: User) -> None:
    """Its volumes stand still since publication: who joins would have nothing to allocate."""
    project = make.published_round([tree[HOSPITAL]], alliance_officer)

    with pytest.raises(CannotJoin, match="分配量在发布时已经固定"):
        add(project, alliance_officer, tree[LATE])


def test_who_reported_is_removed_only_after_a_return(
    round_: Project, tree: Tree, province_officer: User, city_reviewer: User
) -> None:
    filing = filing_of(round_, tree[HOSPITAL])
    put(Status.SUBMITTED, filing)

    with pytest.raises(ReviewRefused, match="待审核"):
        act(Action.EXCLUDE, province_officer, filing, reason="已停业")
    act(Action.RETURN, city_reviewer, filing, reason="将移出")
    act(Action.EXCLUDE, province_officer, filing, reason="已停业")

    assert status_of(filing) == Status.EXCLUDED
    assert LogEntry.objects.latest("pk").sentence.endswith("原因：已停业")
