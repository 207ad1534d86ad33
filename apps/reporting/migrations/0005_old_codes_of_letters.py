"""Signed documents that were uploaded before stay verifiable by the twelve digits that are printed on them."""

from django.db import migrations

FILL = """
INSERT INTO exchange_issuedpaper (code, is_old, kind, subject, project, unit, number, digest, path, issued_at)
SELECT DISTINCT ON (a.filing_id, a.data_hash)
    left(a.data_hash, 12), TRUE, 'reporting.letter', a.filing_id::text, p.name || '（' || p.code || '）',
    o.name || '（' || o.code || '）',
    CASE p.attachment WHEN 'letter' THEN '承诺函' ELSE '需求量汇总表' END || ' ' || p.code || '-' || o.code,
    a.data_hash, a.path, a.uploaded_at
FROM review_filingattachment a
JOIN review_filing f ON f.id = a.filing_id
JOIN projects_project p ON p.id = f.project_id
JOIN organizations_organization o ON o.id = f.organization_id
WHERE a.data_hash <> ''
ORDER BY a.filing_id, a.data_hash, a.uploaded_at
"""


class Migration(migrations.Migration):

    dependencies = [
        ("reporting", "0004_amounts_rounded_once"),
        ("exchange", "0004_issued_papers"),
        ("review", "0007_codes_read_from_pages"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
