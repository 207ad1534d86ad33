"""SQL of the comparison with the baseline: the same rule as `rates`, for many filings at once. Pure.

A property test holds both together.
"""

BASELINE = """(
    SELECT COALESCE(SUM(h.quantity), 0)::bigint FROM reporting_purchasehistory h
    WHERE p.kind = 'demand' AND h.project_id = f.project_id AND h.organization_id = f.organization_id
        AND h.item_id = l.item_id AND h.year + 0 = ANY(p.baseline_years)
)"""
"""The sum over the baseline years for the line `l` of the filing `f` in the project `p`; 0 where history is collected.

A probe of the primary key for each line: a join is estimated at one row and then runs in a square. `+ 0` keeps the
years out of the probe: as a list of unknown length they make it look dearer than all institutions' rows of the item.
"""

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
