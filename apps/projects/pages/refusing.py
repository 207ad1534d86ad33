"""A button's answer: done and said so, or refused with the service's sentence; either way back to a page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.projects.domain.refusals import ProjectRefused


def carry_out(
    request: HttpRequest,
    act: Callable[[], Any],
    done: str,
    back: str,
    *,
    but: type[ProjectRefused] | None = None,
) -> HttpResponse:
    """Run a service. `done` may name its result as `{}`; refusals of the kind `but` are the caller's."""
    try:
        result = act()
    except ProjectRefused as refusal:
        if but is not None and isinstance(refusal, but):
            raise
        messages.error(request, str(refusal))
    else:
        messages.success(request, done.format(result))
    return redirect(back)
