"""Papers of the office from before stay verifiable by their twelve digits, as far as the operation log knows them."""

from django.db import migrations

FILL = """
INSERT INTO exchange_issuedpaper (code, is_old, kind, subject, project, unit, number, digest, path, enterprise_id, issued_at)
SELECT replace(lower(substring(sentence FROM '校验码 ([0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4})')), '-', ''), TRUE, 'exchange.old',
    '', project_code, organization_name, object, '', path, enterprise_id, at
FROM audit_logentry
WHERE verb = '导出' AND sentence ~ '^生成签章件“.*校验码 [0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}$'
"""


class Migration(migrations.Migration):

    dependencies = [
        ("exchange", "0004_issued_papers"),
        ("audit", "0002_changes_of_rows"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
