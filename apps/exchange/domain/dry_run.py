"""What an import would do, before it does it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from apps.exchange.domain.changes import Changes
from apps.exchange.files.readings import Problem, Row


@dataclass(slots=True)
class DryRun:
    """The outcome of validating a workbook: what is new, changed, unchanged and wrong.

    `new` and `changed` hold whatever the app's `apply` will write (unsaved objects, pairs of object and
    row, …); one element per row, the page shows their counts. `problems` block the import: all or nothing.
    `verified`: codes of which somebody has said that the papers say so too; the log tells.
    The same file applied and then uploaded again must give only `unchanged`.
    """

    new: list[Any] = field(default_factory=list)
    changed: list[Any] = field(default_factory=list)
    unchanged: list[Any] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    changes: Changes = field(default_factory=Changes)
    verified: set[str] = field(default_factory=set)

    def change(self, row: Row, key: str, old: object, new: object) -> None:
        """Tell that a cell of a known row changes a value; equal ones are not told."""
        if old != new:
            self.changes.tell(row, key, old, new)

    @property
    def wrong(self) -> int:
        """Number of rows with at least one problem; a problem of a whole sheet counts as one."""
        return len({(problem.sheet, problem.row) for problem in self.problems})

    @property
    def changes_something(self) -> bool:
        return bool(self.new or self.changed)

    @property
    def verified_words(self) -> str:
        """For the log: of which codes somebody has compared the papers; empty for none."""
        listed = "、".join(sorted(self.verified))
        return f"；已确认与证照核对无误：{listed}" if listed else ""

    def counts(self) -> dict[str, int]:
        return {
            "new": len(self.new),
            "changed": len(self.changed),
            "unchanged": len(self.unchanged),
            "wrong": self.wrong,
        }

    @classmethod
    def of_problems(cls, problems: Iterable[Problem]) -> "DryRun":
        """Nothing can be said but what is wrong."""
        return cls(problems=list(problems))
