"""How many filings stand where is kept with them, whoever writes, and counted once more by the nightly check."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.projects.models import Project
from apps.review.domain.checklist import checklist_of
from apps.review.domain.filings.counting import fold_counts, miscounted
from apps.review.domain.proving import differences
from apps.review.domain.reads import counts_below, progress_of
from apps.review.models import Filing, FilingCount
from apps.review.models.statuses import Action, Status
from apps.scope.context import whole_country
from tests.cast import Tree
from tests.factories_review import put
from tests.racing import at_once
from tests.review.acting import act
from tests.review.planting import filing_of

pytestmark = pytest.mark.usefixtures("country")


@pytest.fixture
def county(round_on_paper: Project, tree: Tree) -> Filing:
    """A bureau with institutions directly below it."""
    return filing_of(round_on_paper, tree["420100"])


def rows_of(filing: Filing) -> int:
    return int(FilingCount.objects.filter(parent_id=filing.pk).count())


def below(filing: Filing) -> list[Filing]:
    return list(Filing.objects.children_of(filing).order_by("pk"))


def above(filing: Filing) -> str:
    """The path of the unit directly above, which the chain may leave out."""
    return filing.path.rstrip("/").rpartition("/")[0] + "/"


def fold() -> None:
    """As the worker does, in a thread of its own."""
    with whole_country(reason="test"):
        fold_counts()


def test_a_planted_round_is_counted(round_on_paper, county):
    assert counts_below([county]) == {county.pk: {"draft": len(below(county))}}
    assert list(miscounted(round_on_paper)) == []


def test_who_moves_counts_where_it_stands(round_on_paper, county):
    first, *others = below(county)

    put(Status.SUBMITTED, first)

    counts = counts_below([county])[county.pk]
    assert counts == {"submitted": 1} | ({"draft": len(others)} if others else {})
    assert progress_of(county).submitted == 1
    assert list(miscounted(round_on_paper)) == []


def test_what_changes_nothing_that_is_counted_adds_no_row(county):
    before = rows_of(county)

    Filing.objects.children_of(county).update(version=7)

    assert rows_of(county) == before


def test_folding_changes_no_count(round_on_paper, county):
    for status in (Status.SUBMITTED, Status.APPROVED, Status.DRAFT):
        put(status, below(county)[0])
    before, lines = counts_below([county]), checklist_of(round_on_paper, county.path).lines
    places = {above(child) for child in below(county)}
    assert rows_of(county) > len(places)

    assert fold_counts() > 0

    assert rows_of(county) == len(places)
    assert counts_below([county]) == before
    assert checklist_of(round_on_paper, county.path).lines == lines
    assert fold_counts() == 0


def test_what_has_come_to_nothing_goes(round_on_paper, county):
    Filing.objects.of_project(round_on_paper).filter(tier="institution").update(parent=None)
    Filing.objects.of_project(round_on_paper).update(parent=None)

    assert counts_below([county]) == {}
    fold_counts()

    assert not FilingCount.objects.filter(project_id=round_on_paper.pk).exists()


def test_a_count_that_is_off_is_named(round_on_paper, county):
    place = above(below(county)[0])
    FilingCount.objects.filter(parent_id=county.pk, path=place).update(number=99)

    found = [child for child in below(county) if above(child) == place]
    said = f"{place} 下“填报中”的申报单记为 99 份，实有 {len(found)} 份"
    assert list(miscounted(round_on_paper)) == [said]
    assert said in list(differences(round_on_paper))


def test_no_child_is_read_to_tell_how_many_stand_where(round_on_paper, county):
    with CaptureQueriesContext(connection) as captured:
        counts_below([county])
        checklist_of(round_on_paper, county.path)

    (counted, asked) = [query["sql"] for query in captured]
    assert '"review_filing"' not in counted
    assert 'COUNT("review_filing"."id")' not in asked


@pytest.mark.django_db(transaction=True)
def test_who_reports_is_counted_while_others_fold(round_on_paper, hospital_clerk):
    own = filing_of(round_on_paper, hospital_clerk)
    for _ in range(4):
        Filing.objects.filter(pk=own.pk).update(status=Status.DRAFT)

        done = at_once(lambda: act(Action.SUBMIT, hospital_clerk, own), fold, fold)

        assert done == ["done", "done", "done"]
        assert list(miscounted(round_on_paper)) == []
