"""Refusals that are calm: what happened, what to do, and a number to quote.

`config/urls.py` names these as `handler400` … `handler500`; settings name `csrf_failure`.
"""

import sys
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.http import url_has_allowed_host_and_scheme

from apps.scope.passing import give_up_connection, passes

BACK_AGAIN = 5  # seconds until a page asks again by itself
RECOVERING = "服务正在恢复"
PASSES = {
    True: "数据库正在重新连接，通常只需几秒钟。",
    False: "服务正在恢复，刚才的提交没有确认成功。",
}
"""Of a page that was asked for, and of what was sent."""


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
    """500: drawn without context processors, session or database, which may be what failed.

    Django calls it while it handles the error: one that passes by itself is 503 and says when to come back.
    """
    if passes(sys.exc_info()[1]):
        give_up_connection()
        answer = unavailable(request)
        vars(answer).update(passes=True)  # read by config.second_try
        return answer
    # Rendering without the request leaves the context processors out.
    shown = {"request_id": getattr(request, "request_id", "")}
    page = loader.get_template("500.html").render(shown)
    return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)


def unavailable(
    request: HttpRequest, *, title: str = RECOVERING, sentence: str = ""
) -> HttpResponse:
    """503, for a while: a page returns by itself to what was asked for, or to the form that was sent."""
    reads = request.method in {"GET", "HEAD"}
    sentence = sentence or PASSES[reads]
    answer: HttpResponse
    if request.accepts("text/html"):
        number = getattr(request, "request_id", "")
        shown = {"title": title, "sentence": sentence, "reads": reads, "request_id": number}
        answer = HttpResponse(loader.get_template("503.html").render(shown))
        answer.headers["Refresh"] = f"{BACK_AGAIN}; url={_own_page(request, reads=reads)}"
    else:
        answer = JsonResponse({"message": sentence})
    answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    answer.headers["Retry-After"] = str(BACK_AGAIN)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _own_page(request: HttpRequest, *, reads: bool) -> str:
    """What to ask for again: never an act, and never another site."""
    if reads:
        return request.get_full_path()
    came_from = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(came_from, {request.get_host()}, request.is_secure())
    return came_from if ours else "/"


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refusal(
        request,
        title="页面已过期",
        message="出于安全考虑，这次提交没有执行。",
        advice="通常是登录已超时，或在另一个标签页重新登录过。请返回上一页刷新后再试；已填的内容会保留。",
    )
