"""A cell reads as django-tables2's own row has it, whatever stands behind its column."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from django.utils.html import format_html

from apps.organizations.models import Organization, Tier
from apps.ui.tables import Column, ListTable, NumberColumn


@dataclass
class Held:
    """A record that is no model."""

    name: str | None = "<甲>"
    number: int | None = 1_234
    unit: Organization | None = None

    def told(self):
        return "说明"


class Plain(ListTable):
    name = Column(verbose_name="名称")
    number = NumberColumn(verbose_name="数量")
    told = Column(verbose_name="方法")
    tier = Column(accessor="unit__tier")
    lacking = Column(accessor="unit__no_such")
    counted = Column(accessor="pk", empty_values=())

    def render_counted(self, record, value):
        return format_html("<b>{}-{}</b>", getattr(record, "number", 0), value)


class Units(ListTable):
    name = Column()
    tier = Column()
    above = Column(accessor="parent__name")
    its_tier = Column(accessor="parent__tier")
    place = Column(accessor="path", default="无")
    lacking = Column(accessor="parent__no_such__thing")
    all_of_it = Column(accessor="pk", empty_values=())

    def render_all_of_it(self, **given):
        return ",".join(sorted(given))

    def render_place(self, value, table, bound_row, bound_column, column):
        return f"{value}{bound_column.name}{type(table).__name__}{bound_row.row_counter >= 0}{column.default}"


PROVINCE = Organization(name="湖北<省>", tier=Tier.PROVINCE, path="/0/42/")
RECORDS = (
    (Plain, Held()),
    (Plain, Held(None, None)),
    (Plain, Held("", 0, PROVINCE)),
    (Plain, {"name": "乙", "number": Decimal(5), "unit__tier": "直接"}),
    (Units, PROVINCE),
    (Units, Organization(name="甲医院", tier=Tier.INSTITUTION, path="", parent=PROVINCE)),
)


@pytest.mark.parametrize(("table", "record"), RECORDS)
def test_a_cell_is_what_the_library_makes_of_it(table, record):
    shown = table([record])
    (row,) = shown.rows

    ours = [cell.html(row) for cell in shown.cells]

    assert ours == [
        format_html("{}{}{}", _safe(cell.before), row.get_cell(cell.bound.name), _safe(cell.after))
        for cell in shown.cells
    ]


def _safe(text):
    return format_html(text.replace("{", "{{").replace("}", "}}") + "{}", "")


def test_what_one_table_hides_another_shows():
    Plain([]).columns.hide("number")

    assert "number" in [column.name for column in Plain([]).columns]
