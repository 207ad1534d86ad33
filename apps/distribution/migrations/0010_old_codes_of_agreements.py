"""Papers of agreements from before stay verifiable by the twelve digits that are printed on them."""

from django.db import migrations

FILL = """
INSERT INTO exchange_issuedpaper (code, is_old, kind, subject, project, unit, number, digest, path, issued_at)
SELECT left(a.check_code, 12), TRUE, 'distribution.agreement', a.id::text,
    (a.wording ->> 'project') || '（' || p.code || '）',
    (a.wording -> 'institution' ->> 'name') || '（' || (a.wording -> 'institution' ->> 'code') || '）',
    '三方协议 ' || a.code, a.check_code, a.path, a.drawn_at
FROM distribution_agreement a JOIN projects_project p ON p.id = a.project_id
"""


class Migration(migrations.Migration):

    dependencies = [
        ("distribution", "0009_codes_read_from_scans"),
        ("exchange", "0004_issued_papers"),
        ("projects", "0007_changes_told_by_triggers"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
