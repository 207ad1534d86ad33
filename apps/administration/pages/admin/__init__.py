"""What administrators see and may do, app by app. Registered when the project starts, one by one, never discovered."""

from apps.administration.pages.admin import (
    accounts,
    approvals,
    audit,
    organizations,
    rounds,
    security,
    sign_on,
)

__all__ = ["accounts", "approvals", "audit", "organizations", "rounds", "security", "sign_on"]
