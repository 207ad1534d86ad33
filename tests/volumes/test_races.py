"""Two at the same moment, on real transactions: one publication; a return comes before it or is refused."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from apps.review.domain.refusals import ReviewRefused
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from apps.volumes.domain.bases.acts import generate_base, publish_base
from apps.volumes.domain.refusals import VolumesRefused
from apps.volumes.domain.versions import review_version
from apps.volumes.models import BaseVersion
from tests import factories_demand as make
from tests.review.acting import act
from tests.volumes.conftest import Stage
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run all at the same moment; what became of each: “done” or its refusal."""
    barrier = Barrier(len(acts))

    def run(one: Callable[[], object]) -> str:
        barrier.wait(timeout=PATIENCE)
        try:
            with whole_country(reason="test"):
                one()
        except (VolumesRefused, ReviewRefused) as refused:
            return type(refused).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_of_two_publications_one_holds_and_a_return_takes_its_turn(stage: Stage) -> None:
    with whole_country(reason="test"):
        version = generate_base(project=stage.project, by=stage.by)
        review_version(version=version, by=stage.by)
    filing = make.filing_of(stage.project, stage.tree["42"])

    outcomes = at_once(
        lambda: publish_base(version=version, by=stage.by),
        lambda: publish_base(version=version, by=stage.by),
        lambda: act(Action.RETURN, stage.officer, filing, reason="数量有误"),
    )

    with whole_country(reason="test"):
        published = BaseVersion.objects.filter(state="published").count()
        filing.refresh_from_db()
    assert outcomes.count("done") == 1
    assert (published, filing.status) in {(1, "approved"), (0, "returned")}
