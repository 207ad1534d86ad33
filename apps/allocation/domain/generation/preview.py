"""What the volumes of a draft come to before publication: by group and slot, and what its products can't carry."""

from collections.abc import Mapping
from typing import Any

from apps.allocation.domain.generation import sql
from apps.allocation.domain.publication.checks import findings
from apps.allocation.domain.publication.given import generation_of, given_by_product
from apps.projects.models import Project
from apps.projects.models.catalogue import WinningProduct

SUMS = ("agreed", "kept", "pending", "lowest", "highest", "other")
Preview = dict[str, Any]


def preview_of(project: Project) -> Preview:
    """As it is kept (`Generation.preview`); quantities of a group with several units are not shown as one sum."""
    given = _given(project)
    problems, warnings = findings(project, given=given)
    groups = [_group(row) for row in sql.group_sums(project.pk)]
    return {
        "groups": groups,
        "rows": sum(group["rows"] for group in groups),
        "left_out": sum(group["left_out"] for group in groups),
        "short": _short(given or {}),
        "without_winner": sql.without_winner(project.pk),
        "problems": problems,
        "warnings": warnings,
    }


def _group(row: tuple[Any, ...]) -> dict[str, Any]:
    name, number, *sums, left_out, unit, units = row
    same = units == 1
    quantities = {
        column: int(total) if same else None for column, total in zip(SUMS, sums, strict=True)
    }
    told = {"rows": int(number), "left_out": int(left_out), "unit": unit if same else "不同单位"}
    return {"name": name, **told, **quantities}


def _given(project: Project) -> Mapping[int, int] | None:
    """By product what the published volumes confirm, where that counts against capacity."""
    made = generation_of(project) if project.capacity_counts_confirmed else None
    return given_by_product(made) if made else None


def _short(kept: Mapping[int, int]) -> list[dict[str, Any]]:
    """Products whose confirmed quantities exceed what they can supply, and by how much."""
    products = WinningProduct.objects.filter(pk__in=kept, capacity__isnull=False)
    return [
        {
            "name": f"{product.enterprise.name} {product.item}",
            "capacity": product.capacity,
            "kept": kept[product.pk],
            "excess": excess,
            "unit": product.item.unit,
        }
        for product in products.select_related("enterprise", "item").order_by("item__position")
        if (excess := kept[product.pk] - (product.capacity or 0)) > 0
    ]
