"""Two answers, an answer and 撤回, the same appeal twice at the same moment, on real transactions."""

import pytest

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.models import Appeal, AppealState
from tests.racing import at_once
from tests.review.appealing import answered, appealed, returned, taken_back
from tests.review.planting import filing_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("country")]


def test_whoever_comes_second_is_told(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User
) -> None:
    filing = filing_of(round_on_paper, hospital_clerk)
    event = returned(filing, hospital_clerk, city_reviewer)

    both = at_once(
        lambda: appealed(round_on_paper, hospital_clerk, event.pk),
        lambda: appealed(round_on_paper, hospital_clerk, event.pk),
    )
    assert sorted(both) == ["RequestDecided", "done"]
    first = Appeal.objects.get()
    against = at_once(
        lambda: taken_back(first, hospital_clerk), lambda: answered(first, city_reviewer)
    )
    assert sorted(against) == ["RequestDecided", "done"]
    first.refresh_from_db()
    if first.state != AppealState.WITHDRAWN:
        event = returned(filing, hospital_clerk, city_reviewer)
    second = appealed(round_on_paper, hospital_clerk, event.pk)
    answers = at_once(
        lambda: answered(second, city_reviewer, AppealState.DISMISSED),
        lambda: answered(second, city_reviewer, AppealState.UPHELD),
    )
    assert sorted(answers) == ["RequestDecided", "done"]
