"""Refusals as `application/problem+json` (RFC 9457): a sentence for people and a `code` for machines.

Invariant: the sentence is the one that the service raised, word for word; the code is the name of what it raised, so
every refusal of every app has one and none is written twice.
"""

import json
import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import HttpError, ValidationError

from apps.accounts.domain.proofs import ProofMissing
from apps.allocation.domain.refusals import CapacityExceeded, RowMoved
from apps.api.domain.cursors import CursorUnreadable
from apps.api.domain.idempotency import KeyAtWork, KeyReused
from apps.api.pages.turns import NoTurn
from apps.audit.domain.seen import ChangedMeanwhile
from apps.audit.pages.refusals import tell_refusal
from apps.audit.request_id import current_request_id
from apps.distribution.domain.agreements.refusals import AgreementRefused
from apps.distribution.domain.relations.refusals import RelationRefused, RelationsMoved
from apps.exchange.files.upload_checks import FileRefused
from apps.exchange.files.uploads.asking import FileBusy
from apps.exchange.pages.programs import ImportRefused, UploadGone
from apps.jobs.services import TooManyJobs
from apps.projects.domain.refusals import ProjectRefused
from apps.quarantine.turns import Busy
from apps.review.domain.refusals import FilingsMoved, NotByProgram, NotYourTurn, ReviewRefused
from apps.ui import errors
from apps.ui.pages.seen_sets import SetMoved

PREFIX = "/api/v1/"
CONTENT_TYPE = "application/problem+json; charset=utf-8"
MOVED = (FilingsMoved, RowMoved, RelationsMoved, ChangedMeanwhile, SetMoved)
REFUSED = (
    ReviewRefused,
    RelationRefused,
    AgreementRefused,
    ProjectRefused,
    FileRefused,
    ImportRefused,
)
PROOF = "本项目要求办理时再次输入登录密码或动态验证码，接口不能代替，请登录网页办理。"
LATER = {"Retry-After": "5"}
TOLD: Mapping[Any, tuple[HTTPStatus, str, str, Mapping[str, str]]] = {
    TooManyJobs: (HTTPStatus.TOO_MANY_REQUESTS, "too_many_jobs", "", LATER),
    FileBusy: (HTTPStatus.SERVICE_UNAVAILABLE, "busy", "", LATER),
    UploadGone: (HTTPStatus.NOT_FOUND, "upload_gone", "", {}),
    PermissionDenied: (HTTPStatus.FORBIDDEN, "right_missing", "令牌没有办理这一步的权限。", {}),
    Http404: (HTTPStatus.NOT_FOUND, "not_found", "不存在，或不在令牌的数据范围内。", {}),
    ProofMissing: (HTTPStatus.FORBIDDEN, "proof_missing", PROOF, {}),
    NotYourTurn: (HTTPStatus.FORBIDDEN, "not_your_turn", "", {}),
    NotByProgram: (HTTPStatus.FORBIDDEN, "not_by_program", "", {}),
    KeyReused: (HTTPStatus.UNPROCESSABLE_ENTITY, "key_reused", "", {}),
    CursorUnreadable: (HTTPStatus.UNPROCESSABLE_ENTITY, "cursor_unreadable", "", {}),
    KeyAtWork: (HTTPStatus.CONFLICT, "key_at_work", "", LATER),
    NoTurn: (HTTPStatus.SERVICE_UNAVAILABLE, "busy", "", LATER),
    Busy: (HTTPStatus.SERVICE_UNAVAILABLE, "busy", "", LATER),
    MOVED: (HTTPStatus.PRECONDITION_FAILED, "", "", {}),
}
"""Status, code (of many kinds each its own), the sentence where the exception has none, headers."""
WORDS = {
    "missing": "缺少这一项",
    "int_parsing": "应为整数",
    "int_type": "应为整数",
    "int_from_float": "应为整数",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "string_type": "应为文字",
    "list_type": "应为列表",
    "dict_type": "应为对象",
    "model_attributes_type": "应为对象",
    "json_invalid": "不是 JSON",
    "literal_error": "不在可选的值之内",
    "enum": "不在可选的值之内",
    "extra_forbidden": "没有这一项",
    "too_long": "项数太多",
    "too_short": "项数太少",
    "string_too_long": "太长",
    "string_too_short": "太短",
    "greater_than_equal": "太小",
    "less_than_equal": "太大",
    "datetime_from_date_parsing": "应为带时区的时间，如 2026-11-30T08:00:00+08:00",
    "datetime_parsing": "应为带时区的时间，如 2026-11-30T08:00:00+08:00",
    "timezone_aware": "时间须带时区，如 2026-11-30T08:00:00+08:00",
}


