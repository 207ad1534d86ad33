"""The split of every row of a project, and what its publication writes, in a handful of statements of any size.

Invariant: every statement is bound to one project, which the caller publishes, or is about to.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from apps.allocation.models import Generation
from apps.projects.models import Project, RoundingMode
from apps.scope.database import quick_rows, quick_run
from apps.volumes.domain.sql import confirmed

Values = Mapping[str, Any]
"""What the split is told, see `splitting.split_values`."""
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


WAITING = "SELECT DISTINCT product_group, province FROM split WHERE p > 0"
SUMS = """
    SELECT product_group, item_id, product_id, lowest_id, highest_id, SUM(k), SUM(l), SUM(h),
        COUNT(*) FILTER (WHERE given IN ('kept', 'all') AND k > 0 AND product_id IS NULL),
        COUNT(*) FILTER (WHERE given = 'all' AND l > 0 AND merged)
    FROM split GROUP BY product_group, item_id, product_id, lowest_id, highest_id
"""
_NUMBERS = """
    agreed = s.a, kept = s.k, pending = s.p, lowest = s.l, highest = s.h,
    other = CASE WHEN s.without_winner THEN 0 ELSE s.p - s.l - s.h END, is_excluded = s.without_winner AND s.p > 0
"""
# A row that comes to the same is not written: of millions, few change when a winner or a share does.
RESPLIT = f"""
    UPDATE allocation_allocationrow r SET {_NUMBERS} FROM split s
    WHERE r.id = s.id AND (r.agreed, r.kept, r.pending, r.lowest, r.highest, r.other, r.is_excluded)
        IS DISTINCT FROM (s.a, s.k, s.p, s.l, s.h,
            CASE WHEN s.without_winner THEN 0 ELSE s.p - s.l - s.h END, s.without_winner AND s.p > 0)
"""  # noqa: S608 (no value in it)
PLANT = f"""
    UPDATE allocation_allocationrow r SET {_NUMBERS}, filing_id = f.id
    FROM split s JOIN review_filing f
        ON f.project_id = %(project)s AND f.organization_id = s.organization_id
    WHERE r.id = s.id
"""  # noqa: S608 (no value in it)
CONFIRMED_LINES = """
    INSERT INTO allocation_slotline (row_id, filing_id, path, slot, product_id, contract, reserved, taken)
    SELECT r.id, r.filing_id, r.path, 'selected', w.id, r.kept, 0, r.kept
    FROM allocation_allocationrow r
    JOIN unnest(%(products)s::bigint[], %(items)s::bigint[], %(supplied)s::text[]) AS w(id, item_id, province)
        ON w.item_id = r.item_id AND w.province = '/0/' || split_part(r.path, '/', 3) || '/'
    WHERE r.project_id = %(project)s AND r.kept > 0
    ORDER BY r.filing_id, r.id
"""
POOLS = """
    INSERT INTO allocation_capacitypool (project_id, product_id, terms_id, provinces, capacity,
        fixed, allocated)
    SELECT w.project_id, w.id, t.id, (
            SELECT array_agg(o.path ORDER BY o.path)
            FROM projects_supplyprovince s JOIN organizations_organization o ON o.id = s.province_id
            WHERE s.product_id = w.id
        ), w.capacity, CASE WHEN %(counts)s THEN COALESCE(k.total, 0) ELSE 0 END, 0
    FROM projects_winningproduct w
    JOIN LATERAL (
        SELECT id FROM projects_winningterms WHERE product_id = w.id ORDER BY version DESC LIMIT 1
    ) t ON TRUE
    LEFT JOIN (
        SELECT l.product_id, SUM(l.contract) AS total
        FROM allocation_slotline l JOIN allocation_allocationrow r ON r.id = l.row_id
        WHERE r.project_id = %(project)s AND l.slot = 'selected' GROUP BY l.product_id
    ) k ON k.product_id = w.id
    WHERE w.project_id = %(project)s
    ORDER BY w.id
"""


# What a generated allocation was given by the published agreed volumes.
NAMED = 5
# What became of the demand project's items and winners in this one.
_SUCCESSORS = """
WITH carried AS MATERIALIZED (
    SELECT old.id AS old_id, i.id AS item_id FROM projects_catalogitem old
    JOIN projects_catalogitem i ON i.project_id = %(project)s AND i.item_code = old.item_code
    WHERE old.project_id = %(source)s
), winner AS MATERIALIZED (
    SELECT c.old_id AS won_id, w.enterprise_id, w.id AS product_id FROM carried c
    JOIN projects_winningproduct w ON w.item_id = c.item_id
)
"""
_CONFIRMED = confirmed("f.project_id = %(source)s AND f.tier = 'institution'")
LINES = f"""
    {_SUCCESSORS}
    INSERT INTO allocation_slotline (row_id, filing_id, path, slot, product_id, contract, reserved, taken)
    SELECT r.id, r.filing_id, r.path, 'selected', w.product_id, c.quantity, 0, c.taken
    FROM ({_CONFIRMED}) c JOIN review_filing f ON f.id = c.filing_id
    JOIN carried i ON i.old_id = c.item_id
    JOIN winner w ON w.won_id = c.won_id AND w.enterprise_id = c.enterprise_id
    JOIN allocation_allocationrow r ON r.project_id = %(project)s AND r.organization_id = f.organization_id
        AND r.item_id = i.item_id
    ORDER BY r.filing_id, r.id, w.product_id
