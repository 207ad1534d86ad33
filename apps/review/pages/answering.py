"""A button's answer: done and said so, or refused with the service's sentence; either way back to a page."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from apps.accounts.pages.redirects import next_page
from apps.review.domain.refusals import ReviewRefused


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
