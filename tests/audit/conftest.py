"""Fixtures of seals: an anchor of the test's own, and a round with something under seal."""

from pathlib import Path

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.audit.domain.sealing import seal_all
from apps.audit.services import Entry, record_many
from apps.projects.models import Project
from apps.review.models.statuses import Action
from tests.cast import Tree
from tests.review.acting import act
from tests.review.planting import filing_of, planted, register_paper


@pytest.fixture
def own_anchor(settings: object, tmp_path: Path) -> Path:
    """The folder of this test's anchors and archives."""
    settings.AUDIT_DIR = tmp_path / "audit"  # type: ignore[attr-defined]
    return tmp_path / "audit"


@pytest.fixture
def round_under_seal(
    own_anchor: Path, tree: Tree, country: object, hospital_clerk: User, city_reviewer: User
) -> Project:
    """A hospital's filing, submitted, returned, submitted again; five entries beside it; two seals of each record."""
    del own_anchor, country
    register_paper()
    project = planted([unit for unit in tree.values() if unit.tier == "institution"])
    clerk = filing_of(project, hospital_clerk)
    act(Action.SUBMIT, hospital_clerk, clerk)
    act(Action.RETURN, city_reviewer, clerk, reason="有误")
    entries = [Entry("查看", "物", f"第 {n} 条", hospital_clerk.path) for n in range(1, 6)]
    record_many(by=Actor.of(hospital_clerk), entries=entries)
    assert seal_all(patience=0) >= 2
    clerk.refresh_from_db()
    act(Action.SUBMIT, hospital_clerk, clerk)
    assert seal_all(patience=0) == 2
    return project
