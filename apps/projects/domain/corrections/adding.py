"""增补品规: an item that a published catalogue lacks, named by a correction before it is there. Knows no filing.

Invariant: the caller holds the project's lock and has asked who acts; what was published stays as it is, the item comes
behind all others and is taken back by another correction alone (撤下).
"""

from collections.abc import Mapping
from typing import Any

from django.db.models import Max

from apps.organizations.models.pinyin import phrase_initials
from apps.projects.domain.corrections.fields import TABLES, Change, Effect, Kind, in_words
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.domain.sql import next_id
from apps.projects.models import CatalogItem, Correction, Project
from apps.projects.models.codes import item_code_problem

OF_ITEM = (
    "item_code", "lot", "product_group", "competition_unit", "variety", "dosage_form", "specification", "unit",
    "pack_quantity", "manufacturer_name", "daily_usage", "reference_price", "unified_code", "registration_no",
    "filling_note",
)  # fmt: skip
"""What is said of an item that is added, in the order of the page."""
KNOWN_CODE = "品规编号“{code}”在本项目中已有，请核对；已撤下的品规请更正“撤下”。"


def name_of(values: Mapping[str, Any]) -> str:
    return f"{values['item_code']} {values['variety']} {values['specification']}"


def check_code(project: Project, code: str) -> None:
    """Raises `ProjectRefused` where it has not the form of a code, or is taken."""
    if problem := item_code_problem(code):
        raise ProjectRefused(f"{problem}。")
    if CatalogItem.objects.filter(project=project, item_code=code).exists():
        raise ProjectRefused(KNOWN_CODE.format(code=code))


def reserved(values: Mapping[str, Any]) -> list[Change]:
    """What the correction says of the item under an id that is kept for it: each term that it has."""
    pk, name = next_id(CatalogItem), name_of(values)
    said = ((field, values.get(field)) for field in OF_ITEM)
    return [
        Change(TABLES[Kind.ITEM], pk, field, name, value, "", in_words(field, value), Effect.ADDED)
        for field, value in said
        if value not in (None, "")
    ]


def write_added(made: Correction, project: Project, changes: list[Change]) -> CatalogItem:
    """The row itself; the database lets it in only as the correction of this transaction names it."""
    values = {change.field: change.value for change in changes}
    last = CatalogItem.objects.filter(project=project).aggregate(last=Max("position"))["last"] or 0
    item: CatalogItem = CatalogItem.objects.create(
        pk=changes[0].pk,
        project=project,
        position=last + 1,
        added_in=made.number,
        pinyin=phrase_initials(values["variety"]),
        **values,
    )
    return item
