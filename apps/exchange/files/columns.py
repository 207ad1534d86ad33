"""The column table: one description of a workbook drives its template, import, export and error report.

    CATALOGUE = WorkbookSpec("projects.catalogue", filename="品种目录", sheets=(
        SheetSpec("目录", key=("code",), columns=(
            Column("code", "产品编码", Kind.CODE, required=True, help="平台统一编码，不要改动"),
            Column("name", "品种名称", required=True, max_length=100),
            Column("pack", "转换比", Kind.WHOLE, required=True, minimum=1),
            Column("price", "中选价格（元）", Kind.DECIMAL, decimals=4, minimum=0),
            Column("ends_on", "采购周期止", Kind.DATE),
            Column("kind", "类型", Kind.CHOICE, choices=ProductType.choices),
        )),
    ))

What an empty cell becomes: "" for TEXT, CODE and CHOICE, None for the other kinds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any
from unicodedata import east_asian_width

from apps.exchange.files.normalizing import heading


class Kind(StrEnum):
    """What a column holds, and as which Python type a cell arrives."""

    TEXT = "text"  # str, one line, as written
    CODE = "code"  # str without any white space; leading zeros stay
    WHOLE = "whole"  # int
    DECIMAL = "decimal"  # Decimal
    DATE = "date"  # datetime.date
    MOMENT = (
        "moment"  # datetime.datetime, of exports only; shown in the project's zone, to the second
    )
    CHOICE = "choice"  # the stored value of one of `choices`
    YESNO = "yesno"  # bool, written 是 and 否


TEXT, CODE, WHOLE, DECIMAL, DATE, MOMENT, CHOICE, YESNO = Kind
TEXTUAL = frozenset({Kind.TEXT, Kind.CODE, Kind.CHOICE})
SHEET_NAME = 25  # Excel allows 31; a second part needs room for "(12)"
Choice = tuple[Any, str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title in the sheet, its key in the program, what its cells may hold.

    `choices` are labels, or (value, label) pairs as `TextChoices.choices` gives them. `length` is the fixed
    length of a CODE: numbers that lost their leading zeros get them back. `percent`: a DECIMAL of per cents,
    35 for 35 %, whether the cell says 35, 35% or is formatted as a percentage. `locked`: the template fills
    the cell in and protects it. An upload may lack an `optional` column: its cells are empty then, and
    `Row.absent` names it, so that a check leaves alone what stands there. `aliases` are other titles under which an
    upload may carry the column. An `is_quantity` WHOLE may say `120盒`: its value is then
    `Written`, until `cross_checks.measured` knows the pack. An `is_name` text is one that
    `name_problem` finds right.
    `width` is in characters of a digit's width, and never less than the title takes.
    """

    key: str
    title: str
    kind: Kind = Kind.TEXT
    required: bool = False
    help: str = ""
    width: int = 14
    choices: Iterable[str | Choice] = ()
    decimals: int = 2
    max_length: int = 200
    length: int | None = None
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    percent: bool = False
    locked: bool = False
    aliases: tuple[str, ...] = ()
    optional: bool = False
    is_quantity: bool = False
    is_name: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", Kind(self.kind))
        object.__setattr__(self, "choices", tuple(_pair(choice) for choice in self.choices))
        object.__setattr__(self, "width", max(self.width, taken(self.title) + 2))
        if (self.kind is Kind.CHOICE) != bool(self.choices):
            raise ValueError(f"Column {self.key}: choices belong to CHOICE, and CHOICE needs them.")

    @property
    def pairs(self) -> tuple[Choice, ...]:
        """The choices as (value, label)."""
        return tuple(self.choices)  # type: ignore[arg-type]

    @property
    def headings(self) -> frozenset[str]:
        """Every title under which the column is recognised, in comparable form."""
        return frozenset(heading(title) for title in (self.title, *self.aliases))

    @property
    def empty(self) -> str | None:
        return "" if self.kind in TEXTUAL else None


def taken(text: str) -> int:
    """The width of a text in a sheet: a Chinese character takes the place of two digits."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


@dataclass(frozen=True, slots=True)
class SheetSpec:
    """One sheet. `key` names the columns that together tell one row from another; duplicates are refused.

    `optional`: the sheet may be missing or empty, as long as another one of the workbook has rows. `notes` stand
    in rows of their own above the titles of an exported sheet.
    """

    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    optional: bool = False
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        titles = [column.title for column in self.columns]
        if (
            len(set(keys)) < len(keys)
            or len(set(titles)) < len(titles)
            or set(self.key) - set(keys)
        ):
            raise ValueError(
                f"Sheet {self.title}: keys and titles must be unique, and the key must exist."
            )
        if len(self.title) > SHEET_NAME or set(self.title) & set("[]:*?/\\"):
            raise ValueError(f"Sheet {self.title}: not a sheet name for Excel.")

    def column(self, key: str) -> Column:
        return next(column for column in self.columns if column.key == key)

    def only(self, *keys: str) -> "SheetSpec":
        """The sheet narrowed to some columns, in the given order."""
        return SheetSpec(self.title, tuple(self.column(key) for key in keys), ())


@dataclass(frozen=True, slots=True)
class WorkbookSpec:
    """A workbook: `name` identifies it in templates and jobs, `filename` (no extension) is what people see.

    `aids` are sheets of its template to look things up in and copy from; they are never read.
    """

    name: str
    sheets: tuple[SheetSpec, ...]
    filename: str
    aids: tuple[SheetSpec, ...] = ()

    def sheet(self, title: str) -> SheetSpec:
        return next(sheet for sheet in self.sheets if sheet.title == title)


def _pair(choice: str | Choice) -> Choice:
    return (choice, choice) if isinstance(choice, str) else (choice[0], str(choice[1]))
