"""The table every list is made of, and its columns.

    class FilingTable(ListTable):
        select = SelectColumn(selectable=lambda record: record.status != Status.APPROVED)
        name = Column(verbose_name="医疗机构", order_by=("organization__sort_key",))
        status = StatusColumn(verbose_name="审核状态", accessor="status_label")
        amount = MoneyColumn(verbose_name="合同金额（元）")
        actions = CellColumn("review/_filing_actions.html", verbose_name="操作")

`select` always comes first and `actions` always last. The first other column is the row's
heading and stays in sight when the table scrolls sideways. On phones each row is a card; cells of
class `minor` (`attrs={"td": {"class": "minor"}}`) are left out there.
"""

import copy
from collections import OrderedDict
from collections.abc import Callable
from html import escape
from typing import Any

import django_tables2 as tables
from django.template.loader import get_template
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django_tables2 import Column as Column  # noqa: PLC0414 lists import it from here
from django_tables2.columns import BoundColumn
from django_tables2.rows import BoundRow
from django_tables2.utils import computed_values

from apps.ui import formats
from apps.ui.cells import Cells
from apps.ui.paging import DEFAULT_PAGE_SIZE
from apps.ui.tones import pill

SELECTED = "selected"
SELECTION_FORM = "selection"
WRAPPED = "wrap"
"""The class of texts that take several lines; on low screens two, until they are pressed (`full-text.js`)."""


class _Columns(OrderedDict[str, Column]):
    """The columns of a kind of table. Each table hides and names copies of them; what they are made of is shared."""

    def __deepcopy__(self, _memo: dict[int, Any]) -> OrderedDict[str, Column]:
        return OrderedDict((name, copy.copy(column)) for name, column in self.items())


class ListTable(tables.Table):
    """Base of all list tables; `empty_title` and `empty_hint` say what to do when nothing is there."""

    empty_title = "这里还没有内容"
    empty_hint = ""
    caption = ""
    rows_per_page = DEFAULT_PAGE_SIZE
    printed = False
    """Drawn for the printer; set by `apps.ui.lists`."""

    class Meta:
        order_by_field = "sort"
        template_name = "ui/table.html"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.base_columns = _Columns(cls.base_columns)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        names = list(type(self).base_columns)
        first = [name for name in names if name == "select"]
        last = [name for name in names if name == "actions"]
        kwargs.setdefault("sequence", (*first, "...", *last))
        super().__init__(*args, **kwargs)

    def get_column_class_names(self, classes_set: set[str], bound_column: BoundColumn) -> set[str]:
        """Column names are not class names (`status`, `row` would meet the framework's)."""
        return classes_set

    @cached_property
    def heading_name(self) -> str:
        """Name of the column that heads each row."""
        visible = [column.name for column in self.columns.iterall() if column.visible]
        return next((name for name in visible if name not in {"select", "actions"}), "")

    @cached_property
    def classes(self) -> dict[str, tuple[str, str]]:
        """Classes of every column's head and cells; the same for all rows."""
        special = {
            "select": "col-select",
            "actions": "col-actions",
            self.heading_name: "col-heading",
        }

        def classes_of(column: BoundColumn) -> tuple[str, str]:
            attrs, more = column.attrs, special.get(column.name, "")
            own = [attrs.get(part, {}).get("class") or "" for part in ("th", "td")]
            return f"{own[0]} {more}".strip(), f"{own[1]} {more}".strip()

        return {column.name: classes_of(column) for column in self.columns.iterall()}

    @cached_property
    def cells(self) -> list[Cells]:
        """Of the columns that are shown."""
        return [self._cells(column) for column in self.columns]

    def row_html(self, row: BoundRow) -> SafeString:
        """One row, short: a list of 100 rows is to stay within 100 KB (architecture, cost rules)."""
        given = {"record": row.record, "table": self}
        attrs = format_html_join("", ' {}="{}"', computed_values(self.row_attrs, given).items())
        cells = "".join(cell.html(row) for cell in self.cells)
        return SafeString(f"<tr{attrs}>{cells}</tr>")

    def _cells(self, column: BoundColumn) -> Cells:
        classes = self.classes[column.name][1]
        classed = format_html(' class="{}"', classes) if classes else ""
        if WRAPPED in classes.split():
            return Cells(column, f'<td{classed}><div class="clamp">', "</div></td>")
        if column.name == self.heading_name:
            return Cells(column, f'<th scope="row"{classed}><span class="whole">', "</span></th>")
        return Cells(column, f"<td{classed}>", "</td>")


