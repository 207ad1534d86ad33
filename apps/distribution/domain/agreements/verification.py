"""Counts every agreed product of every institution one by one, and names what 协议签署进度 says otherwise. Reads only.

Invariant checked: the figures of `progress` are, institution by institution, those of the rows that they stand for.
"""

from collections.abc import Iterator

from apps.distribution.domain.agreements.progress import FIGURES, bounds
from apps.projects.models import Project
from apps.scope.paths import ROOT
from apps.scope.planning import quick_rows

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
    ), due AS (
        SELECT total.filing_id, COUNT(*) AS products, COUNT(reaching.filing_id) AS covered,
            COUNT(choice.id) AS chosen, COUNT(line.id) AS drawn,
            COUNT(*) FILTER (WHERE agreement.status = 'signed') AS signed
        FROM total LEFT JOIN reaching USING (filing_id, product_id)
        LEFT JOIN distribution_deliverychoice choice USING (filing_id, product_id)
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


def differences(project: Project) -> Iterator[str]:
    """One sentence for each figure of an institution that differs, the first ten."""
    for unit, step, kept, due in quick_rows(_ONE_BY_ONE, bounds(project, ROOT)):
        yield f"{project.code} {unit} {step}：记为 {kept or 0} 个，实有 {due or 0} 个"
