"""What a status is called: it names the tier that holds the filing, and follows it there and back."""

import pytest

from apps.review.domain.labels import status_text
from apps.review.models.statuses import Action
from tests.review.acting import act
from tests.review.planting import filing_of, planted, register_paper


@pytest.fixture
def begun(tree, country):
    register_paper()
    return planted([tree["H42010600001"]])


@pytest.mark.covers("S3-30", "S2-36")
def test_an_institutions_states_in_turn(begun, tree, hospital_clerk, city_reviewer):
    hospital = tree["H42010600001"]
    words = [status_text(filing_of(begun, hospital))]
    for action, who, more in (
        (Action.SUBMIT, hospital_clerk, {}),
        (Action.RETURN, city_reviewer, {"reason": "漏填"}),
        (Action.SUBMIT, hospital_clerk, {}),
        (Action.APPROVE, city_reviewer, {}),
    ):
        act(action, who, filing_of(begun, hospital), **more)
        words.append(status_text(filing_of(begun, hospital)))

    assert words == ["填报中", "待市医保审核", "市医保退回", "待市医保审核", "市医保审核通过"]


@pytest.mark.covers("S3-01", "S3-10", "S3-25")
def test_a_package_goes_from_the_city_by_the_province_to_the_office(
    begun, tree, hospital_clerk, city_reviewer, province_officer, alliance_officer
):
    act(Action.SUBMIT, hospital_clerk, filing_of(begun, tree["H42010600001"]))
    act(Action.APPROVE, city_reviewer, filing_of(begun, tree["H42010600001"]))
    words = []
    for unit, filer, reviewer in (
        (tree["420100"], city_reviewer, province_officer),
        (tree["42"], province_officer, alliance_officer),
    ):
        for action, who in ((Action.SUBMIT, filer), (Action.APPROVE, reviewer)):
            act(action, who, filing_of(begun, unit))
            words.append(status_text(filing_of(begun, unit)))

    assert words == ["待省医保审核", "省医保审核通过", "待联采办审核", "联采办审核通过"]
