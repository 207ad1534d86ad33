"""What the database does whenever an account or its unit changes, whoever changes it.

Invariants: a password that a person chose is kept when another takes its place; no session and no token outlives a
change of the password, an account that was shut, its main account or its unit; whoever is given an account with a
one-time password begins without what another bound to it.
"""

import pgtrigger

KEPT_PASSWORDS = 24
"""As many as `PASSWORD_HISTORY` can ask for."""

_KEEP_PASSWORD = f"""
    INSERT INTO accounts_formerpassword (account_id, encoded, replaced_at)
    VALUES (OLD.id, OLD.password, clock_timestamp());
    DELETE FROM accounts_formerpassword
    WHERE account_id = OLD.id AND id NOT IN (
        SELECT id FROM accounts_formerpassword WHERE account_id = OLD.id
        ORDER BY replaced_at DESC, id DESC LIMIT {KEPT_PASSWORDS}
    );
    RETURN NULL;
"""  # noqa: S608 - a number of ours
_ENDS_TOKENS = """
    UPDATE accounts_token SET ended_at = clock_timestamp(), ended_by = '{why}' WHERE ended_at IS NULL AND """
_OF_ACCOUNT = """(
        account_id = NEW.id OR account_id IN (
            SELECT id FROM accounts_user WHERE parent_account_id = NEW.id AND NOT NEW.is_active
        )
    );"""
_OF_UNIT = "account_id IN (SELECT id FROM accounts_user WHERE organization_id = NEW.id);"
_END_OF_ACCOUNT = f"""
    DELETE FROM accounts_session WHERE {_OF_ACCOUNT}
    {_ENDS_TOKENS.format(why="密码更改或账号禁用")}{_OF_ACCOUNT}
    RETURN NULL;
"""  # noqa: S608 - words of ours
_END_OF_UNIT = f"""
    DELETE FROM accounts_session WHERE {_OF_UNIT}
    {_ENDS_TOKENS.format(why="单位禁用")}{_OF_UNIT}
    RETURN NULL;
"""  # noqa: S608 - words of ours


def keeps_passwords() -> pgtrigger.Trigger:
    """What a one-time password replaces is kept, the one-time password itself is not."""
    return pgtrigger.Trigger(
        name="keep_password",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("password"),
        condition=pgtrigger.Q(old__password__df=pgtrigger.F("new__password"))
        & pgtrigger.Q(old__must_change_password=False),
        func=_KEEP_PASSWORD,
    )


def ends_sessions() -> pgtrigger.Trigger:
    """Of a shut account, with those of its sub-accounts; of one whose password was set."""
    shut = pgtrigger.Q(old__is_active=True, new__is_active=False)
    set_anew = pgtrigger.Q(old__password_changed_at__df=pgtrigger.F("new__password_changed_at"))
    return pgtrigger.Trigger(
        name="end_sessions",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("is_active", "password_changed_at"),
        condition=shut | set_anew,
        func=_END_OF_ACCOUNT,
    )


def ends_identities() -> pgtrigger.Trigger:
    """Who comes through a service shows the password again once it was given out anew."""
    return pgtrigger.Trigger(
        name="end_identities",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("must_change_password", "password_changed_at"),
        condition=pgtrigger.Q(new__must_change_password=True)
        & pgtrigger.Q(old__password_changed_at__df=pgtrigger.F("new__password_changed_at")),
        func="DELETE FROM accounts_identity WHERE account_id = NEW.id; RETURN NULL;",
    )


def ends_sessions_of_unit() -> pgtrigger.Trigger:
    """Of everybody in a unit that was shut. Registered here: units know of no accounts."""
    return pgtrigger.Trigger(
        name="end_sessions",
        when=pgtrigger.After,
        operation=pgtrigger.UpdateOf("is_active"),
        condition=pgtrigger.Q(old__is_active=True, new__is_active=False),
        func=_END_OF_UNIT,
    )
