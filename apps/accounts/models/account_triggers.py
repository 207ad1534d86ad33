"""The database's own refusals: accounts stand with their units, and no guarded password is reset by one person."""

import pgtrigger

from apps.accounts.models.roles import GUARDED_ROLES, ROLE_PERMISSIONS

UNIT, MAIN, TWO, ANOTHER = (
    "account_stands_with_its_unit",
    "account_stands_with_its_main_account",
    "account_reset_needs_two",
    "approval_by_another",
)

_REFUSE = "RAISE EXCEPTION '{0}' USING ERRCODE = 'check_violation', CONSTRAINT = '{0}';"

_PLACE = "ROW({0}.role, {0}.path, {0}.organization_id, {0}.enterprise_id)"
_SAME = f"{_PLACE.format('OLD')} IS NOT DISTINCT FROM {_PLACE.format('NEW')}"
_STANDS = f"""
IF TG_OP = 'UPDATE' THEN
    IF {_SAME} AND OLD.parent_account_id IS NOT DISTINCT FROM NEW.parent_account_id THEN RETURN NEW; END IF;
END IF;
IF NEW.parent_account_id IS NOT NULL THEN
    PERFORM 1 FROM accounts_user main
    WHERE main.id = NEW.parent_account_id AND main.parent_account_id IS NULL AND NOT main.is_staff
        AND main.role = NEW.role AND main.path = NEW.path
        AND main.organization_id IS NOT DISTINCT FROM NEW.organization_id
        AND main.enterprise_id IS NOT DISTINCT FROM NEW.enterprise_id
    FOR SHARE;
    IF NOT FOUND THEN {_REFUSE.format(MAIN)} END IF;
ELSIF NEW.organization_id IS NOT NULL THEN
    PERFORM 1 FROM organizations_organization unit
    WHERE unit.id = NEW.organization_id AND unit.path = NEW.path AND unit.tier = NEW.role;
    IF NOT FOUND THEN {_REFUSE.format(UNIT)} END IF;
END IF;
RETURN NEW;
"""


def _rights_of(role: str) -> str:
    """SQL for the rights of a role, as an array."""
    cases = " ".join(
        f"WHEN '{role}' THEN '{{{','.join(sorted(held))}}}'"
        for role, held in ROLE_PERMISSIONS.items()
    )
    return f"(CASE {role} {cases} ELSE '{{}}' END)::varchar[]"


_LEAD = f"""
UPDATE accounts_user sub SET
    role = NEW.role, path = NEW.path, organization_id = NEW.organization_id, enterprise_id = NEW.enterprise_id,
    permission_subset = ARRAY(
        SELECT held FROM unnest(sub.permission_subset) held WHERE held = ANY({_rights_of("NEW.role")}) ORDER BY held
    )
WHERE sub.parent_account_id = NEW.id;
RETURN NULL;
"""  # noqa: S608 (roles and rights of ours)

_TWO = f"""
IF NOT EXISTS (
    SELECT 1 FROM accounts_approval asked
    WHERE asked.kind = 'reset' AND asked.subject_id = NEW.id AND asked.outcome = 'approved'
        AND asked.spent_on = encode(sha256(convert_to(NEW.password, 'UTF8')), 'hex')
) THEN
    {_REFUSE.format(TWO)}
END IF;
RETURN NEW;
"""  # noqa: S608 (a name of ours)

# A main account can take over its sub-accounts: the two are one person.
_ANOTHER = f"""
IF EXISTS (
    SELECT 1 FROM accounts_user asker, accounts_user decider
    WHERE asker.id = NEW.asked_by_id AND decider.id = NEW.decided_by_id
        AND COALESCE(asker.parent_account_id, asker.id) = COALESCE(decider.parent_account_id, decider.id)
) THEN
    {_REFUSE.format(ANOTHER)}
END IF;
RETURN NEW;
"""  # noqa: S608 (names of ours)


def stands_with_its_unit() -> pgtrigger.Trigger:
    """Role and path are the unit's; of a sub-account the main account's."""
    return pgtrigger.Trigger(
        name="stands_with_its_unit",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert
        | pgtrigger.UpdateOf(
            "role", "path", "organization_id", "enterprise_id", "parent_account_id"
        ),
        func=_STANDS,
    )


def main_accounts_lead() -> pgtrigger.Trigger:
    """What a main account becomes its sub-accounts become; a right that it loses they lose."""
    return pgtrigger.Trigger(
        name="main_accounts_lead",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("role", "path", "organization_id", "enterprise_id"),
        condition=pgtrigger.Condition(f"NEW.parent_account_id IS NULL AND NOT ({_SAME})"),
        func=_LEAD,
    )


def resets_need_two() -> pgtrigger.Trigger:
    """A one-time password of the alliance, a province or an administrator is one that somebody else approved."""
    guarded = ", ".join(f"'{role}'" for role in GUARDED_ROLES)
    return pgtrigger.Trigger(
        name="resets_need_two",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("password"),
        condition=pgtrigger.Condition(
            f"NEW.must_change_password AND NEW.parent_account_id IS NULL AND NEW.role IN ({guarded})"
            " AND NEW.password IS DISTINCT FROM OLD.password"
            " AND NEW.password_changed_at IS DISTINCT FROM OLD.password_changed_at"
        ),
        func=_TWO,
    )


def decided_by_another() -> pgtrigger.Trigger:
    """Who decides is not who asks, nor its main account, nor a sub-account of the same."""
    return pgtrigger.Trigger(
        name="decided_by_another",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        condition=pgtrigger.Condition("NEW.decided_by_id IS NOT NULL"),
        func=_ANOTHER,
    )
