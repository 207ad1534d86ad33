"""Who a change is by: handed to the database with every statement of the block, for the triggers that tell changes.

Invariant: it holds for the statements of one transaction at a time; no connection carries it on to another person.
"""

from contextlib import AbstractContextManager
from typing import Any

import pghistory

from apps.audit.request_id import current_request_id
from apps.audit.services import Author


def authored(by: Author | None) -> AbstractContextManager[Any]:
    """Run the block as `by` (nobody: only the request is noted)."""
    user = by.user if by else None
    unit = (by.own_unit or user.belongs_to()) if by and user else None
    place = f"（代{by.in_place_of}）" if by and by.in_place_of else ""
    context: AbstractContextManager[Any] = pghistory.context(
        user=user.pk if user else None,
        name=by.name if by and user else "",
        unit=f"{unit}{place}" if unit else "",
        request=current_request_id(),
    )
    return context
