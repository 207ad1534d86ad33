"""Signed documents from before stay verifiable by the twelve digits that are printed on them.

Those that were uploaded, and what would have been printed last: the numbers as they stand now, where a project that
asks for a document is not concluded. No document printed later is taken by an old code.
"""

from django.db import migrations

FILL = """
INSERT INTO exchange_issuedpaper (code, is_old, kind, subject, project, unit, number, digest, path, issued_at)
SELECT left(known.digest, 12), TRUE, 'reporting.letter', f.id::text, p.name || '（' || p.code || '）',
    o.name || '（' || o.code || '）',
    CASE p.attachment WHEN 'letter' THEN '承诺函' ELSE '需求量汇总表' END || ' ' || p.code || '-' || o.code,
    known.digest, f.path, now()
FROM (
    SELECT filing_id, data_hash AS digest FROM review_filingattachment WHERE data_hash <> ''
    UNION
    SELECT f.id, encode(sha256(convert_to(
        f.project_id || '/' || f.organization_id || ':'
            || string_agg(l.item_id || '=' || l.planned, ',' ORDER BY l.item_id),
        'UTF8')), 'hex')
    FROM review_filing f
    JOIN projects_project p ON p.id = f.project_id AND p.attachment <> 'none' AND p.concluded_at IS NULL
    JOIN reporting_demandline l ON l.filing_id = f.id AND l.planned IS NOT NULL
    GROUP BY f.id
) AS known
JOIN review_filing f ON f.id = known.filing_id
JOIN projects_project p ON p.id = f.project_id
JOIN organizations_organization o ON o.id = f.organization_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ("reporting", "0005_oddities_and_norms_of_peers"),
        ("exchange", "0004_issued_papers"),
        ("review", "0007_codes_read_from_pages"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
