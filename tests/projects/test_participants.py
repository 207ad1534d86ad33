"""Choosing participants: sets in one insert, who can't take part, who may choose when."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.organizations.models import Organization
from apps.projects.domain.participants.acts import (
    CannotTakePart,
    add_participant,
    candidates,
    choose_listed,
    choose_participants,
    eligible,
    remove_participant,
    remove_participants,
    set_obligation,
)
from apps.projects.domain.refusals import NotAllowed, ProjectFrozen
from apps.projects.models import Obligation, Participation, Phase
from tests.factories import InstitutionFactory
from tests.factories_projects import ProjectFactory, enroll, ready_project, walk_to

pytestmark = pytest.mark.usefixtures("db", "country")


def codes(project) -> list[str]:
    rows = Participation.objects.filter(project=project).order_by("path")
    return list(rows.values_list("organization__code", flat=True))


@pytest.mark.parametrize("size", [1, 50])
def test_choose_participants_takes_constant_statements(
    size, alliance_officer, tree, django_assert_max_num_queries
):
    project = ProjectFactory()
    InstitutionFactory.create_batch(size, parent=tree["420106"])
    by = Actor.of(alliance_officer)

    with django_assert_max_num_queries(6):
        added = choose_participants(
            project=project, institutions=eligible(), obligation=Obligation.REQUIRED, by=by
        )

    assert added == size + 6
    assert f"加入 {size + 6} 家参加机构（必报）" in LogEntry.objects.get().sentence


def test_choose_participants_leaves_out_who_cannot_take_part(alliance_officer, tree):
    project = ProjectFactory()
    InstitutionFactory(parent=tree["420106"], code="H42010600901", is_active=False)
    InstitutionFactory(
        parent=tree["420106"], code="H42010600902", reports_through=tree["H42010600001"]
    )

    choose_participants(
        project=project,
        institutions=Organization.objects.filter(path__startswith=tree["420106"].path),
        obligation=Obligation.VOLUNTARY,
        by=Actor.of(alliance_officer),
    )

    assert codes(project) == ["H42010600001", "H42010600002"]


def test_choose_participants_keeps_what_is_there(alliance_officer, tree):
    project = ProjectFactory()
    enroll(project, tree["H42010600001"], obligation=Obligation.VOLUNTARY)

    added = choose_participants(
        project=project,
        institutions=eligible(),
        obligation=Obligation.REQUIRED,
        by=Actor.of(alliance_officer),
    )

    assert added == 5
    kept = Participation.objects.get(organization=tree["H42010600001"])
    assert kept.obligation == Obligation.VOLUNTARY


def test_province_chooses_its_own_in_preparation_only(province_officer, tree):
    project = ready_project(tree["H42010600001"])
    by = Actor.of(province_officer)
    wanted = {"institutions": eligible(), "obligation": Obligation.VOLUNTARY, "by": by}

    assert choose_participants(project=project, **wanted) == 4
    assert "H14010500001" not in codes(project)
    with pytest.raises(NotAllowed):
        choose_participants(project=ProjectFactory(), **wanted)


def test_nobody_chooses_after_publication(alliance_officer, tree):
    project = walk_to(ready_project(tree["H42010600001"]), Phase.PUBLISHED)
    by = Actor.of(alliance_officer)

    with pytest.raises(ProjectFrozen):
        choose_participants(
            project=project, institutions=eligible(), obligation=Obligation.REQUIRED, by=by
        )
    with pytest.raises(ProjectFrozen):
        remove_participant(project=project, organization=tree["H42010600001"], by=by)


def test_choose_listed_adds_and_adjusts(alliance_officer, tree):
    project = ProjectFactory()
    enroll(project, tree["H42010600001"], tree["H42010600002"])
    listed = [
        (tree["H42010600001"], Obligation.VOLUNTARY),
        (tree["H42010600002"], Obligation.REQUIRED),
        (tree["H14010500001"], Obligation.VOLUNTARY),
    ]

    changed = choose_listed(project=project, listed=listed, by=Actor.of(alliance_officer))

    assert changed == 2
    assert dict(Participation.objects.values_list("organization__code", "obligation")) == {
        "H42010600001": "voluntary",
        "H42010600002": "required",
        "H14010500001": "voluntary",
    }


def test_add_participant_refuses_a_bureau(alliance_officer, tree):
    with pytest.raises(CannotTakePart, match="武昌区"):
        add_participant(
            project=ProjectFactory(),
            organization=tree["420106"],
            obligation=Obligation.REQUIRED,
            by=Actor.of(alliance_officer),
        )


def test_remove_participants_reaches_no_other_province(province_officer, tree):
    project = ready_project(tree["H42010600001"], tree["H14010500001"])

    removed = remove_participants(
        project=project, participations=Participation.objects.all(), by=Actor.of(province_officer)
    )

    assert (removed, codes(project)) == (1, ["H14010500001"])


def test_set_obligation_counts_what_changed(alliance_officer, tree):
    project = ProjectFactory()
    enroll(project, tree["H42010600001"])
    enroll(project, tree["H42010600002"], obligation=Obligation.VOLUNTARY)

    changed = set_obligation(
        project=project,
        participations=Participation.objects.all(),
        obligation=Obligation.VOLUNTARY,
        by=Actor.of(alliance_officer),
    )

    assert changed == 1
    assert set(Participation.objects.values_list("obligation", flat=True)) == {"voluntary"}


def test_candidates_are_those_not_yet_taking_part(tree):
    project = ProjectFactory()
    enroll(project, tree["H42010600001"])

    assert candidates(project).count() == 5
    assert tree["H42010600001"] not in candidates(project)
