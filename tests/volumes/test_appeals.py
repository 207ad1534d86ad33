"""申诉 on an agreed volume."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.volumes.domain.appeals import find_agreed
from tests import factories_demand as make
from tests.volumes import rounds

pytestmark = pytest.mark.usefixtures("country")


def test_the_published_volume_and_the_alliance_answers(
    tree, alliance_officer, hospital_clerk, neighbour_clerk, client_of
) -> None:
    reports = {tree["H42010600001"]: {"A": 100}}
    project = rounds.approved_round(reports, alliance_officer, units={"A": "甲"})
    rounds.won(project, ("A", "甲厂", "50", 1))
    rounds.published_base(project, alliance_officer)
    rounds.published_agreed(project, alliance_officer)
    item = make.items_of(project)["A"].pk

    matter = find_agreed(project, Actor.of(hospital_clerk), item)

    assert matter.at is not None
    assert matter.answerer.path == "/0/"
    assert "计算基数 100，约定采购量 50" in matter.said
    assert find_agreed(project, Actor.of(neighbour_clerk), item) is None
    page = client_of(hospital_clerk).get(f"/analysis/{project.code}/agreed/").content.decode()
    assert f"/review/{project.code}/appeals/agreed/{item}/" in page
