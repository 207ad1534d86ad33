"""Writing a whole version inside the database, and reading what is confirmed.

Invariants: every statement is bound to one version and to provinces that the caller has read within the scope; all
arithmetic is of exact decimals, and what it comes to is compared with `calculating` before it stays.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from apps.scope.database import QUICKLY, copy_rows, rows, run, streamed_rows
from apps.scope.sql import freshen

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
# Every line is read once, for all rules.
COUNTED = """
    CREATE TEMP TABLE volumes_counted ON COMMIT DROP AS
    SELECT m.province_id, m.filing_id, m.place, l.item_id, l.planned AS base
    FROM volumes_members m
    JOIN reporting_demandline l ON l.filing_id = m.filing_id AND l.planned > 0
"""
FORGET = "DROP TABLE IF EXISTS volumes_members, volumes_counted"
# Who keeps what where, as `keeping` found it.
KEEPERS = """
    INSERT INTO volumes_keptby (version_id, item_id, path, won_id, enterprise_id, taken, given, share)
    SELECT %(version)s, k.item_id, k.path, k.won_id, k.enterprise_id, k.taken, k.given, k.share
    FROM unnest(%(items)s::bigint[], %(paths)s::text[], %(won)s::bigint[], %(enterprises)s::bigint[],
        %(taken)s::bigint[], %(given)s::bigint[], %(shares)s::numeric[])
        AS k(item_id, path, won_id, enterprise_id, taken, given, share)
"""


def _rounded(quantity: str) -> str:
    """By the rounding setting of the terms `t`; div() and mod() are exact, a quotient would not be."""
    return f"""CASE t.rounding
        WHEN 'half_up' THEN floor({quantity} + 0.5)
        WHEN 'up_to_pack' THEN t.pack * (div({quantity}, t.pack)
            + CASE WHEN mod({quantity}, t.pack) > 0 THEN 1 ELSE 0 END)
        ELSE floor({quantity}) END"""


# Terms in each province: `taken` is 0 where nobody keeps anything.
_TERMS = """
    SELECT t.item_id, t.rule, t.ratio, COALESCE(k.share, t.kept_share) AS kept_share, t.fixed_share, t.rounding,
        t.pack, t.winners,
        t.rule = 'r4' AND t.is_selected AND k.taken IS NOT NULL AS is_parted, f.id AS province_id,
        CASE WHEN t.rule = 'r6' THEN 1 ELSE COALESCE(k.taken, 0) END AS taken
    FROM volumes_agreedterms t CROSS JOIN review_filing f
    LEFT JOIN volumes_keptby k ON k.version_id = t.version_id AND k.item_id = t.item_id AND k.path = f.path
    WHERE t.version_id = %(version)s AND f.id = ANY(%(provinces)s)
"""
# R2, each row by itself: a by the rounding setting, K and the fixed part rounded down (rules §3a.2).
SPLIT_ROWS = f"""
WITH t AS MATERIALIZED ({_TERMS} AND t.rule = 'r2' AND t.winners > 0), agreed AS (
    SELECT c.filing_id, c.item_id, c.base, t.taken, t.kept_share, t.fixed_share,
        {_rounded("(c.base * t.ratio)")} AS a
    FROM volumes_counted c JOIN t ON t.item_id = c.item_id AND t.province_id = c.province_id
), split AS (
    SELECT *, CASE taken WHEN 0 THEN 0 ELSE floor(a * kept_share) END AS k FROM agreed
)
INSERT INTO volumes_agreedquantity
    (version_id, filing_id, item_id, base, agreed, kept, pending, fixed)
