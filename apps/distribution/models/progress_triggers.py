"""Triggers that keep `AgreementProgress`: in the statement that changes what is counted, whoever sends it."""

import pgtrigger

from apps.review.models.triggers import after_statement

# `distribution_count` and the triggers on agreed volumes, which are another app's, stand in migration 0004.
_COUNT = """
    PERFORM distribution_count('{step}', ARRAY(SELECT DISTINCT filing_id FROM {rows} ORDER BY 1));
"""
_OLD_AND_NEW = pgtrigger.Referencing(old="old_rows", new="new_rows")
_BOTH = "(SELECT filing_id FROM old_rows UNION SELECT filing_id FROM new_rows) moved"
_SIGNED = """(
    SELECT now.filing_id FROM new_rows now JOIN old_rows was USING (id)
    WHERE (was.status = 'signed') <> (now.status = 'signed')
) moved"""


def choices_counted() -> list[pgtrigger.Trigger]:
    """Triggers of what institutions choose."""
    return _whatever_happens("chosen")


def lines_counted() -> list[pgtrigger.Trigger]:
    """Triggers of what stands in agreements, signed or not."""
    return _whatever_happens("drawn")


def signing_counted() -> pgtrigger.Trigger:
    """Agreements that were signed, or are no longer; new ones have no lines yet."""
    return _after(pgtrigger.Update, "signed", _SIGNED, _OLD_AND_NEW)


def _whatever_happens(step: str) -> list[pgtrigger.Trigger]:
    return [
        _after(pgtrigger.Insert, step, "new_rows", pgtrigger.Referencing(new="new_rows")),
        _after(pgtrigger.Update, step, _BOTH, _OLD_AND_NEW),
        _after(pgtrigger.Delete, step, "old_rows", pgtrigger.Referencing(old="old_rows")),
    ]


def _after(
    operation: pgtrigger.Operation, step: str, rows: str, referencing: pgtrigger.Referencing
) -> pgtrigger.Trigger:
    name = f"count_{step}_{str(operation).lower()}"
    return after_statement(name, operation, referencing, _COUNT.format(step=step, rows=rows))
