"""The database's own refusal: no outer page for passwords that the alliance did not approve.

`accounts` stands above this app, so its table is asked by name.
"""

import pgtrigger

OUTER_PAGE = "organization_outer_page_is_approved"

_APPROVED = f"""
IF NOT EXISTS (
    SELECT 1 FROM accounts_approval asked
    WHERE asked.kind = 'address' AND asked.subject_id = NEW.id AND asked.outcome = 'approved'
        AND asked.content->>'url' = NEW.password_url
) THEN
    RAISE EXCEPTION '{OUTER_PAGE}' USING ERRCODE = 'check_violation', CONSTRAINT = '{OUTER_PAGE}';
END IF;
RETURN NEW;
"""  # noqa: S608 (a name of ours)


def outer_page_is_approved() -> pgtrigger.Trigger:
    """Another address than before, unless it is taken away."""
    return pgtrigger.Trigger(
        name="outer_page_is_approved",
        when=pgtrigger.Before,
        operation=pgtrigger.UpdateOf("password_url"),
        condition=pgtrigger.Condition(
            "NEW.password_url <> '' AND NEW.password_url IS DISTINCT FROM OLD.password_url"
        ),
        func=_APPROVED,
    )
