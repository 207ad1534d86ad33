"""Who is told of events: found by the database when they are written, whoever writes them.

Invariant: a subscription gets what concerns its own unit, and with `below` what concerns units below it. A trigger
sees everything: who reports sees nothing of who is told.
"""

import pgtrigger

_FAN_OUT = """
    IF NOT EXISTS (SELECT 1 FROM subscriptions_subscription WHERE ended_at IS NULL AND is_on) THEN
        RETURN NULL;
    END IF;
    INSERT INTO subscriptions_delivery (
        id, subscription_id, event_id, state, attempts, created_at, due_at, answer
    )
    SELECT gen_random_uuid(), asked.id, happened.id, 'waiting', 0, happened.at, happened.at, ''
    FROM added happened
    CROSS JOIN LATERAL unnest(review_lineage(happened.path)) AS above (path)
    JOIN subscriptions_subscription asked ON asked.path = above.path
        AND asked.ended_at IS NULL AND asked.is_on
        AND happened.name = ANY (asked.events)
        AND (asked.below OR asked.path = happened.path)
        AND (happened.account_id IS NULL OR happened.account_id = asked.account_id);
    RETURN NULL;
"""


def fans_out() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="fan_out",
        when=pgtrigger.After,
        level=pgtrigger.Statement,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="added"),
        func=_FAN_OUT,
    )
