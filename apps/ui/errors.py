"""Refusals that are calm: what happened, what to do, and a number to quote.

`config/urls.py` names these as `handler400` … `handler500`; settings name `csrf_failure`.
"""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader


def refusal(
    request: HttpRequest,
    *,
    title: str,
    message: str,
    advice: str = "",
    status: int = HTTPStatus.FORBIDDEN,
    back: str = "",
    back_label: str = "返回上一页",
) -> HttpResponse:
    """A page that says no: lockout, too many tries, a stale form. `advice` says what to do now."""
    shown = {
        "title": title,
        "message": message,
        "advice": advice,
        "back": back,
        "back_label": back_label,
        "status": int(status),
    }
    return render(request, "ui/refusal.html", shown, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=HTTPStatus.BAD_REQUEST)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403; the exception's sentence is shown when it has one."""
    return render(
        request, "403.html", {"reason": str(exception or "")}, status=HTTPStatus.FORBIDDEN
    )


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest, *_: Any) -> HttpResponse:
    """500: drawn without context processors, session or database, which may be what failed."""
    # Rendering without the request leaves the context processors out.
    shown = {"request_id": getattr(request, "request_id", "")}
    page = loader.get_template("500.html").render(shown)
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refusal(
        request,
        title="页面已过期",
        message="出于安全考虑，这次提交没有执行。",
        advice="通常是登录已超时，或在另一个标签页重新登录过。请返回上一页刷新后再试；已填的内容会保留。",
    )