SELECT %(version)s, filing_id, item_id, base, a, k, a - k, floor((a - k) * fixed_share) FROM split
ORDER BY filing_id, item_id
"""  # noqa: S608 (no value in it)
# The others: a province's volume is handed down along the paths. What a subtree has is the difference of two rounded
# running sums: nobody is off by a whole step, and nothing is lost or invented. R4 hands down its transfer by shares.
# What is kept for another specification goes in whole portions; the rest of a row is pending.
HAND_DOWN = f"""
WITH t AS MATERIALIZED ({_TERMS} AND (t.rule <> 'r2' OR t.winners = 0)), running AS (
    SELECT c.province_id, c.filing_id, c.item_id, c.base,
        (SUM(c.base) OVER along)::bigint AS upto, (SUM(c.base) OVER everywhere)::bigint AS whole
    FROM volumes_counted c
    WHERE c.item_id IN (SELECT item_id FROM t)
    WINDOW everywhere AS (PARTITION BY c.province_id, c.item_id),
        along AS (PARTITION BY c.province_id, c.item_id ORDER BY c.place ROWS UNBOUNDED PRECEDING)
), handed AS (
    SELECT r.filing_id, r.item_id, r.base, r.upto, r.whole, t.is_parted, t.taken,
        CASE WHEN t.is_parted THEN floor(r.upto * t.kept_share) - floor((r.upto - r.base) * t.kept_share)
            ELSE {_rounded("(r.upto * t.ratio)")} - {_rounded("((r.upto - r.base) * t.ratio)")} END AS a,
        CASE WHEN t.is_parted
            THEN {_rounded("(r.whole * t.ratio)")} - floor(r.whole * t.kept_share) ELSE 0 END AS transferred
    FROM running r JOIN t ON t.item_id = r.item_id AND t.province_id = r.province_id
), parted AS (
    SELECT filing_id, item_id, base,
        CASE WHEN is_parted OR taken = 1 THEN a WHEN taken = 0 THEN 0 ELSE taken * div(a, taken) END AS k,
        CASE WHEN is_parted THEN div(transferred * upto, whole) - div(transferred * (upto - base), whole)
            WHEN taken = 1 THEN 0 WHEN taken = 0 THEN a ELSE mod(a, taken) END AS p
    FROM handed
)
INSERT INTO volumes_agreedquantity
    (version_id, filing_id, item_id, base, agreed, kept, pending, fixed)
SELECT %(version)s, filing_id, item_id, base, k + p, k, p, 0 FROM parted
ORDER BY filing_id, item_id
"""  # noqa: S608 (no value in it)
# R6: what each institution has of items that are shared together, in the order of the paths; `turn` numbers them.
TO_RANK = """
    SELECT g.turn, f.path, q.filing_id, q.item_id, q.agreed FROM volumes_agreedquantity q
    JOIN unnest(%(items)s::bigint[], %(turns)s::int[]) AS g(item_id, turn) ON g.item_id = q.item_id
    JOIN review_filing f ON f.id = q.filing_id AND f.tier = 'institution'
    WHERE q.version_id = %(version)s AND q.agreed > 0
    ORDER BY g.turn, f.path, q.item_id
"""
VOLUMES_TO_RANK = """
    SELECT g.turn, SUM(q.agreed)::bigint FROM volumes_agreedquantity q
    JOIN unnest(%(items)s::bigint[], %(turns)s::int[]) AS g(item_id, turn) ON g.item_id = q.item_id
    JOIN review_filing f ON f.id = q.filing_id AND f.tier = 'institution'
    WHERE q.version_id = %(version)s GROUP BY g.turn
"""
RANKED = """
    COPY volumes_rankquantity (version_id, filing_id, item_id, won_id, enterprise_id, taken, quantity) FROM STDIN
