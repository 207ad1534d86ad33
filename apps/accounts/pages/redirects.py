"""Sending somebody to a page of this app, whoever asks: a browser, or a script's fetch.

Invariant: nobody is ever sent to another host.
"""

from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

NEXT = "next"
AFTER_FORM = ("POST", "PUT", "PATCH", "DELETE")


def is_ours(request: HttpRequest, url: str) -> bool:
    return url_has_allowed_host_and_scheme(
        url, {request.get_host()}, require_https=request.is_secure()
    )


def page_of(request: HttpRequest) -> str:
    """The page the person looks at: the address itself, or the page that sent a form or a script's request."""
    if request.method not in AFTER_FORM and not is_script(request):
        return request.get_full_path()
    seen = request.headers.get("Referer", "")
    if not seen or not is_ours(request, seen):
        return ""
    parts = urlsplit(seen)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def is_script(request: HttpRequest) -> bool:
    """A fetch by a page's script: it reads a status, a login page would be noise to it."""
    return request.headers.get(
        "Sec-Fetch-Dest"
    ) == "empty" or "application/json" in request.headers.get("Accept", "")


def send_to(request: HttpRequest, url_name: str, *, sentence: str) -> HttpResponse:
    """Redirect to a page of this app that afterwards returns to where the person is now."""
    url = reverse(url_name)
    if back := page_of(request):
        url = f"{url}?{urlencode({NEXT: back})}"
    if is_script(request):
        return JsonResponse({"message": sentence, "url": url}, status=HTTPStatus.UNAUTHORIZED)
    return HttpResponseRedirect(url)


def next_page(request: HttpRequest, default: str) -> str:
    """Where `next` asks to go, if it is the address of a page of ours: never the name of one, as `redirect` takes."""
    wanted = request.POST.get(NEXT) or request.GET.get(NEXT, "")
    return wanted if wanted.startswith("/") and is_ours(request, wanted) else default
