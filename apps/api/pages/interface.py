"""The interface as a whole: its operations by family, what they refuse, and the document that describes them."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.security import HttpBearer

from apps.api.models.answered import LONGEST_KEY
from apps.api.pages import (
    account,
    agreements,
    allocation,
    files,
    filings,
    items,
    jobs,
    lines,
    packages,
    proposals,
    queue,
    relations,
    rounds,
    slots,
)
from apps.api.pages.door import admitted
from apps.api.pages.parsing import CleanParser
from apps.api.pages.problems import PREFIX, answer_for

VERSION = "1.0"
DESCRIPTION = (
    "凭接口令牌（Authorization: Bearer 令牌）访问；权限、数据范围、时间窗口和审核规则与网页相同。"
    "拒绝一律为 application/problem+json，detail 是给人看的句子，code 供程序判断。"
    "列表按 cursor 翻页：把上一页的 next 原样传回，直到 next 为 null。"
    "写入可带 Idempotency-Key，48 小时内重发得到同一答复。"
)


FAMILIES = {
    "account": "账号",
    "projects": "项目",
    "catalogue": "目录",
    "filings": "申报单",
    "demand": "报量",
    "allocation": "分量",
    "agreements": "协议与配送",
    "review": "审核",
    "relations": "配送关系",
    "files": "导出和导入",
}
"""Tags of the document: modules of generated programs bear their names, people read their words."""

KEY_WORDS = "请求编号：48 小时内以同一编号重发，得到同一答复，不再办理。"
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "maxLength": LONGEST_KEY, "description": KEY_WORDS},
    "required": False,
    "description": KEY_WORDS,
}


REFUSED = {
    "description": "拒绝：detail 是给人看的句子，code 供程序判断；有的另带 errors、unknown、lacks 等。",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
TEXTS = ("type", "title", "code", "detail", "request_id")
PROBLEM = {
    "type": "object",
    "required": [*TEXTS, "status"],
    "properties": {name: {"type": "string"} for name in TEXTS} | {"status": {"type": "integer"}},
}


class Token(HttpBearer):
    """For the document; the door has asked for the token before."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        return getattr(request, "token", None)


class Interface(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The name of its function, as everywhere."""
        return operation.view_func.__name__


interface = Interface(
    title="分量接口",
    version=VERSION,
    description=DESCRIPTION,
    auth=Token(),
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    parser=CleanParser(),
    openapi_extra={
        "tags": [{"name": name, "description": words} for name, words in FAMILIES.items()]
    },
)
for tag, family in (
    ("account", account.router),
    ("projects", rounds.router),
    ("catalogue", items.router),
    ("filings", filings.router),
    ("demand", lines.router),
    ("allocation", allocation.router),
    ("allocation", slots.router),
    ("agreements", agreements.router),
    ("review", queue.router),
    ("review", packages.router),
    ("relations", relations.router),
    ("relations", proposals.router),
    ("files", files.router),
    ("files", jobs.router),
):
    interface.add_router("", family, tags=[tag])


@interface.exception_handler(Exception)
@interface.exception_handler(Http404)
@interface.exception_handler(HttpError)
@interface.exception_handler(ValidationError)
def refuse(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A fault of ours goes on: it is logged and answered as everywhere."""
    answer = answer_for(request, exception)
    if answer is None:
        raise exception
    return answer


def addresses() -> Iterator[URLPattern]:
    """Every operation behind the door."""
    patterns, _app, _space = interface.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name != "api-root":
            yield URLPattern(
                pattern.pattern, admitted(pattern.callback), pattern.default_args, pattern.name
            )


def document() -> dict[str, Any]:
    """The interface as OpenAPI 3.1; every write takes the door's `Idempotency-Key`, all refuse as problems."""
    told = dict(interface.get_openapi_schema(path_prefix=PREFIX))
    told["components"]["schemas"]["Problem"] = PROBLEM
    for methods in told["paths"].values():
        for operation in methods.values():
            operation["responses"] |= {"4XX": REFUSED, "503": REFUSED}
        if "post" in methods:
            methods["post"]["parameters"].append(KEY)
    return told


def written() -> str:
    """The same as it stands in `docs/openapi.json`."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"
