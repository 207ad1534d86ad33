"""How far the agreements of a project are, place by place below the viewer's (coverage and signing).

Invariant: the figures are those of counting every product of every institution (`verification`). What institutions
did is kept with each of them (`AgreementProgress`); who delivers is put together from the agreed relations of enabled
distributors each time, because one of them may cover a province.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.distribution.models.relation_statuses import Status
from apps.projects.models import Project
from apps.scope.paths import ancestors, subtree_bounds
from apps.scope.planning import quick_rows

COUNTED = ("covered", "chosen", "drawn", "signed")

# Bits stand for the project's winning products. Whatever is delivered to a bureau's place (no relation is smaller)
# reaches those that stand under it.
FIGURES = """
    WITH product AS MATERIALIZED (
        SELECT id AS product_id, set_bit(
            repeat('0', (COUNT(*) OVER ())::int)::bit varying, (ROW_NUMBER() OVER (ORDER BY id))::int - 1, 1
        ) AS own
        FROM projects_winningproduct WHERE project_id = %(project)s
    ), place AS MATERIALIZED (
        SELECT r.path, bit_or(product.own) AS products
        FROM distribution_deliveryrelation r JOIN product USING (product_id)
        JOIN distribution_distributoraccount d ON d.id = r.distributor_id
        JOIN accounts_user account ON account.id = d.user_id AND account.is_active
        WHERE r.project_id = %(project)s AND r.status = %(agreed)s
            AND (r.path >= %(low)s AND r.path < %(high)s OR r.path = ANY(%(above)s))
        GROUP BY r.path
    ), bureau AS MATERIALIZED (
        SELECT above, string_to_array(trim(both '/' from above), '/') AS codes FROM distribution_agreementprogress
        WHERE project_id = %(project)s AND path >= %(low)s AND path < %(high)s GROUP BY above
    ), served AS (
        SELECT above, '/' || array_to_string(codes[1:depth], '/') || '/' AS path
        FROM bureau CROSS JOIN LATERAL generate_series(1, cardinality(codes)) AS depth
        UNION ALL SELECT above, above || '-/' FROM bureau
    ), reached AS MATERIALIZED (
        SELECT served.above, bit_or(place.products) AS products FROM served JOIN place USING (path)
        GROUP BY served.above
    ), figure AS (
        SELECT kept.filing_id, kept.path, bit_count(kept.agreed) AS products,
            COALESCE(bit_count(kept.agreed & reached.products), 0) AS covered,
            bit_count(kept.agreed & kept.chosen) AS chosen,
            bit_count(kept.agreed & kept.drawn) AS drawn,
            bit_count(kept.agreed & kept.signed) AS signed
        FROM distribution_agreementprogress kept LEFT JOIN reached USING (above)
        WHERE kept.project_id = %(project)s AND kept.path >= %(low)s AND kept.path < %(high)s
    )
"""
_BY_UNIT = f"""{FIGURES}
    SELECT unit.code, COALESCE(o.name, unit.code), unit.products, unit.covered, unit.chosen, unit.drawn, unit.signed
    FROM (
        SELECT split_part(path, '/', %(part)s) AS code, SUM(products)::bigint AS products,
            SUM(covered)::bigint AS covered, SUM(chosen)::bigint AS chosen,
            SUM(drawn)::bigint AS drawn, SUM(signed)::bigint AS signed
        FROM figure WHERE products > 0 GROUP BY 1
    ) unit LEFT JOIN organizations_organization o ON o.code = unit.code
    ORDER BY unit.code
"""  # noqa: S608 (no value in it)


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of (institution, product) at one place."""

    code: str
    name: str
    products: int
    covered: int
    chosen: int
    drawn: int
    signed: int

    @property
    def rate(self) -> float:
        """Signed of all, in per cent."""
        return 100 * self.signed / self.products if self.products else 0


def progress_of(project: Project, top: str) -> list[Progress]:
    """One row for each unit directly below `top`, the viewer's own path, that has agreed products; one statement."""
    values = {**bounds(project, top), "part": top.count("/") + 1}
    return [Progress(*row) for row in quick_rows(_BY_UNIT, values)]


def bounds(project: Project, top: str) -> dict[str, object]:
    """What `FIGURES` asks for: who delivers to a place above delivers here as well."""
    low, high = subtree_bounds(top)
    return {
        "project": project.pk,
        "agreed": int(Status.AGREED),
        "low": low,
        "high": high,
        "above": ancestors(top),
    }


def summed(rows: Sequence[Progress]) -> Progress:
    """All places together."""
    total = {name: sum(getattr(row, name) for row in rows) for name in ("products", *COUNTED)}
    return Progress("", "合计", **total)
