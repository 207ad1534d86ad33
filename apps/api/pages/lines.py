"""One's own demand sheet: rows to read, and any number of them to write, with the same answers as the sheet's own.

Invariant: a row is saved, refused with its sentence, or in conflict with both values; while one code names nothing,
no row is written.
"""

from collections.abc import Iterable
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

from ninja import Field, Router, Schema, Status

from apps.accounts.models.roles import Permission, Role
from apps.api.domain.cursors import page_of_rows
from apps.api.pages.paging import Cursor, Limit, Page, Since, page
from apps.api.pages.parsing import Quantity
from apps.api.pages.problems import Problem
from apps.api.pages.requests import ProgramRequest
from apps.api.pages.rights import takes
from apps.projects.domain.own_codes.finding import Found, items_by_code
from apps.reporting.domain.sheet.reporting import give_reason
from apps.reporting.domain.sheet.rows import Row, items_of, rows_of
from apps.reporting.domain.sheet.saving import Saved, save_lines
from apps.reporting.domain.statuses import status_of
from apps.reporting.models import PackMark
from apps.reporting.pages.demand_page import DemandPage
from apps.reporting.pages.entry_form import MOST_ROWS, Typed, TypedRow, read
from apps.review.models import Filing

router = Router()
INSTITUTION = (Role.INSTITUTION,)


class LineOut(Schema):
    item_code: str
    unified_code: str
    variety: str
    specification: str
    manufacturer_name: str
    unit: str
    pack_quantity: int
    history: dict[str, int]
    planned: int | None
    explanation: str
    rate: str
    needs_explanation: bool
    may_be_packs: bool
    to_correct: bool
    status_text: str
    version: int
    updated_at: datetime | None


class LinePage(Page):
    items: list[LineOut]


class LineIn(Schema):
    item: str = Field(
        max_length=40,
        description="品规编号、药品（耗材）统一编码或本院编码（编码对照）；不按名称找。",
    )
    planned: Quantity = Field(description="预采购量，以最小单位计；也可写“12盒”；null 清空。")
    explanation: str = Field("", max_length=400, description="增幅降幅说明。")
    version: int = Field(
        0,
        ge=0,
        le=2**31,
        description="取数时的 version，没有填过的为 0；不是最新的，这一行不保存，列为 conflict。",
    )
    packs_checked: bool = Field(False, description="已核对：数量确以最小单位计。")  # noqa: FBT003


class LinesIn(Schema):
    rows: list[LineIn] = Field(min_length=1, max_length=MOST_ROWS)
    settle: bool = Field(True, description="true 为保存，false 为暂存。")  # noqa: FBT003


class SavedLineOut(Schema):
    item: str
    result: Literal["saved", "refused", "conflict"]
    detail: str
    planned: int | None
    explanation: str
    version: int
    sent: int | str | None


class SavedOut(Schema):
    saved: int
    refused: int
    conflicts: int
    rows: list[SavedLineOut]


class ReasonIn(Schema):
    text: str = Field(max_length=500, description="上报理由；空的收回。")


@router.get(
    "/projects/{slug:code}/lines",
    response=LinePage,
    summary="本机构的报量",
    description="目录的每个品规一行，没有填的 planned 为 null。按品规编号排列。",
)
@takes(Permission.QUERY, roles=INSTITUTION)
def line_list(
    request: ProgramRequest,
    code: str,
    cursor: Cursor = "",
    limit: Limit = 100,
    updated_since: Since = None,
) -> dict[str, Any]:
    desk = DemandPage.of(request.actor, code)
    rows: Iterable[Row] = rows_of(desk.project, desk.filing)
    if updated_since is not None:
        rows = [row for row in rows if row.line and row.line.updated_at >= updated_since]
    shown, following = page_of_rows(list(rows), lambda row: row.item.item_code, cursor, limit)
    return page([line_out(row, desk.filing) for row in shown], following)


