"""What a trigger protects row by row can't be emptied as a whole either: TRUNCATE asks no trigger of rows.

Invariant: every table of ours with a `Protect` (or `ReadOnly`) refuses TRUNCATE, also one that cascades; nobody has to
think of it, since it follows from the other trigger.
"""

import pgtrigger
from django.apps import apps

NAME = "never_truncated"


class NeverTruncated(pgtrigger.Trigger):
    when = pgtrigger.Before
    level = pgtrigger.Statement
    operation = pgtrigger.Truncate
    func = "RAISE EXCEPTION 'never_truncated: Cannot truncate % table', TG_TABLE_NAME;"


def refuse_truncation() -> None:
    """Called once all models are there, before any migration is made."""
    for model in apps.get_models():
        triggers = getattr(model._meta, "triggers", ())
        if model.__module__.startswith("apps.") and any(
            isinstance(trigger, pgtrigger.Protect) for trigger in triggers
        ):
            pgtrigger.register(NeverTruncated(name=NAME))(model)