"""
# What no ranked winner gives in whole units of its product is pending.
LEFT_OVER = """
    UPDATE volumes_agreedquantity q SET kept = r.taken, pending = q.agreed - r.taken
    FROM (
        SELECT q.filing_id, q.item_id, COALESCE(SUM(k.taken), 0)::bigint AS taken
        FROM volumes_agreedquantity q
        JOIN volumes_agreedterms t ON t.version_id = q.version_id AND t.item_id = q.item_id AND t.rule = 'r6'
        LEFT JOIN volumes_rankquantity k ON k.version_id = q.version_id AND k.filing_id = q.filing_id
            AND k.item_id = q.item_id
        WHERE q.version_id = %(version)s GROUP BY q.filing_id, q.item_id, q.kept
        HAVING COALESCE(SUM(k.taken), 0) <> q.kept
    ) r
    WHERE q.version_id = %(version)s AND q.filing_id = r.filing_id AND q.item_id = r.item_id
"""
# Bases by item are whole, and whole numbers are quick to sum. In the order of the key: its index grows at the end.
CLIMB = """
    INSERT INTO volumes_agreedquantity
        (version_id, filing_id, item_id, base, agreed, kept, pending, fixed)
    SELECT %(version)s, p.id, q.item_id,
        SUM(q.base::bigint), SUM(q.agreed), SUM(q.kept), SUM(q.pending), SUM(q.fixed)
    FROM review_filing p
    JOIN review_filing f ON f.parent_id = p.id
    JOIN volumes_agreedquantity q ON q.version_id = %(version)s AND q.filing_id = f.id
    WHERE p.project_id = %(project)s AND p.tier = %(tier)s
    GROUP BY p.id, q.item_id ORDER BY p.id, q.item_id
"""
CLIMB_RANKS = """
    INSERT INTO volumes_rankquantity (version_id, filing_id, item_id, won_id, enterprise_id, taken, quantity)
    SELECT %(version)s, p.id, q.item_id, q.won_id, q.enterprise_id, SUM(q.taken), SUM(q.quantity)
    FROM review_filing p
    JOIN review_filing f ON f.parent_id = p.id
    JOIN volumes_rankquantity q ON q.version_id = %(version)s AND q.filing_id = f.id
    WHERE p.project_id = %(project)s AND p.tier = %(tier)s
    GROUP BY p.id, q.item_id, q.won_id, q.enterprise_id ORDER BY p.id, q.item_id, q.won_id, q.enterprise_id
"""
# What the lines come to against the frozen totals that the base was made of.
DIFFERENCES = """
    SELECT b.filing_id, b.item_id FROM volumes_basequantity b
    JOIN volumes_agreedterms t ON t.version_id = %(version)s AND t.item_id = b.item_id
    LEFT JOIN volumes_agreedquantity q
        ON q.version_id = %(version)s AND q.filing_id = b.filing_id AND q.item_id = b.item_id
    WHERE b.version_id = %(base)s AND COALESCE(q.base, 0) <> b.quantity
    ORDER BY b.filing_id, b.item_id LIMIT 1
"""
# The one statement of what is confirmed: by filing, reported item, item that was won and its enterprise, `taken` units
# of the reported item as `quantity` units of the one that was won. Of filings up to the province; the nation is the
# sum of its provinces.
CONFIRMED = """
    SELECT q.filing_id, q.item_id, k.won_id, k.enterprise_id, q.kept AS taken, q.kept / k.taken * k.given AS quantity
    FROM volumes_agreedquantity q JOIN review_filing f ON f.id = q.filing_id
    JOIN volumes_keptby k ON k.version_id = q.version_id AND k.item_id = q.item_id
        AND k.path = '/0/' || split_part(f.path, '/', 3) || '/'
    WHERE q.version_id = %(version)s AND q.kept > 0 {where}
    UNION ALL
    SELECT q.filing_id, q.item_id, q.won_id, q.enterprise_id, q.taken, q.quantity FROM volumes_rankquantity q
    JOIN review_filing f ON f.id = q.filing_id
    WHERE q.version_id = %(version)s {where}
"""


def confirmed(where: str) -> str:
    """`CONFIRMED` narrowed to some filings; `where` is a condition on `f`, the filing."""
    return CONFIRMED.format(where=f"AND {where}")


CONFIRMED_BY_WINNER = f"""
    SELECT c.won_id, c.enterprise_id, SUM(c.quantity)::bigint
    FROM ({confirmed("f.tier = 'province'")}) c GROUP BY c.won_id, c.enterprise_id ORDER BY c.won_id, c.enterprise_id
