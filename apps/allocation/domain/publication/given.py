"""What a generated allocation was given by the published agreed volumes: compared, and written as confirmed lines.

Invariant: published and generated figures are the same by construction, for both come out of
`volumes.sql.confirmed`; whatever else stands in the draft is listed and refuses its publication.
"""

from collections.abc import Iterator
from typing import Any

from apps.allocation.domain.publication import sql
from apps.allocation.domain.publication.sql import NAMED, given_by_product, write_given_lines
from apps.allocation.models import Generation
from apps.projects.models import Project, WinningProduct

__all__ = ["generation_of", "given_by_product", "given_problems", "write_given_lines"]


def generation_of(project: Project) -> Generation | None:
    """Where the volumes come from; None for imported ones."""
    rows = Generation.objects.filter(project=project)
    generation: Generation | None = rows.select_related("version", "source").first()
    return generation


def given_problems(made: Generation) -> Iterator[str]:
    """Everything in which the draft is not what was published: winners, their ranks and cuts, quantities."""
    missing = [f"{name}（{code}）" for name, code in sql.missing_winners(made)]
    if missing:
        yield f"已发布的约定采购量归这些企业，中选结果里没有：{_listed(missing)}"
    yield from _contradictions(made)
    differences = sql.differences(made)
    if differences:
        told = "；".join(
            f"{unit} {code} 已发布确认 {kept:,}、待分配 {pending:,}，任务中 {own_kept:,}、{own_pending:,}"
            for unit, code, kept, pending, own_kept, own_pending, _count in differences
        )
        more = f" 等 {differences[0].all_told:,} 处" if differences[0].all_told > NAMED else ""
        yield f"与已发布的约定采购量不一致：{told}{more}，请重新生成分配量"


def _contradictions(made: Generation) -> Iterator[str]:
    """Ranks and cuts that agreed volumes follow from are the same here."""
    season = {(row.item.item_code, row.enterprise_id): row for row in _winners(made.source)}
    told = []
    for row in _winners(made.project):
        then = season.get((row.item.item_code, row.enterprise_id))
        if then is None:
            continue
        name = f"{row.enterprise.name}（{row.item.item_code}）"
        if then.cut is not None and row.cut is not None and then.cut != row.cut:
            told.append(f"{name}降幅 {_plain(then.cut)}%，任务中 {_plain(row.cut)}%")
        if then.rank is not None and row.rank is not None and then.rank != row.rank:
            told.append(f"{name}第 {then.rank} 名，任务中第 {row.rank} 名")
    if told:
        yield f"与计算约定采购量的中选结果不一致：{_listed(told)}"


def _winners(project: Project) -> Any:
    rows = WinningProduct.objects.filter(project=project).with_terms()
    return rows.select_related("item", "enterprise").order_by("item__position", "pk")


def _plain(value: Any) -> str:
    return f"{value.normalize():f}"


def _listed(names: list[str]) -> str:
    more = f" 等 {len(names)} 个" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more