class Problem(Exception):
    """What the interface itself refuses. `more` are members beside the usual ones."""

    def __init__(
        self,
        status: int,
        code: str,
        sentence: str,
        *,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(sentence)
        self.status, self.code, self.more = status, code, more
        self.headers = headers or {}


def problem(
    status: int, code: str, sentence: str, *, headers: Mapping[str, str] | None = None, **more: Any
) -> HttpResponse:
    told = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": sentence,
        "request_id": current_request_id(),
        **more,
    }
    content = json.dumps(told, ensure_ascii=False)
    answer = HttpResponse(
        content, status=status, content_type=CONTENT_TYPE, headers=dict(headers or {})
    )
    answer["Cache-Control"] = "no-store"
    return answer


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """`handler404`: an address that is none is a problem where programs ask, a page elsewhere."""
    if request.path.startswith(PREFIX):
        return problem(HTTPStatus.NOT_FOUND, "not_found", "没有这个地址。")
    return errors.page_not_found(request, exception)


def code_of(refusal: type[Exception]) -> str:
    """`FilingIncomplete` → `filing_incomplete`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", refusal.__name__).lower()


def answer_for(request: HttpRequest, exception: Exception) -> HttpResponse | None:
    """The problem that an exception is; `None` for one that is a fault of ours."""
    if isinstance(exception, Problem):
        return problem(
            exception.status,
            exception.code,
            str(exception),
            headers=exception.headers,
            **exception.more,
        )
    if isinstance(exception, ValidationError):
        errors = _errors(exception.errors)
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid", _in_words(errors), errors=errors)
    if isinstance(exception, HttpError):
        return problem(exception.status_code, "invalid", "请求的内容读不懂，应为 UTF-8 的 JSON。")
    if isinstance(exception, PermissionDenied | Http404):
        tell_refusal(request, exception)
    return _of_a_service(exception)


def _of_a_service(exception: Exception) -> HttpResponse | None:
    said = str(exception)
    for kind, (status, code, otherwise, headers) in TOLD.items():
        if isinstance(exception, kind):
            sentence = said if not otherwise or (said and kind is PermissionDenied) else otherwise
            return problem(status, code or code_of(type(exception)), sentence, headers=headers)
    if isinstance(exception, CapacityExceeded):
        lacks = [
            {"product": lack.product_id, "wanted": lack.wanted, "left": lack.left}
            for lack in exception.lacks
        ]
        return problem(HTTPStatus.CONFLICT, "capacity_exceeded", said, lacks=lacks)
    if isinstance(exception, REFUSED):
        return problem(HTTPStatus.CONFLICT, code_of(type(exception)), said)
    return None


def _errors(found: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Where (`body.rows.3.item`) and what, in words; at most twenty."""
    return [
        {
            "where": ".".join(str(part) for part in error["loc"]),
            "detail": WORDS.get(error["type"], "内容不符合要求"),
        }
        for error in found[:20]
    ]


def _in_words(errors: Sequence[Mapping[str, str]]) -> str:
    return "请求的内容不符合要求：" + "；".join(
        f"{each['where']} {each['detail']}" for each in errors[:3]
    )
