"""Statements that write a whole version inside the database.

Invariants: every statement is bound to one version and to provinces that the caller has read within the scope; all
arithmetic is of exact decimals, and what it comes to is compared with `calculating` before it stays.
"""

BASE = """
    INSERT INTO volumes_basequantity
        (version_id, filing_id, item_id, main_id, coefficient, quantity, converted)
    SELECT %(version)s, f.id, i.id, COALESCE(c.main_id, i.id), COALESCE(c.coefficient, 1),
        COALESCE(t.quantity, 0), COALESCE(t.quantity, 0) * COALESCE(c.coefficient, 1)
    FROM review_filing f
    JOIN projects_catalogitem i ON i.project_id = f.project_id
    LEFT JOIN reporting_demandtotal t ON t.filing_id = f.id AND t.item_id = i.id
    LEFT JOIN volumes_conversion c ON c.item_id = i.id
    WHERE f.id = ANY(%(provinces)s) AND f.status = 'approved'
"""
# Only what was approved all the way up counts; `place` numbers institutions in the order of their paths.
MEMBERS = """
    CREATE TEMP TABLE volumes_members ON COMMIT DROP AS
    WITH RECURSIVE package (province_id, id, tier, path) AS (
        SELECT f.id, f.id, f.tier, f.path FROM review_filing f WHERE f.id = ANY(%(provinces)s)
        UNION ALL
        SELECT p.province_id, f.id, f.tier, f.path FROM package p
        JOIN review_filing f ON f.parent_id = p.id AND f.status = 'approved'
    )
    SELECT province_id, id AS filing_id, row_number() OVER (ORDER BY path)::int AS place
    FROM package WHERE tier = 'institution'
"""
# Every line is read once, for all rules; the sums of exact decimals lose nothing.
COUNTED = """
    CREATE TEMP TABLE volumes_counted ON COMMIT DROP AS
    SELECT m.province_id, m.filing_id, m.place, b.main_id AS item_id, SUM(l.planned * b.coefficient) AS base
    FROM volumes_members m
    JOIN reporting_demandline l ON l.filing_id = m.filing_id AND l.planned > 0
    JOIN volumes_basequantity b
        ON b.version_id = %(base)s AND b.filing_id = m.province_id AND b.item_id = l.item_id
    GROUP BY m.province_id, m.filing_id, m.place, b.main_id
"""
FORGET = "DROP TABLE IF EXISTS volumes_members, volumes_counted"


def _rounded(quantity: str) -> str:
    """By the rounding setting of the terms `t`; div() and mod() are exact, a quotient would not be."""
    return f"""CASE t.rounding
        WHEN 'half_up' THEN floor({quantity} + 0.5)
        WHEN 'up_to_pack' THEN t.pack * (div({quantity}, t.pack)
            + CASE WHEN mod({quantity}, t.pack) > 0 THEN 1 ELSE 0 END)
        ELSE floor({quantity}) END"""


# R2, each row by itself: a by the rounding setting, K and the fixed part rounded down (rules §3a.2).
SPLIT_ROWS = f"""
WITH agreed AS (
    SELECT c.filing_id, c.item_id, c.base, t.kept_share, t.fixed_share,
        {_rounded("c.base * t.ratio")} AS a
    FROM volumes_counted c
    JOIN volumes_agreedterms t ON t.version_id = %(version)s AND t.item_id = c.item_id
    WHERE t.rule = 'r2' AND t.winners > 0
), split AS (
    SELECT *, floor(a * kept_share) AS k FROM agreed
)
INSERT INTO volumes_agreedquantity
    (version_id, filing_id, item_id, base, agreed, kept, pending, fixed)
SELECT %(version)s, filing_id, item_id, base, a, k, a - k, floor((a - k) * fixed_share) FROM split
ORDER BY filing_id, item_id
"""  # noqa: S608 (no value in it)
# The others: a province's volume is handed down along the paths. What a subtree has is the difference of two rounded
# running sums: nobody is off by a whole step, and nothing is lost or invented. R4 hands down its transfer by shares.
HAND_DOWN = f"""
WITH running AS (
    SELECT c.filing_id, c.item_id, c.base, SUM(c.base) OVER along AS upto, SUM(c.base) OVER everywhere AS whole
    FROM volumes_counted c
    WHERE c.item_id IN (
        SELECT item_id FROM volumes_agreedterms WHERE version_id = %(version)s AND rule <> 'r2' AND winners > 0
    )
    WINDOW everywhere AS (PARTITION BY c.province_id, c.item_id),
        along AS (PARTITION BY c.province_id, c.item_id ORDER BY c.place)
), handed AS (
    SELECT r.filing_id, r.item_id, r.base, r.upto, r.whole, t.rule = 'r4' AS is_split,
        CASE t.rule WHEN 'r4' THEN floor(r.upto * t.kept_share) - floor((r.upto - r.base) * t.kept_share)
            ELSE {_rounded("(r.upto * t.ratio)")} - {_rounded("((r.upto - r.base) * t.ratio)")} END AS k,
        {_rounded("(r.whole * t.ratio)")} - floor(r.whole * t.kept_share) AS transferred
    FROM running r JOIN volumes_agreedterms t ON t.version_id = %(version)s AND t.item_id = r.item_id
), parted AS (
    SELECT filing_id, item_id, base, k, CASE WHEN is_split
        THEN div(transferred * upto, whole) - div(transferred * (upto - base), whole) ELSE 0 END AS p
    FROM handed
)
INSERT INTO volumes_agreedquantity
    (version_id, filing_id, item_id, base, agreed, kept, pending, fixed)
SELECT %(version)s, filing_id, item_id, base, k + p, k, p, 0 FROM parted
ORDER BY filing_id, item_id
"""  # noqa: S608 (no value in it)
CLIMB = """
    INSERT INTO volumes_agreedquantity
        (version_id, filing_id, item_id, base, agreed, kept, pending, fixed)
    SELECT %(version)s, p.id, q.item_id,
        SUM(q.base), SUM(q.agreed), SUM(q.kept), SUM(q.pending), SUM(q.fixed)
    FROM review_filing p
    JOIN review_filing f ON f.parent_id = p.id
    JOIN volumes_agreedquantity q ON q.version_id = %(version)s AND q.filing_id = f.id
    WHERE p.project_id = %(project)s AND p.tier = %(tier)s
    GROUP BY p.id, q.item_id
"""
# What the lines come to against the frozen totals that the base was made of.
DIFFERENCES = """
    SELECT b.filing_id, b.main_id
    FROM (
        SELECT filing_id, main_id, SUM(converted) AS base FROM volumes_basequantity
        WHERE version_id = %(base)s GROUP BY filing_id, main_id
    ) AS b
    JOIN volumes_agreedterms t
        ON t.version_id = %(version)s AND t.item_id = b.main_id AND t.winners > 0
    LEFT JOIN volumes_agreedquantity q
        ON q.version_id = %(version)s AND q.filing_id = b.filing_id AND q.item_id = b.main_id
    WHERE COALESCE(q.base, 0) <> b.base
    ORDER BY b.filing_id, b.main_id LIMIT 1
"""
