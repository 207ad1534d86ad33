"""What may be asked and what is answered. Pure but for the models that it names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import TextChoices

from apps.projects.models import Project
from apps.review.models import Filing


class Dimension(TextChoices):
    """What figures may be told apart by; the values stand in addresses and never change.

    Keys: places by the code of their bureau (`42`, `420100`); grade, ownership and kind by their own text, `-` where
    an institution has none; items by item code; variety, manufacturer and product group by their name; statuses of
    institutions by `review.Status`. Institutions straight below a province or city stand under its own code.
    """

    PROVINCE = "province", "省份"
    CITY = "city", "地市"
    COUNTY = "county", "区县"
    GRADE = "grade", "机构等级"
    OWNERSHIP = "ownership", "所有制"
    KIND = "kind", "机构类型"
    VARIETY = "variety", "品种"
    ITEM = "item", "品规"
    MANUFACTURER = "manufacturer", "生产企业"
    PRODUCT_GROUP = "group", "产品组"
    STATUS = "status", "上报状态"


PLACES = (Dimension.PROVINCE, Dimension.CITY, Dimension.COUNTY)
"""From the top down."""
FACETS = (Dimension.GRADE, Dimension.OWNERSHIP, Dimension.KIND)
"""What an institution was when it reported."""
GOODS = (Dimension.VARIETY, Dimension.ITEM, Dimension.MANUFACTURER, Dimension.PRODUCT_GROUP)
"""What of the catalogue is counted."""


GROUPED: Mapping[Dimension, Dimension] = {
    Dimension.CITY: Dimension.PROVINCE,
    Dimension.COUNTY: Dimension.CITY,
    Dimension.ITEM: Dimension.VARIETY,
}
"""What rows can be grouped by: each row has one key of it."""


class TooWide(ValueError):
    """More rows, columns or cells than a page or a sheet is good for; the text is a Chinese sentence to show."""


@dataclass(frozen=True)
class Question:
    """Figures of the subtree of `root`, by one dimension or two.

    `filters` name the keys that count, of any dimensions; one without keys does not narrow. Without `STATUS` in the
    question, institutions count that have reported (submitted or approved); with it, all of them by their status,
    drafts as far as they are typed. `groups` also adds rows up by a dimension that each row has one key of: a place
    further up, the variety of items.
    """

    project: Project
    root: Filing
    rows: Dimension
    columns: Dimension | None = None
    filters: Mapping[Dimension, tuple[str, ...]] = field(default_factory=dict)
    groups: Dimension | None = None


@dataclass(frozen=True)
class Measures:
    """The figures of one cell.

    `quantity` in smallest units; `None` where different units would be added. `bought` is the exact sum over the
    baseline years, `previous` their mean in whole units, half up. `amount` is yuan and fen at the catalogue's reference
    prices, each institution's amount of an item rounded; `None` without prices. `institutions` counts each institution
    once, however many items it wants: in cells of items those that want any of them, otherwise all that count.
    """

    quantity: int | None
    previous: int | None
    amount: Decimal | None
    institutions: int
    bought: int | None = None


@dataclass(frozen=True)
class Header:
    """A row or column: its key and what it is called."""

    key: str
    label: str


@dataclass(frozen=True)
class Groups:
    """Rows added up: headers in their order, figures by (group key, column key) and by group, the group of each row."""

    headers: tuple[Header, ...]
    cells: Mapping[tuple[str, str], Measures]
    totals: Mapping[str, Measures]
    of: Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """Headers in their order, figures by (row key, column key); a cell that is absent is nothing.

    Without a second dimension there is one column with the key `""`. Totals are counted anew, not added up from
    cells. `as_of` is now where everything is frozen, otherwise the age of the oldest summary that was read;
    `unread` counts bureaus at work that no summary has reached yet: their figures are missing.
    """

    rows: tuple[Header, ...]
    columns: tuple[Header, ...]
    cells: Mapping[tuple[str, str], Measures]
    row_totals: Mapping[str, Measures]
    column_totals: Mapping[str, Measures]
    total: Measures
    as_of: datetime
    unread: int = 0
    groups: Groups | None = None
