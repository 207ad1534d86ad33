"""A small round: one hospital under a county, four items of which three were bought in 2025."""

from dataclasses import dataclass
from typing import Any

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.organizations.models import Organization
from apps.projects.models import Project, Withdrawal
from apps.reporting.models import DemandLine
from apps.review.models import Filing
from tests import factories_demand as make
from tests.cast import Tree
from tests.reporting.sheet_page import opened

BOUGHT = {"P0001": 2_800, "P0002": 1_000, "P0003": 100}


@dataclass
class Round:
    """A published demand round and the people in it. P0004 was never bought."""

    project: Project
    hospital: Organization
    clerk: User

    @property
    def by(self) -> Actor:
        return Actor.of(self.clerk)

    @property
    def filing(self) -> Filing:
        return make.filing_of(self.project, self.hospital)

    @property
    def place(self) -> dict[str, Any]:
        """What every service takes."""
        return {"filing": self.filing, "project": self.project, "by": self.by}

    def item(self, code: str) -> int:
        return make.items_of(self.project)[code].pk

    def line(self, code: str) -> DemandLine | None:
        return make.line_of(self.project, self.hospital, code)


@pytest.fixture
def round_(tree: Tree, hospital_clerk: User, alliance_officer: User) -> Round:
    hospital = tree["H42010600001"]
    project = make.demand_project(
        [hospital, tree["H14010500001"]],
        chain=["county", "city", "province"],
        institution_withdrawal=Withdrawal.DIRECT,
    )
    make.bought(project, hospital, BOUGHT)
    make.published(project, alliance_officer)
    return Round(project, hospital, hospital_clerk)


@pytest.fixture
def sign_in(live_server: Any, client_of: Any) -> Any:
    def signed_in(context: Any, person: User) -> None:
        cookie = client_of(person).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    return signed_in


@pytest.fixture
def sheet(round_: Round, page: Any, sign_in: Any) -> Any:
    """The sheet of the round's hospital, opened in a browser."""
    sign_in(page.context, round_.clerk)
    return opened(page)
