"""What administrators see and may do, app by app. Registered when the project starts, one by one, never discovered."""

from . import accounts, audit, organizations

__all__ = ["accounts", "audit", "organizations"]
