"""What a generated allocation was given by the published agreed volumes: compared, and written as confirmed lines.

Invariant: published and generated figures are the same by construction, for both come out of
`volumes.statements.confirmed`; whatever else stands in the draft is listed and refuses its publication.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from apps.allocation.models import Generation
from apps.projects.models import Project, WinningProduct
from apps.scope.database import quick_rows, quick_run
from apps.volumes.domain.statements import confirmed

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


def generation_of(project: Project) -> Generation | None:
    """Where the volumes come from; None for imported ones."""
    rows = Generation.objects.filter(project=project)
    found: Generation | None = rows.select_related("version", "source").first()
    return found


def write_given_lines(made: Generation) -> int:
    """The confirmed lines of every institution: what was published, to the unit."""
    return quick_run(LINES, _values(made))


def given_by_product(made: Generation) -> Mapping[int, int]:
    """By product what is confirmed of it, in its smallest units, over all participants."""
    return {int(product): int(total) for product, total in quick_rows(BY_PRODUCT, _values(made))}


def given_problems(made: Generation) -> Iterator[str]:
    """Everything in which the draft is not what was published: winners, their ranks and cuts, quantities."""
    values = _values(made)
    missing = [f"{name}（{code}）" for name, code in quick_rows(MISSING, values)]
    if missing:
        yield f"已发布的约定采购量归这些企业，中选结果里没有：{_listed(missing)}"
    yield from _contradictions(made)
    found = quick_rows(DIFFERENT, values)
    if found:
        told = "；".join(
            f"{unit} {code} 已发布确认 {kept:,}、待分配 {pending:,}，任务中 {own_kept:,}、{own_pending:,}"
            for unit, code, kept, pending, own_kept, own_pending, _count in found
        )
        more = f" 等 {found[0][-1]:,} 处" if found[0][-1] > NAMED else ""
        yield f"与已发布的约定采购量不一致：{told}{more}，请重新生成分配量"


def _contradictions(made: Generation) -> Iterator[str]:
    """Ranks and cuts that agreed volumes follow from are the same here."""
    season = {(row.item.item_code, row.enterprise_id): row for row in _winners(made.source)}
    told = []
    for row in _winners(made.project):
        then = season.get((row.item.item_code, row.enterprise_id))
        if then is None:
            continue
        name = f"{row.enterprise.name}（{row.item.item_code}）"
        if then.cut is not None and row.cut is not None and then.cut != row.cut:
            told.append(f"{name}降幅 {_plain(then.cut)}%，任务中 {_plain(row.cut)}%")
        if then.rank is not None and row.rank is not None and then.rank != row.rank:
            told.append(f"{name}第 {then.rank} 名，任务中第 {row.rank} 名")
    if told:
        yield f"与计算约定采购量的中选结果不一致：{_listed(told)}"


def _winners(project: Project) -> Any:
    rows = WinningProduct.objects.filter(project=project).with_terms()
    return rows.select_related("item", "enterprise").order_by("item__position", "pk")


def _plain(value: Any) -> str:
    return f"{value.normalize():f}"


def _listed(names: list[str]) -> str:
    more = f" 等 {len(names)} 个" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more


def _values(made: Generation) -> dict[str, int]:
    return {"project": made.project_id, "source": made.source_id, "version": made.version_id}