class SelectColumn(tables.CheckBoxColumn):
    """A tick box per row, sent as `selected` by the form that `bulk_form` draws.

    `selectable(record)` false: shown, but cannot be ticked (S0-20); `name_of` names the row.
    """

    empty_values = ()

    def __init__(
        self,
        *,
        selectable: Callable[[Any], bool] | None = None,
        name_of: Callable[[Any], str] = str,
        accessor: str = "pk",
        form: str = SELECTION_FORM,
    ) -> None:
        super().__init__(accessor=accessor, verbose_name="选择")
        self.selectable = selectable
        self.name_of = name_of
        # What all rows share is written once.
        self.box = (
            f'<input type="checkbox" class="form-check-input" name="{SELECTED}" value="{{}}" form="{escape(form)}"'
            ' aria-label="选择 {}" data-select-row{}>'
        )

    @property
    def header(self) -> SafeString:
        return format_html(
            '<input type="checkbox" class="form-check-input" data-select-page hidden'
            ' aria-label="选择本页全部">{}',
            SafeString('<span class="visually-hidden">选择</span>'),
        )

    def render(self, value: Any, bound_column: Any, record: Any) -> SafeString:
        allowed = self.selectable is None or self.selectable(record)
        shut = "" if allowed else SafeString(" disabled")
        return format_html(self.box, str(value), self.name_of(record), shut)


class CellColumn(tables.TemplateColumn):
    """A cell drawn by a small template that gets `record`, `value` and the page's own context."""

    def __init__(self, template_name: str, **kwargs: Any) -> None:
        kwargs.setdefault("orderable", False)
        super().__init__(template_name=template_name, **kwargs)

    def render(self, record: Any, table: Any, value: Any, bound_column: Any, **kwargs: Any) -> str:
        """Unlike the parent class, runs no context processor per row."""
        cell = self.get_context_data(
            record=record, table=table, value=value, bound_column=bound_column, **kwargs
        )
        with table.context.push(**cell):
            backend: Any = get_template(self.template_name)
            return backend.template.render(table.context)


class LinksColumn(CellColumn):
    """操作 that only lead to pages of the record: labels with the names of their addresses."""

    def __init__(self, *links: tuple[str, str]) -> None:
        super().__init__(
            "ui/_row_links.html",
            verbose_name="操作",
            accessor="pk",
            extra_context={"links": links},
        )


class StatusColumn(Column):
    """A status pill; the value is anything with `label` and `tone` (an enum member, a tuple-like)."""

    def render(self, value: Any) -> SafeString:
        return pill(str(value.label), value.tone)


class NumberColumn(Column):
    """Right-aligned, tabular; subclasses say how the value reads."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["attrs"] = {
            "th": {"class": "end"},
            "td": {"class": "end num"},
            **kwargs.get("attrs", {}),
        }
        super().__init__(**kwargs)

    def render(self, value: Any) -> str:
        return formats.whole(value)


class QuantityColumn(NumberColumn):
    """A whole number of smallest units; name the unit in the heading."""


class MoneyColumn(NumberColumn):
    """Yuan without the sign (name it in the heading); `decimals=4` for unit prices."""

    def __init__(self, *, decimals: int = 2, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.decimals = decimals

    def render(self, value: Any) -> str:
        return formats.yuan(value, decimals=self.decimals).replace("¥ ", "")


class PercentColumn(NumberColumn):
    """A rate already in percent, one decimal, signed when `signed`."""

    def __init__(self, *, signed: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.signed = signed

    def render(self, value: Any) -> str:
        return formats.percent(value, signed=self.signed)


class MomentColumn(Column):
    """`2026-11-22 14:30` in local time."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs["attrs"] = {"td": {"class": "num"}, **kwargs.get("attrs", {})}
        super().__init__(**kwargs)

    def render(self, value: Any) -> str:
        return formats.moment(value)
