"""What a round takes of processors, computed from the kept costs of requests for `docs/operations/sizing.md`.

Measured is what one request costs; how often an institution asks for it is an estimate, and stands in the table as one.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.bench.running.reports import Report, Run

INSTITUTIONS, DAYS = 46_000, 7
LAST_HOURS, LAST_SHARE, BUSIEST = 8, 0.5, 4
"""Half of all work comes in the last eight hours; their busiest ten minutes are four times as busy as they are."""


@dataclass(frozen=True)
class Use:
    """How often one institution causes these requests in a round, its own and those of the tiers above."""

    what: str
    times: float
    requests: tuple[str, ...]


USES = (
    Use("登录（密码散列占大部分）", 3, ("sign_in",)),
    Use("首页", 6, ("home_institution",)),
    Use("打开填报表（页面和数据）", 4, ("sheet", "sheet_rows")),
    Use("保存一行（其余按粘贴、照上批填一次保存）", 120, ("save_1",)),
    Use("一次保存 250 行", 2, ("save_250",)),
    Use("上报（之前的核对页没有单独测，估计与审核详情相同）", 1.3, ("filing", "report")),
    Use("上级看一次审核详情、审核一次", 1, ("filing", "approve")),
    Use("上级的名单，每十家看一次", 0.1, ("list",)),
    Use("填报进度，每十家看一次", 0.1, ("progress",)),
    Use("导出 250 行，三家里一家", 0.33, ("export",)),
)
SAVES = 122
"""Of one institution: rows by themselves, and sheets."""


def institution(report: Report) -> Iterator[str]:
    """A line for each use, and the sum."""
    costs = _costs(report.runs.get("cost"))
    yield from (
        "| 做什么 | 次数（估计） | 每次，毫秒（网站＋数据库，测得） | 合计，毫秒 |",
        "|---|---|---|---|",
    )
    for use in USES:
        web, database = _each(use, costs)
        both = use.times * (web + database)
        yield f"| {use.what} | {use.times:g} | {web:.1f} + {database:.1f} | {both:,.0f} |"
    web, database = _of_all(costs)
    yield f"| 合计 | | {web:,.0f} + {database:,.0f} | {web + database:,.0f} |"


def peak(report: Report) -> Iterator[str]:
    """How many cores are busy, of web and of the database, and how many saves a second."""
    costs = _costs(report.runs.get("cost"))
    web, database = (INSTITUTIONS * each / 1000 for each in _of_all(costs))
    hours = (web + database) / 3600
    yield f"{INSTITUTIONS:,} 家合计 {hours:.0f} 处理器小时，网站占 {web / (web + database):.0%}。"
    yield ""
    yield "| | 平均 | 最后八小时（估计一半的工作） | 其中最忙的十分钟（估计为平均的 4 倍） |"
    yield "|---|---|---|---|"
    for name, amount, form in (
        ("忙着的核，网站", web, ".2f"),
        ("忙着的核，数据库", database, ".2f"),
        ("每秒保存", INSTITUTIONS * SAVES, ".0f"),
    ):
        last = amount * LAST_SHARE / (LAST_HOURS * 3600)
        rates = (amount / (DAYS * 86_400), last, last * BUSIEST)
        yield f"| {name} | " + " | ".join(f"{rate:{form}}" for rate in rates) + " |"


def _each(use: Use, costs: Mapping[str, float]) -> tuple[float, float]:
    """Milliseconds of web and of the database."""
    web, database = (
        sum(costs[f"cost_{name}_{part}"] for name in use.requests) for part in ("web", "database")
    )
    return web, database


def _of_all(costs: Mapping[str, float]) -> tuple[float, float]:
    parts = [(use.times, *_each(use, costs)) for use in USES]
    return sum(times * web for times, web, _ in parts), sum(
        times * base for times, _, base in parts
    )


def _costs(run: Run | None) -> dict[str, Any]:
    return {figure["name"]: figure["value"] for figure in run.figures} if run else {}