def line_out(row: Row, filing: Filing) -> dict[str, Any]:
    item = row.item
    return {
        "item_code": item.item_code,
        "unified_code": item.unified_code,
        "variety": item.variety,
        "specification": item.specification,
        "manufacturer_name": item.manufacturer_name,
        "unit": item.unit,
        "pack_quantity": item.pack_quantity,
        "history": {str(year): quantity for year, quantity in row.history.items()},
        "planned": row.planned,
        "explanation": row.words,
        "rate": row.rate,
        "needs_explanation": row.needs_words,
        "may_be_packs": row.pack_mark == PackMark.SUSPECT,
        "to_correct": bool(row.line and row.line.to_correct),
        "status_text": status_of(row, filing)[0],
        "version": row.version,
        "updated_at": row.line.updated_at if row.line else None,
    }


@router.post(
    "/projects/{slug:code}/lines",
    response=SavedOut,
    summary="保存报量",
    description="一次最多 5000 行，每行各有结果：saved 已保存；refused 没有保存，detail 说明原因；"
    "conflict 别人改过，没有覆盖，planned 是现在的值，sent 是您送来的值。有编码找不到时，全部不保存。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION, quantities=True)
def line_save(request: ProgramRequest, code: str, body: LinesIn) -> dict[str, Any]:
    by = request.actor
    desk = DemandPage.of(by, code)
    sent = {row.item: row for row in body.rows}
    found = found_or_refused(
        items_by_code(desk.project, sent, by.organization), len(sent), len(body.rows)
    )
    known = items_of(code, list(found.items.values()))
    typed = read(known, [_typed(row, found) for row in body.rows])
    saved = save_lines(
        filing=desk.filing,
        project=desk.project,
        entries=typed.entries,
        by=by,
        settle=body.settle,
    )
    return _outcome(sent, found, typed, saved)


def found_or_refused(found: Found, different: int, sent: int) -> Found:
    """Raises `Problem` with every code that names nothing, several items, or one that was named before."""
    if found.unknown or found.ambiguous:
        named = "、".join([*found.unknown, *found.ambiguous][:5])
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "items_unknown",
            f"有的编码不在本项目的目录和本院的编码对照里，或对应多个品规：{named}。没有保存任何一行。",
            unknown=found.unknown,
            ambiguous=found.ambiguous,
        )
    if different < sent or len(set(found.items.values())) < sent:
        sentence = "同一个品规出现了不止一次。没有保存任何一行。"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "items_repeated", sentence)
    return found


def _typed(row: LineIn, found: Found) -> TypedRow:
    planned = "" if row.planned is None else str(row.planned)
    return TypedRow(found.items[row.item], planned, row.explanation, row.version, row.packs_checked)


def _outcome(sent: dict[str, LineIn], found: Found, typed: Typed, saved: Saved) -> dict[str, Any]:
    rows = [_result(row, found.items[code], typed, saved) for code, row in sent.items()]
    results = [row["result"] for row in rows]
    return {
        "saved": results.count("saved"),
        "refused": results.count("refused"),
        "conflicts": results.count("conflict"),
        "rows": rows,
    }


def _result(row: LineIn, item: int, typed: Typed, saved: Saved) -> dict[str, Any]:
    told: dict[str, Any] = {"item": row.item, "sent": row.planned}
    if item in typed.refused:
        nothing = {"planned": None, "explanation": "", "version": row.version}
        return told | nothing | {"result": "refused", "detail": typed.refused[item]}
    is_conflict = item in saved.conflicts
    now = saved.conflicts[item] if is_conflict else saved.rows[item]
    result, detail = ("conflict", CONFLICT) if is_conflict else ("saved", "")
    standing = {"planned": now.planned, "explanation": now.words, "version": now.version}
    return told | standing | {"result": result, "detail": detail}


CONFLICT = "这一行在您取数之后已被他人修改，没有覆盖。"


@router.post(
    "/projects/{slug:code}/reason",
    response={HTTPStatus.NO_CONTENT: None},
    summary="上报理由",
    description="按合计要求说明的项目，合计变动超过阈值时填写。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION, quantities=True)
def reason_save(request: ProgramRequest, code: str, body: ReasonIn) -> Status[None]:
    by = request.actor
    desk = DemandPage.of(by, code)
    give_reason(filing=desk.filing, project=desk.project, text=body.text, by=by)
    return Status(HTTPStatus.NO_CONTENT, None)
