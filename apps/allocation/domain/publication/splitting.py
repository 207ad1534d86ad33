"""The split of every row of a project in one statement: what `reporting.agreed_volume.split_r2` does to one.

Whole-number arithmetic only: the policies have four decimals, so shares are counted in ten-thousandths and every
division of whole numbers rounds down, as rules §3a.2 asks. A test holds both against each other.

Designations and winners go in as values: of tables just written the planner would think that they are empty, and
compare each of millions of rows with every winner.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from apps.allocation.domain.publication import sql
from apps.allocation.domain.publication.designating import Standing, Tie
from apps.allocation.domain.publication.winners import Winner, holders, top_of_units
from apps.projects.models import Project

PARTS = 10_000


def split_values(
    project: Project, standing: Standing, winners: Sequence[Winner]
) -> Mapping[str, Any]:
    """What the statement is told of policies, of designations, and of who keeps what in which of their provinces."""
    designated, top = standing.designated, frozenset(top_of_units(winners))
    held = [
        (winner.product_id, winner.item_id, province)
        for winner, province in holders(winners, {place.province for place in standing.places})
    ]
    return {
        "project": project.pk,
        "ratio": _parts(project.agreed_ratio),
        "keep": _parts(project.keep_other),
        "share_lowest": _parts(project.share_lowest),
        "share_highest": _parts(project.share_highest),
        "share_merged": _parts(project.share_lowest + project.share_highest),
        "products": [product for product, _item, _province in held],
        "items": [item for _product, item, _province in held],
        "supplied": [province for _product, _item, province in held],
        "keeps_all": [product in top for product, _item, _province in held],
        "groups": [group.place.product_group for group in designated],
        "provinces": [group.place.province for group in designated],
        "lowest": [group.designation.lowest for group in designated],
        "highest": [group.designation.highest for group in designated],
        "merged": [group.designation.merged for group in designated],
        "sole": [group.sole for group in designated],
    }


def open_ties(project: Project, standing: Standing, values: Mapping[str, Any]) -> list[Tie]:
    """The ties that have to be decided: where nothing is to allocate, nobody needs an enterprise."""
    if not standing.ties:
        return []
    waiting = sql.waiting(project, values)
    return [
        tie for tie in standing.ties if (tie.place.product_group, tie.place.province) in waiting
    ]


def _parts(share: Decimal) -> int:
    return int(share * PARTS)
