"""Trees of random depth: bureaus in any nesting, institutions hanging anywhere, one of the provinces filling in."""

from dataclasses import dataclass
from itertools import count

from hypothesis import strategies as st

from apps.organizations.models import Level, Organization, Tier
from tests.cast import Tree
from tests.factories import InstitutionFactory

CHAINS = (
    ["province"],
    ["city", "province"],
    ["county", "city", "province"],
    ["county", "province"],
)
numbers = count(1)


@dataclass(frozen=True)
class RandomTree:
    """What was grown below the test tree's province 42."""

    bureaus: tuple[Organization, ...]
    institutions: tuple[Organization, ...]


def grow_tree(tree: Tree, data: st.DataObject) -> RandomTree:
    """Up to three cities with up to two counties each; up to five institutions under any of them or the province."""
    bureaus = []
    for _city in range(data.draw(st.integers(0, 3), label="cities")):
        city = bureau(tree["42"], Tier.CITY, Level.CITY)
        bureaus.append(city)
        counties = data.draw(st.integers(0, 2), label="counties")
        bureaus += [bureau(city, Tier.COUNTY, Level.COUNTY) for _county in range(counties)]
    homes = [tree["42"], tree["14"], *bureaus]
    drawn = data.draw(st.lists(st.sampled_from(range(len(homes))), min_size=1, max_size=5))
    institutions = [InstitutionFactory.create(parent=homes[at]) for at in drawn]
    return RandomTree(tuple(bureaus), tuple(institutions))


def bureau(parent: Organization, tier: Tier, level: Level) -> Organization:
    number = next(numbers)
    unit = Organization.at(
        parent,
        code=f"B{number:06d}",
        name=f"第{number}医保局",
        level=level,
        tier=tier,
        division_id=parent.division_id,
    )
    unit.save()
    return unit
