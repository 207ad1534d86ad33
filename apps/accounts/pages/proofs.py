"""A fresh password or code with an act that asks for it: in its dialog, or on a page that sends the form again.

Invariant: what is typed is tried as at the login, counted and in turn; it is good for its own request alone and is
written nowhere.
"""

from collections.abc import Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from apps.accounts.domain.authenticators import takes
from apps.accounts.domain.second_factor import confirmed_device, has_factor
from apps.accounts.models.authenticator import DIGITS
from apps.accounts.pages.guesses import guessed
from apps.accounts.pages.redirects import is_script, page_of
from apps.folding.domain.folding import narrow

FIELD = "proof"
NOT_KEPT = (FIELD, "csrfmiddlewaretoken")
LONGEST = 128
MISSING = "办理这一步须再次输入登录密码。"


def take_proof(request: HttpRequest) -> None:
    """Try what came in the field `proof`, if it did: then `request.actor` is proved."""
    typed = [text for text in request.POST.getlist(FIELD) if text][-1:]
    if typed and _is_right(request, typed[0][:LONGEST]):
        request.actor = replace(request.actor, proved=True)  # type: ignore[attr-defined]


def _is_right(request: HttpRequest, typed: str) -> bool:
    user: Any = request.user
    code = narrow(typed)
    if has_factor(user) and len(code) == DIGITS and code.isascii() and code.isdigit():
        return takes(confirmed_device(user), code)
    return guessed(request, username=user.username, password=typed) is not None


def ask_proof(request: HttpRequest) -> HttpResponse:
    """The page that asks and sends the same form again; files have to be chosen anew on the page before."""
    if is_script(request):
        return JsonResponse({"message": MISSING}, status=HTTPStatus.FORBIDDEN)
    tried = bool(request.POST.get(FIELD))
    shown = {
        "action": request.get_full_path(),
        "fields": list(_fields(request)),
        "has_files": bool(request.FILES),
        "back": page_of(request) or "/",
        "wrong": "密码或动态验证码不正确，没有办理，请重新输入。" if tried else "",
        "may_use_code": has_factor(request.user),  # type: ignore[arg-type]
    }
    status = HTTPStatus.FORBIDDEN if tried else HTTPStatus.OK
    return render(request, "accounts/proof.html", shown, status=status)


def _fields(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, values in request.POST.lists():
        if name not in NOT_KEPT:
            yield from ((name, value) for value in values)