"""  # noqa: S608 (no value in it)
BY_PRODUCT = f"""
    {_SUCCESSORS}
    SELECT w.product_id, SUM(c.quantity)::bigint FROM ({_CONFIRMED}) c
    JOIN review_filing f ON f.id = c.filing_id
    JOIN projects_participation p ON p.project_id = %(project)s AND p.organization_id = f.organization_id
    JOIN winner w ON w.won_id = c.won_id AND w.enterprise_id = c.enterprise_id
    GROUP BY w.product_id
"""  # noqa: S608 (no value in it)
# Who is to have confirmed quantities, and isn't among the winners here.
MISSING = """
    WITH owed AS (
        SELECT DISTINCT won_id, enterprise_id FROM volumes_keptby WHERE version_id = %(version)s
        UNION
        SELECT won_id, enterprise_id FROM volumes_rankquantity k
        JOIN review_filing f ON f.id = k.filing_id AND f.tier = 'province' WHERE k.version_id = %(version)s
    )
    SELECT e.name, old.item_code FROM owed o
    JOIN projects_catalogitem old ON old.id = o.won_id JOIN organizations_enterprise e ON e.id = o.enterprise_id
    WHERE NOT EXISTS (
        SELECT 1 FROM projects_winningproduct w JOIN projects_catalogitem i ON i.id = w.item_id
        WHERE i.project_id = %(project)s AND i.item_code = old.item_code AND w.enterprise_id = o.enterprise_id
    )
    ORDER BY old.item_code, e.name
"""
DIFFERENT = f"""
    {_SUCCESSORS}, published AS (
        SELECT f.organization_id, c.item_id, q.agreed, q.kept, q.pending FROM volumes_agreedquantity q
        JOIN review_filing f ON f.id = q.filing_id AND f.project_id = %(source)s AND f.tier = 'institution'
        JOIN projects_participation p ON p.project_id = %(project)s AND p.organization_id = f.organization_id
        JOIN carried c ON c.old_id = q.item_id
        WHERE q.version_id = %(version)s AND q.agreed > 0
    ), here AS (
        SELECT organization_id, item_id, agreed, kept, pending FROM allocation_allocationrow
        WHERE project_id = %(project)s AND agreed > 0
    )
    SELECT o.name, i.item_code, COALESCE(p.kept, 0), COALESCE(p.pending, 0), COALESCE(h.kept, 0),
        COALESCE(h.pending, 0), COUNT(*) OVER ()
    FROM published p FULL JOIN here h USING (organization_id, item_id)
    JOIN organizations_organization o ON o.id = organization_id JOIN projects_catalogitem i ON i.id = item_id
    WHERE (p.agreed, p.kept, p.pending) IS DISTINCT FROM (h.agreed, h.kept, h.pending)
    ORDER BY o.code, i.item_code LIMIT {NAMED}
"""  # noqa: S608 (no value in it)


class Sums(NamedTuple):
    """What the rows of one item come to, by its product and the enterprises of its fixed slots (`None`: has none).

    `unselected`, `merged`: how many rows were imported with what there is nobody to have.
    """

    product_group: str
    item_id: int
    product_id: int | None
    lowest_id: int | None
    highest_id: int | None
    kept: int
    lowest: int
    highest: int
    unselected: int
    merged: int


class Different(NamedTuple):
    """An institution's volumes of an item: as published, as they stand here; how many differ in all."""

    unit: str
    item_code: str
    kept: int
    pending: int
    own_kept: int
    own_pending: int
    all_told: int


def waiting(project: Project, values: Values) -> set[tuple[str, str]]:
    """Product groups and provinces where something is left to allocate."""
    return {
        (group, province)
        for group, province in quick_rows(split_statement(project, WAITING), values)
    }


def sums(project: Project, values: Values) -> list[Sums]:
    """Every row is read once, for what it comes to."""
    rows = quick_rows(split_statement(project, SUMS), values)
    return [Sums(*row[:5], *map(int, row[5:])) for row in rows]


def resplit(project: Project, values: Values) -> None:
    """Rows that come to something else are written."""
    quick_run(split_statement(project, RESPLIT), values)


def plant(project: Project, values: Values) -> None:
    """Rows get their numbers and filings."""
    quick_run(split_statement(project, PLANT), values)


def write_confirmed_lines(values: Values) -> None:
    """The confirmed lines of rows that were imported."""
    quick_run(CONFIRMED_LINES, values)


def write_given_lines(made: Generation) -> int:
    """The confirmed lines of every institution: what was published, to the unit."""
    return quick_run(LINES, _values(made))


def write_pools(project: Project) -> None:
    counts = project.capacity_counts_confirmed
    quick_run(POOLS, {"project": project.pk, "counts": counts})


def given_by_product(made: Generation) -> dict[int, int]:
    """By product what is confirmed of it, in its smallest units, over all participants."""
    return {int(product): int(total) for product, total in quick_rows(BY_PRODUCT, _values(made))}


def missing_winners(made: Generation) -> list[tuple[str, str]]:
    """Enterprises and items that are to have confirmed quantities, and are not among the winners here."""
    return [(name, code) for name, code in quick_rows(MISSING, _values(made))]


def differences(made: Generation) -> list[Different]:
    """The first `NAMED`."""
    return [Different(*row) for row in quick_rows(DIFFERENT, _values(made))]


def _values(made: Generation) -> dict[str, int]:
    return {"project": made.project_id, "source": made.source_id, "version": made.version_id}
