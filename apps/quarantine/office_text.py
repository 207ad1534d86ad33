"""What the text of a Word, Excel or PowerPoint file starts or fetches without being clicked. Runs inside alone.

Invariants: instructions are read as these programs put them together (from pieces, whatever the encoding); each part
is gone through once, in chunks; what is no XML starts nothing.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

STARTS, FETCHES = "objects", "remote"
LINKS = {"ddeLink", "oleLink"}
CONNECTIONS = {"webPr", "dbPr", "olapPr"}
INSTRUCTIONS = {"instrText", "delInstrText"}
FORMULAS = {"f", "definedName", "formula", "formula1"}
TEXTS = INSTRUCTIONS | FORMULAS
PROGRAMS = re.compile(r"^[ \t\"]*DDE(?:AUTO)?\b", re.IGNORECASE | re.MULTILINE)
AFAR = re.compile(
    r"^[ \t\"]*(?:INCLUDE(?:PICTURE|TEXT)|IMPORT|RD|LINK\s+\S+)\s+[\s\"]*(?:[a-z][a-z0-9+.-]{1,20}:/|[\\/]{2})"
    r"|^[ \t\"]*DATABASE\s",
    re.IGNORECASE | re.MULTILINE,
)
CALLS = re.compile(r"\b(?:WEBSERVICE|IMAGE|RTD|REGISTER(?:\.ID)?|CALL)\s*\(", re.IGNORECASE)
ACTIONS = ("ppaction://program", "ppaction://macro", "ppaction://ole")
MOST = 20_000  # characters of instructions looked at together


@dataclass(slots=True)
class Reading:
    """Goes through one part; `found` says what is hostile in it."""

    found: str = ""
    instructions: str = ""
    formula: str = ""
    inside: str = ""
    parser: Any = field(init=False)

    def __post_init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = _stop

    def feed(self, chunk: bytes, *, is_last: bool = False) -> bool:
        """False once there is nothing to go on with."""
        try:
            self.parser.Parse(chunk, is_last)
        except (expat.ExpatError, ValueError):
            return False
        return not self.found

    def _start(self, name: str, told: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag in LINKS or told.get("action", "").lower().startswith(ACTIONS):
            self.found = STARTS
        elif tag in CONNECTIONS:
            self.found = FETCHES
        elif tag in {"fldChar", "fldSimple"}:
            begun = [value for key, value in told.items() if key.rpartition(":")[2] == "instr"]
            self._instruct("\n".join(["", *begun]))
        elif tag in TEXTS:
            self.inside, self.formula = tag, ""

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == self.inside:
            if self.inside in FORMULAS and CALLS.search(self.formula):
                self.found = FETCHES
            self.inside = ""

    def _text(self, text: str) -> None:
        if self.inside in INSTRUCTIONS:
            self._instruct(text)
        elif self.inside:
            self.formula = f"{self.formula}{text}"[:MOST]

    def _instruct(self, text: str) -> None:
        self.instructions = f"{self.instructions}{text}"[-MOST:]
        if PROGRAMS.search(self.instructions):
            self.found = STARTS
        elif AFAR.search(self.instructions):
            self.found = FETCHES


def _stop(*_declaration: object) -> None:
    """None of these programs opens a part that declares a type."""
    raise ValueError
