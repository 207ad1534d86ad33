"""The entry page (采购需求维护): one part of the sheet with its filter, and the same rows as data for the script."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import BigIntegerField
from django.http import QueryDict
from django.utils.safestring import SafeString

from apps.folding.domain.folding import is_said
from apps.projects.domain.own_codes.finding import Known, codes_among
from apps.projects.models import CatalogItem, ExplanationDirection, Project
from apps.reporting.domain.letters.state import letter_of
from apps.reporting.domain.rates import Baseline, rate_in_words
from apps.reporting.domain.sheet.last_batch import last_batch
from apps.reporting.domain.sheet.rows import Row, rows_of, rule_of, total_rule_of
from apps.reporting.domain.statuses import status_of
from apps.reporting.files.columns import bought_title
from apps.reporting.models import DoubtState, HistoryDoubt, PackMark, Reason, ReportReason
from apps.reporting.pages.demand_page import DemandPage, Work
from apps.scope.prepared import Prepared
from apps.ui.formats import percent, whole
from apps.ui.patterns import filled

ROWS_PER_PAGE = 30
NAMED_PROBLEMS = 20
Keep = Callable[[Row], bool]
SHOWS: Mapping[str, tuple[str, Keep]] = {
    "all": ("全部", lambda _row: True),
    "blank": ("未填", lambda row: row.planned is None),
    "due": ("需说明", lambda row: row.needs_words),
    "packs": ("疑似盒片", lambda row: row.pack_mark == PackMark.SUSPECT),
    "correct": ("待修改", lambda row: row.line is not None and row.line.to_correct),
}


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One row of the grid; `error` and what was typed stand instead of what is saved after a refusal."""

    row: Row
    status: tuple[str, str]
    typed: str
    words: str
    error: str = ""
    doubt: HistoryDoubt | None = None
    last: int | None = None

    @property
    def is_suspect(self) -> bool:
        return self.row.pack_mark == PackMark.SUSPECT

    @property
    def bought(self) -> str:
        """The baseline as shown: a dash where there is none."""
        return whole(self.row.baseline.shown or None)

    @property
    def values(self) -> dict[str, str]:
        """What the row shows; what it depends on besides is its `shape`."""
        row, item = self.row, self.row.item
        return {
            "key": str(item.pk),
            "variety": item.variety,
            "filling_note": item.filling_note,
            "manufacturer": item.manufacturer_name,
            "item_code": item.item_code,
            "specification": item.specification,
            "unit": item.unit,
            "bought": self.bought,
            "last": whole(self.last),
            "version": str(row.version),
            "typed": self.typed,
            "error": self.error,
            "packs": row.packs,
            "rate": row.rate,
            "status": self.status[0],
            "words": self.words,
        }

    @property
    def shape(self) -> dict[str, bool | str]:
        return {
            "has_note": bool(self.row.item.filling_note),
            "has_doubt": self.doubt is not None,
            "has_error": bool(self.error),
            "is_suspect": self.is_suspect,
            "needs_words": self.row.needs_words,
            "tone": self.status[1],
        }


@dataclass(frozen=True, slots=True)
class Refused:
    """What the page keeps of rows that were not saved: by item the sentence, and the request's own values."""

    sentences: Mapping[int, str]
    data: QueryDict


def context_of(
    desk: DemandPage, params: QueryDict, *, maintains: bool, refused: Refused | None = None
) -> dict[str, Any]:
    """Everything that the template shows; six statements."""
    rows = rows_of(desk.project, desk.filing)
    doubts, last = open_doubts(desk), _last(desk, rows)
    work = Work.of(rows)
    show = _chosen_show(desk, rows, params)
    look = {
        "may_change": desk.is_editable and maintains,
        "is_history": desk.is_history,
        "has_last": bool(last),
    }
    chosen, query = list(filter(SHOWS[show][1], rows)), params.get("q", "")
    if query:
        chosen = [row for row in chosen if _matches(row, query)]
    page = Paginator(chosen, ROWS_PER_PAGE).get_page(params.get("page"))
    return {
        "desk": desk,
        "project": desk.project,
        "work": work,
        "page": page,
        "rows": [
            _drawn(_entry(desk, row, doubts, last, refused), look) for row in page.object_list
        ],
        "show": show,
        "q": query,
        "tabs": _tabs(rows, show, query),
        "todo": _todo(rows),
        "rule_words": rule_words(desk.project),
        "years": desk.project.baseline_years,
        "bought_title": bought_title(desk.project.baseline_years),
        "causes": [reason.label for reason in Reason if reason != Reason.OTHER],
        "total": total_of(desk, rows),
        "pattern": _drawn(_pattern(desk), look),
        "letter": letter_of(desk.project, desk.filing),
        **look,
    }


def _chosen_show(desk: DemandPage, rows: Sequence[Row], params: QueryDict) -> str:
    """The part asked for; after a return that named rows, or a withdrawal of some, exactly those."""
    if "show" in params or "q" in params or "page" in params:
        asked = params.get("show", "all")
        return asked if asked in SHOWS else "all"
    return "correct" if desk.is_editable and any(map(SHOWS["correct"][1], rows)) else "all"


def _last(desk: DemandPage, rows: Sequence[Row]) -> Mapping[int, int]:
    return last_batch(desk.project, desk.filing, [row.item for row in rows])


def _entry(
    desk: DemandPage,
    row: Row,
    doubts: Mapping[int, HistoryDoubt],
    last: Mapping[int, int],
    refused: Refused | None,
) -> EntryRow:
    typed = "" if row.planned is None else f"{row.planned}"
    words, error = row.words, ""
    if refused and row.item.pk in refused.sentences:
        typed = refused.data.get(f"planned-{row.item.pk}", typed)
        words = refused.data.get(f"words-{row.item.pk}", words)
        error = refused.sentences[row.item.pk]
    status = status_of(row, desk.filing)
    item = row.item.pk
    return EntryRow(row, status, typed, words, error, doubts.get(item), last.get(item))


