"""案卷 of an allocation: every report, and agreed volumes that are the sums of its lines."""

import pytest

from apps.review.models.statuses import Action
from tests.casefiles import case_of, checked_offline, problems, rewritten, told
from tests.review.acting import act

pytestmark = pytest.mark.django_db
CODE = "H42010600001"


@pytest.fixture
def reported_again(reported, tree, province_officer, city_reviewer):
    """The worked round, returned once and reported again as it was."""
    act(Action.RETURN, city_reviewer, reported.filing(), reason="请核对")
    act(Action.SUBMIT, reported.clerk, reported.filing())
    return reported


def _taken(case):
    case["standing"]["totals"][0]["quantity"] += 1


def _paid(case):
    case["standing"]["totals"][0]["amount"] = "0.01"


def _chosen(case):
    case["versions"][-1]["lines"][0]["contract"] += 1


def test_both_reports_are_checked_offline_and_other_quantities_are_found_out(
    reported_again, city_reviewer, tmp_path
):
    content = case_of(reported_again.filing(), city_reviewer)

    status, words = checked_offline(content, tmp_path)

    assert (status, "核验通过" in words) == (0, True), words
    case = told(content, CODE)
    assert [version["number"] for version in case["versions"]] == [1, 3]
    assert {line["enterprise"] for line in case["versions"][0]["lines"]} == {
        "A制药", "B制药", "C制药",
    }  # fmt: skip
    assert case["standing"]["totals"]
    changed = [rewritten(content, CODE, change) for change in (_taken, _paid, _chosen)]
    assert [bool(problems(files)) for files in changed] == [True, True, True]
