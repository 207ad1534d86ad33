"""申诉 on a line of an institution's report."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.reporting.domain.appeals import find_line
from apps.review.models.statuses import Status
from tests import factories_demand as make
from tests.factories_review import put

pytestmark = pytest.mark.usefixtures("country")


def test_what_was_reported_and_reviewed_and_who_answers(
    round_, tree, county_reviewer, neighbour_clerk, client_of
) -> None:
    make.planned(round_.project, round_.hospital, {"P0001": 2_000})
    item = round_.item("P0001")
    early = find_line(round_.project, round_.by, item)
    assert (early.at, early.answerer) == (None, None)
    assert "还没有审核通过" in early.why_not

    (filing,) = put(Status.APPROVED, round_.filing)

    matter = find_line(round_.project, round_.by, item)
    assert (matter.at, matter.answerer.path) == (filing.reviewed_at, county_reviewer.path)
    assert "预采购量 2,000" in matter.said
    assert find_line(round_.project, Actor.of(neighbour_clerk), item) is None
    page = client_of(round_.clerk).get(f"/demand/{round_.project.code}/results/").content.decode()
    assert f"/review/{round_.project.code}/appeals/line/{item}/" in page
