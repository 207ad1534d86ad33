"""Which right an operation takes, and whose changes it makes: as `requires` and the middleware do for pages."""

from collections.abc import Callable
from contextlib import nullcontext
from functools import wraps
from typing import Annotated, Any

from ninja import Header

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.api.pages.problems import Problem
from apps.api.pages.requests import ProgramRequest
from apps.audit.domain.authorship import authored

Operation = Callable[..., Any]
NOT_SEEN = 428


def takes(
    *permissions: Permission, roles: tuple[Role, ...] | None = None, quantities: bool = False
) -> Callable[[Operation], Operation]:
    """Let in tokens that hold every right; `quantities` writes nothing else and goes without an author."""

    def decorate(operation: Operation) -> Operation:
        checked = requires(*permissions, roles=roles)(operation)

        @wraps(operation)
        def run(request: ProgramRequest, *args: Any, **kwargs: Any) -> Any:
            by = request.actor
            with nullcontext() if quantities else authored(by):
                return checked(request, *args, **kwargs)

        return run

    return decorate


def etag_of(version: int) -> str:
    return f'"{version}"'


IfMatch = Annotated[
    str,
    Header("", alias="If-Match", description="取数时的 ETag（版本），原样传回；没有的答复 428。"),
]


def version_seen(sent: str) -> int:
    """What `If-Match` says. Raises `Problem`: an act on what nobody looked at is none."""
    text = sent.strip().removeprefix("W/").strip('"')
    if not text:
        sentence = "这一步须带 If-Match：先取申报单，把它的 ETag（版本）原样传回。"
        raise Problem(NOT_SEEN, "version_missing", sentence)
    if not text.isascii() or not text.isdigit() or len(text) > 9:  # noqa: PLR2004 digits of a version
        return -1  # no version of ours: it is refused as one that has moved
    return int(text)
