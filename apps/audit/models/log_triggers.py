"""The operation log only grows; what is past its time goes with a cleared segment that says where it is kept."""

import pgtrigger

LEAST_DAYS = 183
"""Days that no setting, and nobody who reaches the database as the product does, goes below."""

_ARCHIVED = f"""
    PERFORM 1 FROM audit_clearedsegment cleared JOIN audit_seal seal ON seal.number = cleared.seal_id
    WHERE seal.stream = 'audit.logentry' AND OLD.id > seal.after AND OLD.id <= seal.upto
        AND seal.latest < now() - INTERVAL '{LEAST_DAYS} days'
    ORDER BY cleared.seal_id DESC LIMIT 1;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'append_only: Cannot delete rows from % table', TG_TABLE_NAME;
    END IF;
    RETURN OLD;
"""
"""Backwards, for what goes is what was cleared last."""


def deleted_when_archived() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="deleted_when_archived",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func=_ARCHIVED,
    )
