"""SQL of the comparison with the baseline: the same rule as `rates`, for many filings at once. Pure.

A property test holds both together.
"""

BASELINES = """
    baselines AS (
        SELECT f.id AS filing_id, h.item_id, SUM(h.quantity)::bigint AS total
        FROM review_filing f
        JOIN projects_project p ON p.id = f.project_id AND p.kind = 'demand'
        JOIN reporting_purchasehistory h ON h.project_id = f.project_id
            AND h.organization_id = f.organization_id AND h.year = ANY(p.baseline_years)
        WHERE f.id = ANY(%(filings)s)
        GROUP BY f.id, h.item_id
    )
"""
"""By filing and item, the sum over the baseline years; nothing for projects that collect history."""

EXPLAINED = "(l.reason NOT IN ('', 'other') OR l.explanation <> '')"
"""A cause from the list, or a text."""


def is_due(planned: str, total: str) -> str:
    """Whether the project `p` asks for an explanation of `planned` against the sum `total` (0: 新增)."""
    years = "cardinality(p.baseline_years)"
    return f"""(
        ({total} = 0 AND {planned} > 0)
        OR ({total} > 0 AND p.explanation_direction IN ('decrease', 'both')
            AND {planned}::numeric * {years} < (1 - p.explanation_threshold) * {total})
        OR ({total} > 0 AND p.explanation_direction IN ('increase', 'both')
            AND {planned}::numeric * {years} > (1 + p.explanation_threshold) * {total})
    )"""
