"""Takes over what older tables of events kept, one whole row per event, before they are dropped.

The first event of a row that was there before has nothing to be compared with: it keeps the whole row as new values.
"""

from django.db import migrations

EVENTS = """
WITH event AS (
    SELECT pgh_id, pgh_created_at, pgh_label, pgh_obj_id, pgh_context_id,
        to_jsonb(kept) - ARRAY['pgh_id', 'pgh_created_at', 'pgh_label', 'pgh_obj_id', 'pgh_context_id',
            'id', 'pinyin', 'sort_key'] AS kept
    FROM {table} kept
), told AS (
    SELECT event.*, lag(kept) OVER (PARTITION BY pgh_obj_id ORDER BY pgh_id) AS earlier FROM event
)
INSERT INTO audit_change (at, kind, operation, object_id, name, path, project_id, actor_id, actor_name,
    organization_name, request_id, before, after)
SELECT told.pgh_created_at, '{kind}', told.pgh_label, told.pgh_obj_id,
    COALESCE(kept->>'name', kept->>'variety', kept->>'competition_unit', kept->>'username', ''),
    {path}, ({project})::bigint, person.id, COALESCE(NULLIF(person.name, ''), person.username, ''), '', '',
    CASE told.pgh_label WHEN 'insert' THEN '{{}}'::jsonb WHEN 'delete' THEN kept
        ELSE audit_differing(COALESCE(earlier, '{{}}'::jsonb), kept) END,
    CASE told.pgh_label WHEN 'insert' THEN kept WHEN 'delete' THEN '{{}}'::jsonb
        ELSE audit_differing(kept, COALESCE(earlier, '{{}}'::jsonb)) END
FROM told
LEFT JOIN pghistory_context context ON context.id = told.pgh_context_id
LEFT JOIN accounts_user person ON person.id = (context.metadata->>'user')::bigint
WHERE {told}
ORDER BY told.pgh_created_at, told.pgh_id
"""


def carried(
    kind: str,
    *,
    path: str = "COALESCE(kept->>'path', '')",
    project: str = "kept->>'project_id'",
    told: str = "TRUE",
) -> migrations.RunSQL:
    """The events of `kind` (`projects.project`) as changes."""
    table = f"{kind.replace('.', '_')}event"
    statement = EVENTS.format(kind=kind, table=table, path=path, project=project, told=told)
    return migrations.RunSQL(statement, migrations.RunSQL.noop)
