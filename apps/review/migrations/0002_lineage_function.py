"""`review_lineage(path)`: the paths of all ancestors from the root down, the path itself last."""

from django.db import migrations

CREATE = """
CREATE FUNCTION review_lineage(path text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT array_agg('/' || array_to_string(parts[1:depth], '/') || '/' ORDER BY depth)
    FROM (SELECT string_to_array(trim(both '/' from path), '/') AS parts) AS split,
         generate_series(1, array_length(parts, 1)) AS depth
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("review", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION review_lineage(text);")]
