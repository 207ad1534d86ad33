"""The database's own refusals: one distributor's places of a product apart, no circle of sub-distributors."""

import pgtrigger

PLACES_OVERLAP = "relation_places_overlap"
CHAIN_CIRCLE = "chain_circle"
CHAIN_PROVINCE = "chain_one_province"

_APART = """
IF EXISTS (
    SELECT 1 FROM distribution_deliveryrelation other
    WHERE other.product_id = NEW.product_id AND other.distributor_id = NEW.distributor_id
        AND other.status IN (0, 1, 2) AND other.id <> NEW.id
        AND (starts_with(other.path, NEW.path) OR starts_with(NEW.path, other.path))
) THEN
    RAISE EXCEPTION 'relation_places_overlap'
        USING ERRCODE = 'exclusion_violation', CONSTRAINT = 'relation_places_overlap';
END IF;
RETURN NULL;
"""

# Whoever adds to the chains of a province waits for who does so already; only then the circle is looked for.
_NO_CIRCLE = """
PERFORM pg_advisory_xact_lock(hashtext('distribution_chain'), NEW.province_id::int);
IF EXISTS (
    SELECT 1 FROM distribution_distributoraccount a
    WHERE a.id IN (NEW.upper_id, NEW.lower_id) AND a.province_id <> NEW.province_id
) THEN
    RAISE EXCEPTION 'chain_one_province'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'chain_one_province';
END IF;
IF EXISTS (
    WITH RECURSIVE below AS (
        SELECT NEW.lower_id AS id
        UNION
        SELECT link.lower_id FROM distribution_chainlink link JOIN below ON link.upper_id = below.id
        WHERE link.ended_at IS NULL AND link.id <> NEW.id
    )
    SELECT 1 FROM below WHERE id = NEW.upper_id
) THEN
    RAISE EXCEPTION 'chain_circle'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'chain_circle';
END IF;
RETURN NEW;
"""


def places_apart() -> pgtrigger.Trigger:
    """Of one product a distributor has no province beside one of its cities; equal places are the constraint's."""
    return pgtrigger.Trigger(
        name="places_apart",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("status"),
        condition=pgtrigger.Condition("NEW.status IN (0, 1, 2)"),
        func=_APART,
    )


def no_circle() -> pgtrigger.Trigger:
    """A chain ends: nobody is, over however many hands, its own sub-distributor; and it stays in its province."""
    return pgtrigger.Trigger(
        name="no_circle",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Condition("NEW.ended_at IS NULL"),
        func=_NO_CIRCLE,
    )
