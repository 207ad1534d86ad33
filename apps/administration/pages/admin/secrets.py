"""The one page of the administration that shows a one-time password."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from apps.accounts.models import User


def secret_page(
    site: Any, request: HttpRequest, account: User, password: str, *, back: str
) -> HttpResponse:
    shown = {
        **site.each_context(request),
        "title": "一次性密码",
        "account": account,
        "password": password,
        "back": reverse(back),
    }
    return TemplateResponse(request, "admin/accounts/one_time_password.html", shown)
