"""What the documents tell of the figures: which, beside what, within which limit. No number stands here but limits."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.running.reports import Report, Run

AT_MOST, AT_LEAST = "≤", "≥"
UNKNOWN = "not measured yet"


@dataclass(frozen=True)
class Row:
    """`beside`: other figures of the same bench, with what they are. `told`: the README tells it, too."""

    work: str
    bench: str
    figure: str
    limit: tuple[str, float] | None = None
    beside: Sequence[tuple[str, str]] = ()
    told: bool = False


ROWS = (
    Row(
        "last day: users at the knee, 2 s between two actions, p95 < 500 ms",
        "deadline",
        "deadline_users",
        beside=[("deadline_plain_users", "without second factors and row policies")],
    ),
    Row(
        "last day: actions a second at the knee",
        "deadline",
        "deadline_rate",
        (AT_LEAST, 200),
        [("deadline_plain_rate", "without second factors and row policies")],
        told=True,
    ),
    Row(
        "a filing of 250 rows sent, checked, stored and reported, 20 clients",
        "submit",
        "submit_filing_rate",
        (AT_LEAST, 200),
        [("submit_limit", "250 bare rows inserted")],
        told=True,
    ),
    Row("the same, p95 of its requests", "submit", "submit_filing_p95", (AT_MOST, 150)),
    Row(
        "上报 of saved rows, 20 clients", "submit", "submit_saved_rate", (AT_LEAST, 350), told=True
    ),
    Row("save of 250 rows, 20 clients", "submit", "submit_send_rate", (AT_LEAST, 220)),
    Row("save of one row, 20 clients", "submit", "submit_save_rate", (AT_LEAST, 600), told=True),
    Row("rows refused as conflicts meanwhile", "submit", "submit_save_conflicts", (AT_MOST, 0)),
    Row(
        "20 institutions buy of one product, plenty of it",
        "capacity",
        "capacity_plenty_rate",
        (AT_LEAST, 600),
        [("capacity_limit", "one counter, bare")],
    ),
    Row(
        "the same of 100 packs, exactly 100 sold",
        "capacity",
        "capacity_scarce_rate",
        beside=[("capacity_limit", "one counter, bare")],
        told=True,
    ),
    Row(
        "a signed-in home, 8 clients",
        "lists",
        "landing_rate",
        (AT_LEAST, 250),
        [("bare_rate", "a view that does nothing")],
    ),
    Row(
        "review list, 50 of 46,000 direct reports",
        "lists",
        "list_p50",
        (AT_MOST, 20),
        [("bare_p50", "a view that does nothing")],
        told=True,
    ),
    Row(
        "national table, item × province",
        "totals",
        "totals_national_p50",
        (AT_MOST, 20),
        [("totals_from_lines", "one statement over the lines")],
    ),
    Row("any two dimensions, median of all pairs", "totals", "totals_pivot_p50"),
    Row(
        "publish to 46,000 institutions, from the click to the job's end",
        "publish",
        "publish",
        (AT_MOST, 2),
        [("publish_limit", "as many bare filings")],
    ),
    Row(
        "approve 5,000 reports: list, tick all, look, confirm",
        "approve",
        "approve",
        (AT_MOST, 0.8),
        [("approve_limit", "as many bare updates and events")],
        told=True,
    ),
    Row(
        "correct a pack that 5,000 filings of a country rest on: preview",
        "correction",
        "correction_preview",
        (AT_MOST, 5),
    ),
    Row(
        "the same, from the click to the job's end",
        "correction",
        "correction",
        beside=[
            ("correction_statements", "statements"),
            ("correction_statements_more", "of an item that most filings hold"),
        ],
    ),
    Row(
        "20 people save while it runs: p95 to p95 without",
        "correction",
        "correction_saving_ratio",
        (AT_MOST, 1.2),
    ),
    Row("agreed volumes of a country", "volumes", "volumes_agreed", (AT_MOST, 31)),
    Row("allocation generated from them", "volumes", "volumes_generate", (AT_MOST, 30)),
    Row("the allocation published", "volumes", "volumes_publish", (AT_MOST, 65)),
    Row("协议签署进度 of 46,000 institutions", "signing", "signing_alliance", (AT_MOST, 3000)),
    Row(
        "历史采购量 imported, 100,000 rows",
        "history",
        "history_import",
        beside=[
            ("history_import_export_bulk", "django-import-export in bulk, look-ups cached"),
            ("history_import_export", "the same row by row"),
        ],
        told=True,
    ),
    Row(
        "workbook of 100,000 × 20 written",
        "exchange",
        "write_100000_ours",
        beside=[
            ("write_100000_bare_xlsxwriter", "XlsxWriter, constant memory"),
            ("write_100000_bare_openpyxl", "openpyxl, write-only"),
        ],
        told=True,
    ),
    Row(
        "workbook of 100,000 × 20 read, checked, compared",
        "exchange",
        "validate_100000_our_reader_rate",
        beside=[
            (
                "validate_10000_import_export_bulk_rate",
                "django-import-export in bulk, look-ups cached",
            ),
            ("validate_10000_import_export_rate", "the same row by row"),
        ],
    ),
    Row(
        "20 people save while ten exports run: p95 to p95 without",
        "exchange",
        "save_exporting_ratio",
        (AT_MOST, 1.2),
    ),
    Row(
        "20 people save while ten exports read from a standby: p95 to p95 without",
        "replica",
        "replica_replica_ratio",
        (AT_MOST, 1.05),
        [("replica_primary_ratio", "exports read from the primary")],
    ),
    Row(
        "20 browsers save while 20 programs send 250 rows: p95 to p95 without",
        "api",
        "api_browsers_ratio",
        (AT_MOST, 1.2),
    ),
    Row(
        "20 people save while four file bombs arrive: p95 to p95 without",
        "files",
        "save_bombed_ratio",
        (AT_MOST, 2),
    ),
    Row("the slowest `/healthz` meanwhile", "files", "healthz_bombed_slowest", (AT_MOST, 1_000)),
    Row("web processes that were killed", "files", "workers_lost", (AT_MOST, 0)),
    *(
        Row(
            f"row policies: what {work} costs more",
            "policies",
            f"policies_{name}_more",
            (AT_MOST, 5),
        )
        for work, name in (
            ("a save", "save"),
            ("上报 of 250 rows", "report"),
            ("a purchase", "purchase"),
            ("a review list", "list"),
            ("item × province", "pivot"),
            ("a frozen province", "freeze"),
        )
    ),
    Row(
        "the sheet of 282 rows, cold, 400 kbit/s, 4× slower processor",
        "page",
        "sheet_cold_282_400",
        (AT_MOST, 5),
    ),
    Row("the same, warm", "page", "sheet_warm_282_400", (AT_MOST, 2.5)),
    Row(
        "the sheet of 1,300 rows, warm, 1 Mbit/s, 4× slower processor",
        "page",
        "sheet_warm_1300_1000",
        (AT_MOST, 3),
    ),
    Row("its page, HTML before compression", "page", "sheet_html_1300", (AT_MOST, 100)),
)


def rows(report: Report) -> Iterator[str]:
    """The lines of the whole table."""
    yield from (
        "| Work | Figure | Limit | Beside it, in the same run | Command |",
        "|---|---|---|---|---|",
    )
    for row in ROWS:
        figure, beside = figure_of(report, row), _beside(report, row)
        yield f"| {row.work} | {figure} | {_limit(report, row)} | {beside} | `bin/bench {row.bench}` |"


def told(report: Report) -> Iterator[str]:
    """What of it the README tells, of what was measured."""
    if not any(row.told and _told(report, row.bench, row.figure) for row in ROWS):
        yield "Figures are taken by `bin/bench --record`."
        return
    yield from ("| Work | Figure | Beside it, in the same run |", "|---|---|---|")
    for row in ROWS:
        if row.told and _told(report, row.bench, row.figure):
            yield f"| {row.work} | {figure_of(report, row)} | {_beside(report, row)} |"


def costs(report: Report) -> Iterator[str]:
    """Milliseconds of processor time of each request, web and database apart."""
    yield from ("| Request | Web, ms | Database, ms | On |", "|---|---|---|---|")
    found = _figures(report.runs.get("cost"))
    for name, web in found.items():
        if name.endswith("_web"):
            request = name.removeprefix("cost_").removesuffix("_web")
            database = found[name.removesuffix("web") + "database"]
            yield f"| {request} | {web['value']:.1f} | {database['value']:.1f} | {web['detail']} |"


def runs(report: Report) -> Iterator[str]:
    yield from (
        "| Bench | Day | Revision | Machine | Cores that others took |",
        "|---|---|---|---|---|",
    )
    for bench, run in sorted(report.runs.items()):
        others = f"{run.others:.1f}" + ("" if run.is_quiet else ": **under load**")
        yield f"| {bench} | {run.day} | {run.revision} | {run.machine} | {others} |"


def figure_of(report: Report, row: Row) -> str:
    return _told(report, row.bench, row.figure) or UNKNOWN


def _beside(report: Report, row: Row) -> str:
    found = [(_told(report, row.bench, figure), words) for figure, words in row.beside]
    return "; ".join(f"{words}: {figure}" for figure, words in found if figure)


def _limit(report: Report, row: Row) -> str:
    if row.limit is None:
        return ""
    sign, limit = row.limit
    figure = _figures(report.runs.get(row.bench)).get(row.figure)
    words = f"{sign} {limit:,g}"
    if figure is None:
        return words
    kept = figure["value"] <= limit if sign == AT_MOST else figure["value"] >= limit
    return words if kept else f"{words}, missed"


def _told(report: Report, bench: str, figure: str) -> str:
    run = report.runs.get(bench)
    found = _figures(run).get(figure)
    if run is None or found is None:
        return ""
    unit = "" if found["unit"] == "×" else f" {found['unit']}"
    sign = "×" if found["unit"] == "×" else ""
    return f"{sign}{_number(found['value'])}{unit}" + ("" if run.is_quiet else ", under load")


def _number(value: float) -> str:
    """Three figures say as much as a bench knows."""
    if not value or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def _figures(run: Run | None) -> dict[str, dict[str, Any]]:
    return {figure["name"]: figure for figure in run.figures} if run else {}