def _drawn(entry: EntryRow, look: Mapping[str, bool]) -> SafeString:
    return filled("reporting/_entry_row.html", entry.values, {**look, **entry.shape})


def _pattern(desk: DemandPage) -> EntryRow:
    """An empty row: what the script draws its rows after."""
    row = Row(CatalogItem(pk=0), None, Baseline(0, 1), rule_of(desk.project))
    return EntryRow(row, ("", "neutral"), "", "")


def _matches(row: Row, query: str) -> bool:
    item = row.item
    texts = (item.variety, item.pinyin, item.item_code, item.specification, item.manufacturer_name)
    return is_said(query, *texts)


def _tabs(rows: Sequence[Row], show: str, query: str) -> list[dict[str, Any]]:
    """Only the tabs that can hold something in this project."""
    suffix = f"&q={query}" if query else ""
    useless = set() if any(row.rule.is_asked for row in rows) else {"due"}
    if all(row.item.pack_quantity == 1 for row in rows):
        useless.add("packs")
    if show != "correct" and not any(map(SHOWS["correct"][1], rows)):
        useless.add("correct")
    return [
        {
            "name": name,
            "label": label,
            "href": f"?show={name}{suffix}",
            "current": name == show,
            "count": sum(map(keep, rows)),
        }
        for name, (label, keep) in SHOWS.items()
        if name not in useless
    ]


def _todo(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Every row that hinders 上报, with the page on which it stands."""
    open_rows = [
        (place, row) for place, row in enumerate(rows) if row.planned is None or row.needs_words
    ]
    return [
        {
            "row": row,
            "text": "没有填写" if row.planned is None else "需要填写增幅降幅说明",
            "page": place // ROWS_PER_PAGE + 1,
        }
        for place, row in open_rows[:NAMED_PROBLEMS]
    ]


def total_of(desk: DemandPage, rows: Sequence[Row]) -> dict[str, Any] | None:
    """实际采购总量 against 意向采购量, where the project asks for a reason of the total (S3-18, S3-20)."""
    rule = total_rule_of(desk.project)
    if not rule.is_asked:
        return None
    planned = sum(row.planned or 0 for row in rows)
    is_begun = any(row.planned is not None for row in rows)
    bought = sum(row.baseline.total for row in rows)
    baseline = Baseline(bought, len(desk.project.baseline_years))
    reason = ReportReason.objects.filter(filing=desk.filing).first()
    return {
        "planned": planned,
        "bought": baseline.shown,
        "rate": rate_in_words(planned, baseline) if is_begun else "",
        "is_due": rule.is_due(planned, baseline),
        "reason": reason.text if reason else "",
    }


def open_doubts(desk: DemandPage) -> dict[int, HistoryDoubt]:
    """By item, what waits for the province or was decided last."""
    return {doubt.item_id: doubt for doubt in DOUBTS(filing=desk.filing.pk)}


DOUBTS: Prepared[HistoryDoubt] = Prepared(
    lambda filing: HistoryDoubt.objects.filter(filing_id=filing).order_by("raised_at", "pk"),
    filing=BigIntegerField(),
)
"""Read by every page of a sheet."""


def rule_words(project: Project) -> str:
    """The explanation rule in one sentence; empty where nothing is asked."""
    limit = percent(project.explanation_threshold * 100, decimals=0)
    what = {
        ExplanationDirection.DECREASE: f"降幅超 {limit}",
        ExplanationDirection.INCREASE: f"增幅超 {limit}",
        ExplanationDirection.BOTH: f"增降超 {limit}",
    }[ExplanationDirection(project.explanation_direction)]
    if rule_of(project).is_asked:
        return f"{what}或新增"
    return f"{what}须填上报理由" if total_rule_of(project).is_asked else ""


def sheet_data(desk: DemandPage) -> dict[str, Any]:
    """The whole sheet for the script, a row as a list: 1,300 rows stay under 300 KB."""
    rows, doubts = rows_of(desk.project, desk.filing), open_doubts(desk)
    last, names = _last(desk, rows), _names(desk, rows)
    return {
        "rows": [
            [
                row.item.pk,
                row.item.item_code,
                row.item.variety,
                row.item.specification,
                row.item.manufacturer_name,
                row.item.unit,
                row.item.pack_quantity,
                row.item.filling_note,
                None if row.item.reference_price is None else f"{row.item.reference_price}",
                row.item.pinyin,
                row.baseline.total,
                None if row.planned is None else f"{row.planned}",
                row.words,
                row.version,
                row.pack_mark.value,
                list(status_of(row, desk.filing)),
                _doubt_words(doubts.get(row.item.pk)),
                None if row.item.pk not in last else f"{last[row.item.pk]}",
                names.get(row.item.pk, []),
            ]
            for row in rows
        ]
    }


def _names(desk: DemandPage, rows: Sequence[Row]) -> Mapping[int, list[str]]:
    """By item, under what a pasted block may name it; one statement."""
    facts = Known._fields
    known = [Known(*(getattr(row.item, name) for name in facts)) for row in rows]
    return codes_among(known, desk.filing.organization).names()


def _doubt_words(doubt: HistoryDoubt | None) -> str:
    if doubt is None:
        return ""
    answer = f"：{doubt.answer}" if doubt.answer else ""
    number = doubt.claimed if doubt.state == DoubtState.OPEN else doubt.decided
    return f"{doubt.year} 年应为 {number:,}，{doubt.get_state_display()}{answer}"
