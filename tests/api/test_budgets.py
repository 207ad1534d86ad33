"""A list of the interface costs the same number of statements whatever its length."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories_demand as demand

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("me", 2),
        ("projects", 5),
        ("projects/BL", 5),
        ("projects/BL/items", 4),
        ("projects/BL/lines", 6),
        ("projects/BL/filing", 16),
    ],
)
def test_reading_costs_what_it_may(
    program_of, tree, alliance_officer, hospital_clerk, address, most
):
    project = demand.demand_project([tree["H42010600001"]], items=30, explanation_scope="none")
    demand.published(project, alliance_officer)
    program = program_of(hospital_clerk)
    program.ask(address)  # 最近使用 is written once a minute

    with CaptureQueriesContext(
        connection,
    ) as asked:
        program.ask(address)

    assert len(asked) <= most, "\n".join(each["sql"][:160] for each in asked)
