"""The database ends mandates with what they rest on, whoever changes it: registered here, accounts know of none."""

import pgtrigger

_END = """
    UPDATE review_mandate SET ended_at = clock_timestamp(), ended_by = '{why}'
    WHERE ended_at IS NULL AND ({which});
    RETURN NULL;
"""
_OF_ACCOUNT = _END.format(
    why="账号禁用、交接、移动或被重置密码",
    which="""
        account_id = NEW.id
        OR NOT NEW.is_active AND NEW.parent_account_id IS NULL AND (
            organization_id = NEW.organization_id
            OR account_id IN (SELECT id FROM accounts_user WHERE parent_account_id = NEW.id)
        )
    """,
)
_OF_UNIT = _END.format(
    why="单位禁用",
    which="""
        organization_id = NEW.id
        OR account_id IN (SELECT id FROM accounts_user WHERE organization_id = NEW.id)
    """,
)


def ends_mandates() -> pgtrigger.Trigger:
    """Of an account that was shut, moved, handed over or given a one-time password; what a shut main account lent."""
    shut = pgtrigger.Q(old__is_active=True, new__is_active=False)
    moved = pgtrigger.Q(old__path__df=pgtrigger.F("new__path"))
    passed_on = pgtrigger.Q(old__handed_over_at__df=pgtrigger.F("new__handed_over_at"))
    reset = pgtrigger.Q(new__must_change_password=True) & pgtrigger.Q(
        old__password_changed_at__df=pgtrigger.F("new__password_changed_at")
    )
    return pgtrigger.Trigger(
        name="end_mandates",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("is_active", "path", "handed_over_at", "password_changed_at"),
        condition=shut | moved | passed_on | reset,
        func=_OF_ACCOUNT,
    )


def ends_mandates_of_unit() -> pgtrigger.Trigger:
    """What a shut unit lent, and what its accounts were lent."""
    return pgtrigger.Trigger(
        name="end_mandates",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("is_active"),
        condition=pgtrigger.Q(old__is_active=True, new__is_active=False),
        func=_OF_UNIT,
    )
