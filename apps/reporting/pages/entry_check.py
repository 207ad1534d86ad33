"""上报核对: one live list of what 上报 still needs, and the odd quantities one by one. Never an obstacle by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.models import ProjectKind
from apps.reporting.domain.letters.state import Letter, letter_of
from apps.reporting.domain.oddities.kinds import Oddity
from apps.reporting.domain.oddities.reading import oddities_by_item
from apps.reporting.domain.sheet.checking import call_right
from apps.reporting.domain.sheet.rows import Row, rows_of
from apps.reporting.files.columns import bought_title
from apps.reporting.pages.answering import INSTITUTION, remember
from apps.reporting.pages.demand_page import DemandPage, Work
from apps.reporting.pages.entry_page import ROWS_PER_PAGE, total_of
from apps.review.domain.refusals import ReviewRefused
from apps.ui.numbers import number_of


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the list: done, hindering 上报, or only to be looked at; `href` is where it is seen to."""

    label: str
    text: str
    tone: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class OddRow:
    """An odd line with the address of its row in the sheet."""

    row: Row
    oddity: Oddity
    href: str


@fills
@requires(Permission.QUERY, roles=INSTITUTION)
def demand_check(request: SignedInRequest, code: str) -> HttpResponse:
    """GET shows, POST ticks one line (`right`, or `wrong` to take it back: item:quantity as shown)."""
    desk = DemandPage.of(request.actor, code)
    if request.method == "POST":
        try:
            _tick(request, desk)
        except ReviewRefused as refusal:
            messages.error(request, str(refusal))
        return redirect(request.path)
    remember(request, code)
    shown = _context(desk, reverse("reporting:demand_edit", args=[code]))
    shown["may_change"] = desk.is_editable and request.user.has(Permission.MAINTAIN)
    shown["may_report"] = shown["may_change"] and request.user.has(Permission.REPORT)
    return render(request, "reporting/demand_check.html", shown)


def _tick(request: SignedInRequest, desk: DemandPage) -> None:
    is_right = "right" in request.POST
    item, _, planned = request.POST.get("right" if is_right else "wrong", "").partition(":")
    call_right(
        filing=desk.filing,
        project=desk.project,
        item=number_of(item) or 0,
        planned=number_of(planned) or 0,
        is_right=is_right,
        by=request.actor,
    )


def _context(desk: DemandPage, sheet_url: str) -> dict[str, Any]:
    rows, project = rows_of(desk.project, desk.filing), desk.project
    oddities = oddities_by_item(desk.filing, rows) if project.kind == ProjectKind.DEMAND else {}
    odd = _odd_rows(rows, oddities, sheet_url)
    letter, total, work = letter_of(project, desk.filing), total_of(desk, rows), Work.of(rows)
    points = [*_points(work, total, sheet_url), *_letter_point(letter, desk), _odd_point(odd)]
    return {
        "desk": desk,
        "project": project,
        "work": work,
        "points": points,
        "hinders": any(point.tone == "danger" for point in points),
        "odd": odd,
        "total": total,
        "bought": bought_title(project.baseline_years),
    }


def _odd_rows(rows: Sequence[Row], oddities: Mapping[int, Oddity], sheet_url: str) -> list[OddRow]:
    """The worst first."""
    places = {row.item.pk: (place, row) for place, row in enumerate(rows)}
    return [
        OddRow(row, oddity, f"{sheet_url}?page={place // ROWS_PER_PAGE + 1}#row-{item}")
        for item, oddity in oddities.items()
        for place, row in (places[item],)
    ]


def _points(work: Work, total: Mapping[str, Any] | None, sheet_url: str) -> list[Point]:
    points = [
        _point("未填", work.blank, "个品规没有填写", f"{sheet_url}?show=blank"),
        _point("需说明", work.needs_words, "个品规需要填写增幅降幅说明", f"{sheet_url}?show=due"),
        _point(
            "疑似盒片",
            work.suspects,
            "个品规像是把盒当成片，或反过来",
            f"{sheet_url}?show=packs",
            "warning",
        ),
    ]
    if total and total["is_due"]:
        words = "已填写" if total["reason"] else "合计与历史采购量相差超过阈值，请在下面填写"
        points.append(Point("上报理由", words, "success" if total["reason"] else "warning"))
    return points


def _point(label: str, count: int, text: str, href: str, tone: str = "danger") -> Point:
    return (
        Point(label, f"{count:,} {text}", tone, href) if count else Point(label, "没有", "success")
    )


def _letter_point(letter: Letter | None, desk: DemandPage) -> list[Point]:
    if letter is None or desk.filing.maintained:
        return []
    href = reverse("reporting:letter_edit", args=[desk.project.code])
    label, tone = letter.status
    if letter.file and letter.file.is_original and not letter.is_changed:
        label, tone = "上传的是未签章的原件，请签字盖章后重新上传", "warning"
    return [Point(letter.title, label, "danger" if letter.is_missing else tone, href)]


def _odd_point(odd: Sequence[OddRow]) -> Point:
    """Odd quantities hinder nothing; those that nobody has looked at are named."""
    left = sum(not row.oddity.is_checked for row in odd)
    if not odd:
        return Point("数量异常", "没有", "success")
    if not left:
        return Point("数量异常", f"{len(odd):,} 个品规已核对无误", "success", "#odd")
    return Point("数量异常", f"{left:,} 个品规请逐条核对，不影响上报", "warning", "#odd")
