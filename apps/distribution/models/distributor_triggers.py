"""The database's own refusal: no second account of an enterprise that nobody who speaks for it has confirmed."""

import pgtrigger

CONFIRMED = "distributor_known_are_confirmed"

_CONFIRMED = f"""
IF TG_OP = 'UPDATE' THEN
    IF OLD.user_id IS NOT NULL THEN RETURN NEW; END IF;
END IF;
IF (
    EXISTS (SELECT 1 FROM accounts_user other WHERE other.enterprise_id = NEW.enterprise_id AND other.path <> NEW.path)
    OR EXISTS (SELECT 1 FROM projects_winningproduct won WHERE won.enterprise_id = NEW.enterprise_id)
) AND NOT EXISTS (
    SELECT 1 FROM accounts_approval asked
    WHERE asked.kind = 'distributor' AND asked.subject_id = NEW.id AND asked.enterprise_id = NEW.enterprise_id
        AND asked.outcome = 'approved'
) THEN
    RAISE EXCEPTION '{CONFIRMED}' USING ERRCODE = 'check_violation', CONSTRAINT = '{CONFIRMED}';
END IF;
RETURN NEW;
"""  # noqa: S608 (a name of ours)


def known_are_confirmed() -> pgtrigger.Trigger:
    """When a distributor gets its account; those that have one keep it."""
    return pgtrigger.Trigger(
        name="known_are_confirmed",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("user_id"),
        condition=pgtrigger.Condition("NEW.user_id IS NOT NULL"),
        func=_CONFIRMED,
    )
