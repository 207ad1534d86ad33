"""What a paper to be signed says, and the digest of it: the same data gives the same, whoever prints it and when."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from apps.exchange.files.paper_layout import Section

SIGNED_BY = ("编制人（签字）", "复核人（签字）", "负责人（签字）")
SEALED = ("单位（盖章）", "日期")


@dataclass(frozen=True, slots=True)
class Paper:
    """What a paper says. `about` are facts of the data (scope, version); `warning` says why it may not be signed."""

    title: str
    project_code: str
    project_name: str
    statement: str
    sections: Sequence[Section]
    about: Sequence[tuple[str, str]] = ()
    closing: str = ""
    warning: str = ""
    seals: Sequence[Sequence[str]] = field(default=(SIGNED_BY, SEALED))

    @property
    def digest(self) -> str:
        """SHA-256 in hex of title, project, facts and every cell of every table, whoever prints it and when."""
        hashed = hashlib.sha256()
        lines: list[Sequence[str]] = [(self.title, self.project_code), *self.about]
        for section in self.sections:
            lines += [(section.title,), [column.title for column in section.columns]]
            lines += section.rows
        for line in lines:
            hashed.update("\t".join(line).encode() + b"\n")
        return hashed.hexdigest()
