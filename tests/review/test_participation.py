"""What 禁用 and 改名 say of running rounds: which, how many take part, how many have not reported."""

import pytest
from django.utils import timezone

from apps.review.domain.participation import rounds_of
from apps.review.models import Filing
from apps.review.models.statuses import Status
from tests import factories_demand as make

pytestmark = pytest.mark.usefixtures("country")


def test_running_rounds_of_a_county_are_named_with_who_has_not_reported(
    tree, alliance_officer
) -> None:
    units = [tree["H42010600001"], tree["H42010600002"]]
    first = make.demand_project(units, code="A1", chain=["county", "city", "province"])
    make.published(first, alliance_officer)
    make.demand_project(units, code="A2")  # in preparation: nothing to do yet
    county = tree["420106"].path

    assert rounds_of(county, "") == [
        f"正在办理的“{first.name}”：2 家医疗机构参加，其中 2 家还没有上报"
    ]

    Filing.objects.filter(organization=units[0]).update(
        status=Status.SUBMITTED, submitted_at=timezone.now()
    )
    assert rounds_of(units[0].path, "") == [f"正在办理的“{first.name}”：1 家医疗机构参加"]
    assert rounds_of(tree["140105"].path, "") == []
