"""The split of every row of a project in one statement: what `reporting.agreed_volume.split_r2` does to one.

Whole-number arithmetic only: the policies have four decimals, so shares are counted in ten-thousandths and every
division of whole numbers rounds down, as rules §3a.2 asks. A test holds both against each other.

Designations and winners go in as values: of tables just written the planner would think that they are empty, and
compare each of millions of rows with every winner.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from apps.allocation.domain.publication.designating import Standing, Tie
from apps.allocation.domain.publication.winners import Winner, holders, top_of_units
from apps.projects.models import Project, RoundingMode
from apps.scope.database import quick_rows

PARTS = 10_000

_AGREED = {
    RoundingMode.DOWN: "r.reported * %(ratio)s / 10000",
    RoundingMode.HALF_UP: "(r.reported * %(ratio)s * 2 + 10000) / 20000",
    RoundingMode.UP_TO_PACK: """
        (r.reported * %(ratio)s + 10000::bigint * i.pack_quantity - 1)
        / (10000::bigint * i.pack_quantity) * i.pack_quantity""",
}

_SPLIT = """
WITH designated AS (
    SELECT * FROM unnest(
        %(groups)s::text[], %(provinces)s::text[], %(lowest)s::bigint[], %(highest)s::bigint[],
        %(merged)s::boolean[], %(sole)s::boolean[]
    ) AS d(product_group, province, lowest_id, highest_id, merged, sole)
), winner AS (
    SELECT * FROM unnest(
        %(products)s::bigint[], %(items)s::bigint[], %(supplied)s::text[], %(keeps_all)s::boolean[]
    ) AS w(id, item_id, province, keeps_all)
), placed AS (
    SELECT r.*, i.product_group, '/0/' || split_part(r.path, '/', 3) || '/' AS province,
        CASE r.given WHEN 'none' THEN {agreed} ELSE r.agreed END AS a
    FROM {source} r JOIN projects_catalogitem i ON i.id = r.item_id
    WHERE r.project_id = %(project)s
), joined AS (
    SELECT p.*, d.lowest_id, d.highest_id, d.merged, d.sole, d.product_group IS NULL AS without_winner,
        w.id AS product_id, w.keeps_all
    FROM placed p
    LEFT JOIN designated d ON d.product_group = p.product_group AND d.province = p.province
    LEFT JOIN winner w ON w.item_id = p.item_id AND w.province = p.province
), parted AS (
    SELECT j.*, CASE
        WHEN j.given IN ('kept', 'all') THEN j.kept
        WHEN j.product_id IS NULL THEN 0
        WHEN j.keeps_all THEN j.a
        ELSE j.a * %(keep)s / 10000 END AS k
    FROM joined j
), split AS (
    SELECT t.id, t.organization_id, t.item_id, t.path, t.reported, t.product_group, t.province, t.product_id, t.given,
        t.lowest_id, t.highest_id, t.merged, t.sole, t.without_winner, t.a, t.k, t.a - t.k AS p,
        CASE WHEN t.without_winner THEN 0
            WHEN t.given = 'all' THEN t.lowest
            WHEN t.merged OR t.sole THEN 0
            ELSE (t.a - t.k) * %(share_lowest)s / 10000 END AS l,
        CASE WHEN t.without_winner THEN 0
            WHEN t.given = 'all' THEN t.highest
            WHEN t.sole THEN t.a - t.k
            WHEN t.merged THEN (t.a - t.k) * %(share_merged)s / 10000
            ELSE (t.a - t.k) * %(share_highest)s / 10000 END AS h
    FROM parted t
)
"""


ROWS = "allocation_allocationrow"


def split_statement(project: Project, then: str, *, source: str = ROWS) -> str:
    """A statement that reads the common table `split`: id, a, k, p, l, h and what they come from.

    `source` is what is split: the rows that are there, or a subquery with the same columns for rows to come.
    """
    return _SPLIT.format(agreed=_AGREED[RoundingMode(project.rounding)], source=source) + then


def split_values(project: Project, found: Standing, winners: Sequence[Winner]) -> Mapping[str, Any]:
    """What the statement is told of policies, of designations, and of who keeps what in which of their provinces."""
    designated, top = found.designated, frozenset(top_of_units(winners))
    held = [
        (winner.product_id, winner.item_id, province)
        for winner, province in holders(winners, {place.province for place in found.places})
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
        "groups": [each.place.product_group for each in designated],
        "provinces": [each.place.province for each in designated],
        "lowest": [each.designation.lowest for each in designated],
        "highest": [each.designation.highest for each in designated],
        "merged": [each.designation.merged for each in designated],
        "sole": [each.sole for each in designated],
    }


WAITING = "SELECT DISTINCT product_group, province FROM split WHERE p > 0"


def open_ties(project: Project, found: Standing, values: Mapping[str, Any]) -> list[Tie]:
    """The ties that have to be decided: where nothing is to allocate, nobody needs an enterprise."""
    if not found.ties:
        return []
    waiting = set(quick_rows(split_statement(project, WAITING), values))
    return [tie for tie in found.ties if (tie.place.product_group, tie.place.province) in waiting]


def _parts(share: Decimal) -> int:
    return int(share * PARTS)
