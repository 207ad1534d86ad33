"""A round of two provinces whose reports are approved, with an item for every rule."""

from dataclasses import dataclass

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.projects.models import Project
from tests.cast import Tree
from tests.volumes import rounds

UNITS = {"A": "甲单元", "B": "乙单元", "C": "丙单元", "D": "丁单元"}
"""R1 with two winners, R2, R4, R6; A and B were reported by both provinces."""


@dataclass
class Stage:
    """The project, its people and its tree."""

    project: Project
    officer: User
    tree: Tree

    @property
    def by(self) -> Actor:
        return Actor.of(self.officer)

    def url(self, page: str) -> str:
        return f"/analysis/{self.project.code}/{page}"


@pytest.fixture
def stage(tree: Tree, alliance_officer: User) -> Stage:
    """Hubei has 1,233 of A in three institutions, Shanxi 1; nothing is generated yet."""
    reports = {
        tree["H42010600001"]: {"A": 700, "B": 12_503, "C": 1_000, "D": 98_385},
        tree["H42010600002"]: {"A": 433, "B": 3},
        tree["H42020200001"]: {"A": 100},
        tree["H14010500001"]: {"A": 1, "B": 47},
    }
    project = rounds.approved_round(reports, alliance_officer, units=UNITS)
    rounds.set_unit(project, "乙单元", rule="r2")
    rounds.set_unit(project, "丙单元", rule="r4")
    rounds.set_unit(project, "丁单元", rule="r6")
    rounds.won(
        project,
        ("A", "甲厂", None, None),
        ("A", "乙厂", None, None),
        ("B", "甲厂", "41.35", None),
        ("C", "丙厂", "50.5", None),
        *(("D", f"丁{rank}厂", None, rank) for rank in (1, 2, 3)),
    )
    return Stage(project, alliance_officer, tree)
