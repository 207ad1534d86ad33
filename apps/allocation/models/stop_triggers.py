"""What the database itself refuses of stopped products, and by what act alone reported lines move.

Invariant: nothing more is taken of a product that was cancelled, or that is suspended today; what is taken of it may
only become less. The day is that of the platform (Asia/Shanghai).
"""

import pgtrigger

TODAY = "(now() AT TIME ZONE 'Asia/Shanghai')::date"
STOPPED = f"({{pool}}.stopped = 'cancelled' OR {{pool}}.stopped = 'suspended' AND {{pool}}.stops_on <= {TODAY})"
"""Of a pool: nothing more may be taken; the one condition that all statements ask."""

LIMIT = f"CASE WHEN {STOPPED} THEN {{pool}}.fixed + {{pool}}.allocated ELSE {{pool}}.capacity END"
"""Of a pool: how much may be taken in all; of a stopped product what is taken already. NULL is unlimited."""

_NO_MORE = f"""
    IF NEW.fixed + NEW.allocated > OLD.fixed + OLD.allocated AND {STOPPED.format(pool="NEW")} THEN
        RAISE EXCEPTION 'allocation: nothing more is taken of a stopped product'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'capacity_never_exceeded';
    END IF;
    RETURN NEW;
"""
_NAMED = """
    IF NOT EXISTS (
        SELECT 1 FROM allocation_productstop act
        WHERE act.product_id = NEW.product_id AND act.at = now()
            AND act.transaction = pg_current_xact_id()::text::bigint
    ) THEN
        RAISE EXCEPTION 'allocation: a product is stopped by an act alone';
    END IF;
    RETURN NEW;
"""
MOVED_BY_STOP = """EXISTS (
    SELECT 1 FROM allocation_productstop act JOIN allocation_stopshare share ON share.stop_id IN (act.id, act.ends_id)
    WHERE act.project_id = own.project_id AND act.at = now()
        AND act.transaction = pg_current_xact_id()::text::bigint AND share.filing_id = own.id
)"""
"""Of a filing `own`: an act of this transaction keeps how it stood before."""


def nothing_more_of_stopped() -> pgtrigger.Trigger:
    """Whoever reserves it, by whatever way."""
    return pgtrigger.Trigger(
        name="nothing_more_of_stopped",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("fixed", "allocated"),
        condition=pgtrigger.Q(new__stopped__in=["cancelled", "suspended"]),
        func=_NO_MORE,
    )


def stopped_by_act() -> pgtrigger.Trigger:
    """The state of a pool is told by an act of the same transaction."""
    return pgtrigger.Trigger(
        name="stopped_by_act",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.AnyChange("stopped", "stops_on", "replacement"),
        func=_NAMED,
    )
