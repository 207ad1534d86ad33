"""The pages' names: by the kind of the project and the tier of the reader."""

import pytest

from apps.organizations.models import Tier
from apps.projects.models import ProjectKind
from apps.review.domain.headings import review_title, upper_label


@pytest.mark.covers("S0-13")
@pytest.mark.parametrize(
    ("kind", "tier", "title"),
    [
        (ProjectKind.ALLOCATION, Tier.CITY, "中选结果分量信息审核（市医保）"),
        (ProjectKind.ALLOCATION, Tier.ALLIANCE, "中选结果分量信息审核（联采办）"),
        (ProjectKind.DEMAND, Tier.COUNTY, "需求量信息审核（区县医保）"),
        (ProjectKind.HISTORY, Tier.PROVINCE, "历史采购量审核（省医保）"),
    ],
)
def test_titles(kind: ProjectKind, tier: Tier, title: str) -> None:
    assert review_title(kind, tier) == title


def test_whom_a_bureau_submits_to() -> None:
    assert upper_label(Tier.PROVINCE) == "省医保"
    assert upper_label("") == ""
