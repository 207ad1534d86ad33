"""How far agreements are, from what is kept with each institution and from counting one by one.

Invariant: bound to one project and to a place that the caller may see.
"""

from collections.abc import Sequence
from typing import NamedTuple

from apps.distribution.models.relation_statuses import Status
from apps.scope.database import quick_rows
from apps.scope.paths import ancestors, subtree_bounds

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
    ), unchosen AS MATERIALIZED (
        SELECT choice.filing_id, bit_or(product.own) AS products
        FROM distribution_deliverychoice choice JOIN product USING (product_id)
        JOIN distribution_deliveryrelation r ON r.id = choice.relation_id
        JOIN distribution_distributoraccount d ON d.id = r.distributor_id
        LEFT JOIN accounts_user account ON account.id = d.user_id
        WHERE r.project_id = %(project)s AND choice.path >= %(low)s AND choice.path < %(high)s
            AND (r.status <> %(agreed)s OR account.is_active IS NOT TRUE)
        GROUP BY choice.filing_id
    ), undrawn AS MATERIALIZED (
        SELECT line.filing_id, bit_or(product.own) AS products
        FROM distribution_agreement agreement
        JOIN distribution_agreementline line ON line.agreement_id = agreement.id AND line.ended_at IS NULL
        JOIN product USING (product_id)
        WHERE agreement.project_id = %(project)s AND agreement.status = 'affected'
            AND agreement.path >= %(low)s AND agreement.path < %(high)s
        GROUP BY line.filing_id
    ), figure AS (
        SELECT kept.filing_id, kept.path, bit_count(kept.agreed) AS products,
            COALESCE(bit_count(kept.agreed & reached.products), 0) AS covered,
            bit_count(kept.agreed & kept.chosen & COALESCE(~unchosen.products, kept.agreed)) AS chosen,
            bit_count(kept.agreed & kept.drawn & COALESCE(~undrawn.products, kept.agreed)) AS drawn,
            bit_count(kept.agreed & kept.signed) AS signed,
            COALESCE(bit_count(kept.agreed & reached.products & ~kept.drawn
                & ~(kept.chosen & COALESCE(~unchosen.products, kept.agreed))), 0) AS to_choose,
            bit_count(kept.agreed & kept.chosen & COALESCE(~unchosen.products, kept.agreed) & ~kept.drawn) AS to_draw,
            bit_count(kept.agreed & kept.drawn & COALESCE(~undrawn.products, kept.agreed) & ~kept.signed) AS to_sign,
            COALESCE(bit_count(kept.agreed & undrawn.products), 0) AS affected
        FROM distribution_agreementprogress kept LEFT JOIN reached USING (above)
        LEFT JOIN unchosen USING (filing_id) LEFT JOIN undrawn USING (filing_id)
        WHERE kept.project_id = %(project)s AND kept.path >= %(low)s AND kept.path < %(high)s
    )
"""
COUNTS = (
    "products",
    "covered",
    "chosen",
    "drawn",
    "signed",
    "to_choose",
    "to_draw",
    "to_sign",
    "affected",
)
_SUMS = ", ".join(f"SUM({name})::bigint AS {name}" for name in COUNTS)
_BY_UNIT = f"""{FIGURES}
    SELECT unit.code, COALESCE(o.name, unit.code), o.tier, {", ".join(f"unit.{name}" for name in COUNTS)}
    FROM (
        SELECT split_part(path, '/', %(part)s) AS code, {_SUMS} FROM figure WHERE products > 0 GROUP BY 1
    ) unit LEFT JOIN organizations_organization o ON o.code = unit.code
    ORDER BY unit.code
"""  # noqa: S608 (no value in it)
# `steps` are those of which an institution has to have something open; none asks for all institutions.
_ASKED = f"""{FIGURES}, asked AS (
        SELECT figure.*, COALESCE(o.name, '') AS name FROM figure
        JOIN review_filing f ON f.id = figure.filing_id JOIN organizations_organization o ON o.id = f.organization_id
        WHERE products > 0 AND CASE %(step)s
            WHEN 'to_choose' THEN to_choose > 0 WHEN 'to_draw' THEN to_draw > 0
            WHEN 'to_sign' THEN to_sign > 0 WHEN 'affected' THEN affected > 0 ELSE TRUE END
            AND NOT EXISTS (
                SELECT FROM unnest(%(words)s::text[]) AS word
                WHERE strpos(folded(o.name), word) = 0 AND strpos(folded(o.pinyin), word) = 0
                    AND strpos(folded(o.code), word) = 0
            )
    )
"""  # noqa: S608 (no value in it)
_PAGE = f"""{_ASKED}
    SELECT filing_id, {", ".join(COUNTS)} FROM asked ORDER BY path LIMIT %(most)s OFFSET %(skip)s
"""  # noqa: S608 (no value in it)
_STAMP = f"""{_ASKED}
    SELECT COUNT(*), COALESCE(MAX(filing_id), 0), COALESCE(SUM(filing_id), 0), COALESCE(SUM(filing_id::numeric ^ 2), 0)
    FROM asked
