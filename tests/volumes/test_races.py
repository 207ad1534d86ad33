"""Two at the same moment, on real transactions: one publication; a return comes before it or is refused."""

import pytest

from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from apps.volumes.domain.bases.acts import generate_base, publish_base
from apps.volumes.domain.versions import review_version
from apps.volumes.models import BaseVersion
from tests import factories_demand as make
from tests.racing import at_once
from tests.review.acting import act
from tests.volumes.conftest import Stage

pytestmark = pytest.mark.django_db(transaction=True)


def test_of_two_publications_one_holds_and_a_return_takes_its_turn(stage: Stage) -> None:
    with whole_country(reason="test"):
        version = generate_base(project=stage.project, by=stage.by)
        review_version(version=version, by=stage.by)
    filing = make.filing_of(stage.project, stage.tree["42"])

    @whole_country(reason="test")
    def publish() -> None:
        publish_base(version=version, by=stage.by)

    outcomes = at_once(
        publish, publish, lambda: act(Action.RETURN, stage.officer, filing, reason="数量有误")
    )

    with whole_country(reason="test"):
        published = BaseVersion.objects.filter(state="published").count()
        filing.refresh_from_db()
    assert outcomes.count("done") == 1
    assert (published, filing.status) in {(1, "approved"), (0, "returned")}
