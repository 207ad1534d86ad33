"""How a signed paper is laid out: wide tables whose numbers stay on one line, and signatures that never stand alone.

Invariant: nothing is cut. A column without a share is as wide as its longest value; names and other texts wrap in
what is left.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.exchange.files.pdf import (
    Block,
    Heading,
    NewPage,
    Qr,
    Room,
    Signatures,
    Space,
    Table,
    Text,
    table_width,
    widest,
)

SIZE = 8.5
TITLE = 12
ROOM = 22
"""Millimetres that one row of signatures asks for with its space, and of a heading with the first rows of its table."""
LINE = 7
"""Millimetres of a sentence."""
NARROWEST = 4 * SIZE
"""Points: short numbers don't stick together."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column. `share` of the room that is left makes it wrap; without one it is as wide as its longest value.

    A title breaks at its line feeds only, where the page has room for that.
    """

    title: str
    align: str = "l"
    share: float = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A table under its own heading. `rows` are the texts that are shown; `closing` its sums in words."""

    title: str
    columns: Sequence[Field]
    rows: Sequence[Sequence[str]]
    closing: str = ""
    starts_page: bool = False
    seals: Sequence[Sequence[str]] = ()


def blocks_of(
    *,
    facts: Sequence[tuple[str, str]],
    qr: str,
    statement: str,
    warning: str,
    sections: Sequence[Section],
    closing: str,
    seals: Sequence[Sequence[str]],
    proof: str,
) -> list[Block]:
    """In the order in which they are read; what is signed stands above its signatures, on the same page."""
    blocks: list[Block] = [Heading(facts=facts, qr=Qr(qr, size=26))]
    blocks += [Text(text) for text in (statement, warning) if text]
    for section in sections:
        blocks += _section(section)
    said = [Text(closing)] if closing else []
    blocks += [Room(LINE * (len(said) + 1) + ROOM * len(seals)), *said]
    return [*blocks, Text(proof, quiet=True, size=8), *_seals(seals)]


def _section(section: Section) -> list[Block]:
    blocks: list[Block] = [NewPage()] if section.starts_page else [Room(ROOM)]
    if section.title:
        blocks.append(Text(section.title, size=TITLE))
    blocks.append(
        Table(
            headers=[column.title for column in section.columns],
            rows=section.rows,
            widths=widths_of(section.columns, section.rows),
            align="".join(column.align for column in section.columns),
            size=SIZE,
        )
    )
    if section.closing:
        blocks += [Room(LINE + ROOM * len(section.seals)), Text(section.closing)]
    return [*blocks, *_seals(section.seals)]


def _seals(seals: Sequence[Sequence[str]]) -> list[Block]:
    blocks: list[Block] = []
    for labels in seals:
        blocks += [Space(2), Signatures(tuple(labels))]
    return blocks


def widths_of(columns: Sequence[Field], rows: Sequence[Sequence[str]]) -> list[float]:
    """In points, together the width of the page. Where whole values leave too little, they wrap as well."""
    whole = [
        0 if column.share else max(NARROWEST, _longest(column, (row[place] for row in rows)))
        for place, column in enumerate(columns)
    ]
    room = table_width(landscape=True)
    shares = sum(column.share for column in columns)
    left = max(room - sum(whole), room * min(shares, 1) / 4)
    return [
        width or left * column.share / shares for width, column in zip(whole, columns, strict=True)
    ]


def _longest(column: Field, values: Iterable[str]) -> float:
    return widest((*column.title.split("\n"), *values), SIZE)
