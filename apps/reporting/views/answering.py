"""A button's answer: done and said so, or refused with the service's sentence; either way back to a page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.accounts.redirects import next_page
from apps.accounts.roles import Role
from apps.review.exceptions import ReviewRefused
from apps.ui.numbers import number_of

INSTITUTION = (Role.INSTITUTION,)
LAST_PROJECT = "reporting.project"


def carry_out(
    request: HttpRequest, act: Callable[[], Any], say: Callable[[Any], str], back: str
) -> HttpResponse:
    """Run a service; `say` puts its result into words. Returns to `next`, or to `back`."""
    try:
        result = act()
    except ReviewRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, say(result))
    return redirect(next_page(request, back))


def remember(request: HttpRequest, code: str) -> None:
    """The project that the rail leads back to; costs a write only when it changes."""
    if request.session.get(LAST_PROJECT) != code:
        request.session[LAST_PROJECT] = code


MOST_TICKED = 5_000


def ticked(request: HttpRequest, name: str = "tick") -> list[int]:
    """The ids of ticked rows; what is no id is left out."""
    numbers = map(number_of, request.POST.getlist(name)[:MOST_TICKED])
    return [number for number in numbers if number is not None]