"""  # noqa: S608 (no value in it)
CONFIRMED_OF_ITEM = """
    SELECT c.won_id, c.enterprise_id, SUM(c.taken), SUM(c.quantity) FROM ({confirmed}) c
    GROUP BY c.won_id, c.enterprise_id ORDER BY 3 DESC, 1, 2
"""


class Confirmed(NamedTuple):
    """`taken` units of a reported item as `quantity` units of what the enterprise won."""

    won: int
    enterprise: int
    taken: int
    quantity: int


class Kept(NamedTuple):
    """What is confirmed for one winner in all provinces, in units of what it won."""

    won: int
    enterprise: int
    quantity: int


def write_base(version: int, provinces: Sequence[int]) -> int:
    return run(BASE, {"version": version, "provinces": list(provinces)})


def write_keepers(version: int, columns: Mapping[str, Sequence[Any]]) -> None:
    """Who keeps what where; the columns of `KEEPERS` by name."""
    run(KEEPERS, {"version": version, **columns})


def count_lines(provinces: Sequence[int]) -> None:
    """Every institution's bases, in a table of this transaction that `split_volumes` then reads."""
    run(QUICKLY, {})
    run(FORGET, {})
    run(MEMBERS, {"provinces": list(provinces)})
    freshen("volumes_members")
    run(COUNTED, {})
    freshen("volumes_counted")


def split_volumes(version: int, provinces: Sequence[int]) -> None:
    """Rows of institutions by the terms of their items; two statements."""
    values = {"version": version, "provinces": list(provinces)}
    run(SPLIT_ROWS, values)
    run(HAND_DOWN, values)


def to_rank(
    version: int, *, items: Sequence[int], turns: Sequence[int]
) -> Iterator[tuple[int, str, int, int, int]]:
    """Turn, path, filing, item and agreed volume, in the order of turns and paths; read as they are asked for."""
    values = {"version": version, "items": list(items), "turns": list(turns)}
    return streamed_rows(TO_RANK, values)  # left as they come


def volumes_to_rank(version: int, *, items: Sequence[int], turns: Sequence[int]) -> dict[int, int]:
    """What all institutions have of the items of each turn, in units of the items; one statement."""
    values = {"version": version, "items": list(items), "turns": list(turns)}
    return dict(rows(VOLUMES_TO_RANK, values))


def write_ranks(rows: Iterable[tuple[int, ...]]) -> None:
    """Rows of `RANKED`, which must not query."""
    copy_rows(RANKED, rows)


def leave_over(version: int) -> None:
    run(LEFT_OVER, {"version": version})


def climb(version: int, *, project: int, tier: str) -> None:
    """What a tier has is the sum of what stands right below it; two statements."""
    values = {"version": version, "project": project, "tier": tier}
    run(CLIMB, values)
    run(CLIMB_RANKS, values)


def differs_from_base(version: int, base: int) -> bool:
    return bool(rows(DIFFERENCES, {"version": version, "base": base}))


def confirmed_by_winner(version: int) -> list[Kept]:
    return [Kept(*row) for row in rows(CONFIRMED_BY_WINNER, {"version": version})]


def confirmed_of_item(version: int, *, filing: int, is_root: bool, item: int) -> list[Confirmed]:
    """By winner, the largest first; of the root the sum of its provinces."""
    where = "f.parent_id = %(filing)s AND f.tier = 'province'" if is_root else "f.id = %(filing)s"
    found = rows(
        CONFIRMED_OF_ITEM.format(confirmed=confirmed(f"{where} AND q.item_id = %(item)s")),
        {"version": version, "filing": filing, "item": item},
    )
    return [Confirmed(*map(int, row)) for row in found]
