"""Garbage for forms: what the pages themselves offer, and what nobody should type. Reproducible by its seed."""

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.pages import tags

CONTROLS = ("input", "select", "textarea", "button")
NAMES = ""
"""Under which `Fuzz` keeps the names of all fields: no field has none."""
NEVER = {"csrfmiddlewaretoken"}
TYPED = (
    "", " ", "0", "-1", "1", "2147483648", "9223372036854775808", "9" * 40, "9" * 5_000, "1e309", "NaN", "-0", "0x10",
    "٣", "１２", "1,234", "0.00001", "true", "null", "[]", "{}", "../../etc/passwd", "//evil.example/", "javascript:x",
    "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "'; DROP TABLE x; --", "%00", "\u202e\u2028", "\U0001f4a9" * 40,
    "啊" * 400, "x" * 20_000, "0000-00-00", "9999-12-31", "2026-02-30", "24:00", "25:61", "2026-11-22T12:00:00+08:00",
)  # fmt: skip
FILES = (
    ("x.xlsx", b"PK\x03\x04 not really"), ("x.xlsx", b""), ("../../x.exe", b"MZ"), ("x.pdf", b"%PDF-1.7 /Encrypt"),
    ("\u202e.zip", b"PK\x05\x06" + b"\0" * 18), ("x" * 300 + ".png", b"\x89PNG\r\n\x1a\n"), ("x", b"\xff\xfe"),
)  # fmt: skip
QUERIES = (
    "", "upload=x", "upload=", "page=-1", "page=" + "9" * 5_000, "per_page=0", "sort=-path", "sort=password",
    "next=//evil.example/", "queue=%26a%3D%00", "before=x,y", "seen=x", "status=x&status=y", "format=csv",
)  # fmt: skip
PIECES = re.compile(r"^(?P<stem>.*?)(?P<number>\d+)$")


@dataclass
class Fuzz:
    """The forms of some pages (names with the values that were seen), and ids that belong to others."""

    chance: random.Random
    seen: dict[str, set[str]] = field(default_factory=dict)
    ids: tuple[int, ...] = ()
    in_order: dict[str, list[str]] = field(default_factory=dict)
    """Of what was seen, what forms have drawn from; a round of them draws some million times."""

    def learn(self, page: str) -> None:
        """The controls of a page; of fields that are numbered, other numbers too. A file has none."""
        if not page.lstrip().startswith("<"):
            return
        self.in_order.clear()
        for control in (each for kind in CONTROLS for each in tags(page, kind)):
            if (name := control.get("name")) and name not in NEVER:
                self.seen.setdefault(name, set()).add(control.get("value") or "")
                if numbered := PIECES.match(name):
                    other = f"{numbered['stem']}{self.chance.choice(self.ids or (0,))}"
                    self.seen.setdefault(other, set()).add("1")
        for option in tags(page, "option"):
            self.seen.setdefault("option", set()).add(option.get("value") or "")

    def form(self) -> dict[str, Any]:
        """Nearly what the page would send, or anything but that."""
        wild = self.chance.random()
        given: dict[str, Any] = {}
        for name in self._known(NAMES):
            if self.chance.random() < wild / 3:
                continue
            value = self._value(name, wild)
            given[name] = value
            if self.chance.random() < wild / 10:
                given[f"{name}[]"] = value
        if self.chance.random() < wild / 4:
            given["file"] = given["files"] = self._file()
        if self.chance.random() < wild / 20:
            given["a\0b"] = "\0"
        return given

    def _value(self, name: str, wild: float) -> Any:
        known = self._known(name)
        if self.chance.random() >= wild:
            return self.chance.choice(known)
        if self.chance.random() < 0.3 and self.ids:
            return [str(self.chance.choice(self.ids)) for _ in range(self.chance.randint(1, 3))]
        options = self._known("option")
        at = self.chance.randrange(len(TYPED) + len(known) + len(options))
        for values in (TYPED, known):
            if at < len(values):
                return values[at]
            at -= len(values)
        return options[at]

    def _known(self, name: str) -> list[str]:
        """The values of a field, or the names of all, in an order that a seed repeats."""
        if name not in self.in_order:
            self.in_order[name] = sorted(self.seen if name == NAMES else self.seen.get(name, {""}))
        return self.in_order[name]

    def _file(self) -> SimpleUploadedFile:
        name, content = self.chance.choice(FILES)
        return SimpleUploadedFile(name, content)

    def query(self) -> str:
        return self.chance.choice(QUERIES)


def numbers_of(rows: Iterable[Any]) -> Iterator[int]:
    """Ids that exist, and a few that can't."""
    yield from (row.pk for row in rows)
    yield from (0, -1, 2**31, 2**63, 10**30)
