"""What the top bar shows of notices; asks the database only when the frame is drawn."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from .reading import unread_count


def unread(request: HttpRequest) -> dict[str, object]:
    """`unread_notices`: a number for signed-in accounts, 0 for everybody else.

    A view that has asked it together with other things leaves it as `request.unread`.
    """
    return {"unread_notices": SimpleLazyObject(lambda: _count(request))}


def _count(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.is_staff:
        return 0
    asked = getattr(request, "unread", None)
    return unread_count(user) if asked is None else len(asked.answer)
