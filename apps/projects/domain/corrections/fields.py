"""What of a published project may be corrected, and what follows from it.

Invariant: whatever decided quantities at publication (codes, product groups, competition units, rules) is not among
it. A text follows everywhere at once; a price holds for what is reported from now on; a measure (pack, daily usage)
makes institutions check their quantities anew; a capacity never goes below what is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from apps.projects.domain.refusals import ProjectRefused
from apps.projects.models import CatalogItem, Project, ProjectKind, WinningProduct

Row = Project | CatalogItem | WinningProduct


class Effect(Enum):
    """What a corrected field moves."""

    TEXT = "各处文字随即改为新内容；已上报的数据和已生成的协议不变"
    PRICE = "此后上报的金额按新价格计算；已上报的版本和已生成的协议保持原金额"
    MEASURE = "涉及的机构须重新核对数量，已上报的退回修改"
    CAPACITY = "此后的分配以新产能为限"
    ADDED = "涉及的机构须填写本品规；已上报的退回，只填写这一行"


class Kind(Enum):
    """What is corrected: its model, what it is called, and the table that corrections name."""

    PROJECT = "project"
    ITEM = "item"
    PRODUCT = "product"


TABLES = {
    Kind.PROJECT: "projects_project",
    Kind.ITEM: "projects_catalogitem",
    Kind.PRODUCT: "projects_winningproduct",
}
_PROJECT = {"name": Effect.TEXT, "description": Effect.TEXT}
_ITEM = {
    "variety": Effect.TEXT,
    "dosage_form": Effect.TEXT,
    "specification": Effect.TEXT,
    "unit": Effect.TEXT,
    "pack_quantity": Effect.MEASURE,
    "daily_usage": Effect.MEASURE,
    "reference_price": Effect.PRICE,
    "manufacturer_name": Effect.TEXT,
    "unified_code": Effect.TEXT,
    "registration_no": Effect.TEXT,
    "lot": Effect.TEXT,
    "filling_note": Effect.TEXT,
    "is_withdrawn": Effect.MEASURE,
}
_PRODUCT = {
    "price": Effect.PRICE,
    "pack": Effect.MEASURE,
    "daily_usage": Effect.MEASURE,
    "cut": Effect.TEXT,
    "capacity": Effect.CAPACITY,
}
FIELDS: Mapping[Kind, Mapping[str, Effect]] = {
    Kind.PROJECT: _PROJECT,
    Kind.ITEM: _ITEM,
    Kind.PRODUCT: _PRODUCT,
}
LABELS = {
    **{field.name: str(field.verbose_name) for field in CatalogItem._meta.concrete_fields},
    "name": "项目名称",
    "description": "说明",
    "price": "包装中选价",
    "pack": "最小包装数量",
    "cut": "降幅（%）",
    "capacity": "最大产能",
}
UNLIMITED = "不限"
DECIMALS = {"daily_usage", "reference_price", "price", "cut"}


@dataclass(frozen=True, slots=True)
class Change:
    """One field with both values; `old` and `new` as people read them."""

    table: str
    pk: int
    field: str
    name: str
    value: Any
    old: str
    new: str
    effect: Effect

    @property
    def label(self) -> str:
        return LABELS[self.field]

    @property
    def told(self) -> dict[str, Any]:
        """As a correction keeps it."""
        names = ("table", "pk", "field", "name", "label", "old", "new")
        return {name: getattr(self, name) for name in names}

    @property
    def words(self) -> str:
        return f"{self.name} {self.label}由“{self.old}”改为“{self.new}”"


@dataclass(frozen=True, slots=True)
class Subject:
    """What is corrected, as it stands: the row, its name, its values by field."""

    kind: Kind
    row: Row
    name: str
    values: Mapping[str, Any]


def subject_of(project: Project, kind: Kind, pk: int) -> Subject | None:
    """One statement; `None` if the project has no such thing."""
    if kind == Kind.PROJECT:
        return _subject(kind, project, project.name, project) if pk == project.pk else None
    if kind == Kind.ITEM:
        item = CatalogItem.objects.filter(project=project, pk=pk).first()
        return _subject(kind, item, f"{item.item_code} {item}", project) if item else None
    rows = WinningProduct.objects.filter(project=project, pk=pk).with_terms()
    product = rows.select_related("item", "enterprise").first()
    if product is None or project.kind != ProjectKind.ALLOCATION:
        return None
    name = f"{product.item.item_code} {product.item} · {product.enterprise}"
    return _subject(kind, product, name, project)


def _subject(kind: Kind, row: Row, name: str, project: Project) -> Subject:
    """An item of an allocation has volumes already: it is not withdrawn."""
    left_out = "is_withdrawn" if project.kind == ProjectKind.ALLOCATION else ""
    fields = (field for field in FIELDS[kind] if field != left_out)
    return Subject(kind, row, name, {field: getattr(row, field) for field in fields})


def changes_of(subject: Subject, values: Mapping[str, Any]) -> list[Change]:
    """What differs, in the order of the page. Raises `ProjectRefused` for what may not be empty."""
    changes = []
    for field, old in subject.values.items():
        effect = FIELDS[subject.kind][field]
        new = values.get(field, old)
        if new == old:
            continue
        if new is None and field not in ("reference_price", "capacity"):
            raise ProjectRefused(f"“{LABELS[field]}”不能为空。")
        changes.append(
            Change(
                TABLES[subject.kind],
                subject.row.pk,
                field,
                subject.name,
                new,
                in_words(field, old),
                in_words(field, new),
                effect,
            )
        )
    return changes


def in_words(field: str, value: Any) -> str:
    if value is None:
        return UNLIMITED if field == "capacity" else "空"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return f"{value:,}" if isinstance(value, int) else str(value) or "空"


def read(field: str, value: Any) -> Any:
    """A value that a job was told, as it was meant."""
    return Decimal(value) if field in DECIMALS and value is not None else value