"""  # noqa: S608 (no value in it)
_ONE_BY_ONE = f"""{FIGURES}, total AS MATERIALIZED (
        SELECT t.filing_id, t.product_id, t.path
        FROM allocation_supplytotal t JOIN review_filing f ON f.id = t.filing_id
        WHERE f.project_id = %(project)s AND f.tier = 'institution'
    ), lies_in AS MATERIALIZED (
        SELECT filing.filing_id, place.at FROM (SELECT DISTINCT filing_id, path FROM total) filing
        CROSS JOIN LATERAL unnest(
            review_lineage(filing.path) || regexp_replace(filing.path, '[^/]+/$', '-/')
        ) AS place(at)
    ), delivered AS MATERIALIZED (
        SELECT DISTINCT r.product_id, r.path AS at FROM distribution_deliveryrelation r
        WHERE r.project_id = %(project)s AND r.status = %(agreed)s AND r.distributor_id IN (
            SELECT d.id FROM distribution_distributoraccount d JOIN accounts_user u ON u.id = d.user_id
            WHERE u.is_active
        )
    ), reaching AS (
        SELECT DISTINCT total.filing_id, total.product_id
        FROM total JOIN lies_in USING (filing_id) JOIN delivered USING (product_id, at)
    ), choice AS (
        SELECT chosen.filing_id, chosen.product_id FROM distribution_deliverychoice chosen
        JOIN distribution_deliveryrelation r ON r.id = chosen.relation_id
        JOIN delivered ON delivered.product_id = chosen.product_id AND delivered.at = r.path
        JOIN lies_in ON lies_in.filing_id = chosen.filing_id AND lies_in.at = r.path
        WHERE r.project_id = %(project)s AND r.status = %(agreed)s AND r.distributor_id IN (
            SELECT d.id FROM distribution_distributoraccount d JOIN accounts_user u ON u.id = d.user_id
            WHERE u.is_active
        )
    ), due AS (
        SELECT total.filing_id, COUNT(*) AS products, COUNT(reaching.filing_id) AS covered,
            COUNT(choice.filing_id) AS chosen,
            COUNT(*) FILTER (WHERE agreement.status IN ('drawn', 'signed')) AS drawn,
            COUNT(*) FILTER (WHERE agreement.status = 'signed') AS signed
        FROM total LEFT JOIN reaching USING (filing_id, product_id)
        LEFT JOIN choice USING (filing_id, product_id)
        LEFT JOIN distribution_agreementline line ON line.filing_id = total.filing_id
            AND line.product_id = total.product_id AND line.ended_at IS NULL
        LEFT JOIN distribution_agreement agreement ON agreement.id = line.agreement_id
        GROUP BY total.filing_id
    )
    SELECT o.name, step.name, step.kept, step.due
    FROM due FULL JOIN figure USING (filing_id)
    JOIN review_filing f ON f.id = filing_id JOIN organizations_organization o ON o.id = f.organization_id
    CROSS JOIN LATERAL (VALUES
        ('协议产品', figure.products, due.products), ('有配送企业', figure.covered, due.covered),
        ('已选择', figure.chosen, due.chosen), ('已生成协议', figure.drawn, due.drawn),
        ('已签署', figure.signed, due.signed)
    ) AS step(name, kept, due)
    WHERE COALESCE(step.kept, 0) <> COALESCE(step.due, 0)
    ORDER BY f.path LIMIT 10
"""  # noqa: S608 (no value in it)
_OF_FILINGS = f"""{FIGURES}
    SELECT filing_id, {", ".join(COUNTS)} FROM figure WHERE filing_id = ANY(%(filings)s) ORDER BY path
"""  # noqa: S608 (no value in it)


class Row(NamedTuple):
    """Counts of (institution, product) at one place, in the order of `COUNTS`."""

    code: str
    name: str
    tier: str | None
    counts: tuple[int, ...]


class InstitutionQuery(NamedTuple):
    """Which institutions: at or below `top`, with something open at `step` if one is named, named by all `words`."""

    project: int
    top: str
    step: str = ""
    words: tuple[str, ...] = ()

    def values(self) -> dict[str, object]:
        return {**_bounds(self.project, self.top), "step": self.step, "words": list(self.words)}


class Difference(NamedTuple):
    """One figure of an institution that is not what its rows come to."""

    unit: str
    step: str
    kept: int | None
    due: int | None


def by_unit(project: int, top: str) -> list[Row]:
    """One row for each unit directly below `top` that has agreed products."""
    values = {**_bounds(project, top), "part": top.count("/") + 1}
    return [
        Row(code, name, tier, tuple(counts))
        for code, name, tier, *counts in quick_rows(_BY_UNIT, values)
    ]


def page_of(asked: InstitutionQuery, *, skip: int, most: int) -> list[tuple[int, tuple[int, ...]]]:
    """Filings of institutions with their counts, in the order of the tree; one statement."""
    counted = quick_rows(_PAGE, {**asked.values(), "skip": skip, "most": most})
    return [(filing, tuple(counts)) for filing, *counts in counted]


def of_filings(project: int, top: str, filings: Sequence[int]) -> list[tuple[int, tuple[int, ...]]]:
    """The counts of these filings at or below `top`; one statement."""
    counted = quick_rows(_OF_FILINGS, {**_bounds(project, top), "filings": list(filings)})
    return [(filing, tuple(counts)) for filing, *counts in counted]


def stamp_of(asked: InstitutionQuery) -> tuple[int, int, int, int]:
    """How many filings there are, their highest key, the sums of keys and of their squares; one statement."""
    ((count, top, total, squares),) = quick_rows(_STAMP, asked.values())
    return count, top, int(total), int(squares)


def differences(project: int, top: str) -> list[Difference]:
    """The first ten."""
    return [Difference(*row) for row in quick_rows(_ONE_BY_ONE, _bounds(project, top))]


def _bounds(project: int, top: str) -> dict[str, object]:
    """What `FIGURES` asks for: who delivers to a place above delivers here as well."""
    low, high = subtree_bounds(top)
    return {
        "project": project,
        "agreed": int(Status.AGREED),
        "low": low,
        "high": high,
        "above": ancestors(top),
    }
