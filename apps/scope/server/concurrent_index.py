"""An index on a table that people work on: made without a lock that anybody waits for.

Invariant: it may be run again. A CREATE INDEX CONCURRENTLY that was ended leaves an index that counts for nothing; it
is dropped first. It stands alone in a migration with `atomic = False`.
"""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently

LEFT_OVER = 'DROP INDEX CONCURRENTLY IF EXISTS "{name}"'


class AddIndexBesideOthers(AddIndexConcurrently):
    """`AddIndexConcurrently` that waits as long as it takes: nobody waits behind it."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any
    ) -> None:
        schema_editor.execute("SET lock_timeout = 0")
        schema_editor.execute(LEFT_OVER.format(name=self.index.name))
        super().database_forwards(app_label, schema_editor, from_state, to_state)
        schema_editor.execute("RESET lock_timeout")
