"""Whether the platform is being worked on: said by a file, so that it is known without a database and costs nothing.

Invariant: while it is read-only nothing that people send is carried out; what they typed stays in their browsers.
"""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings
from django.db import models


class Mode(models.TextChoices):
    READ_ONLY = "read_only", "只能查看"
    CLOSED = "closed", "暂停使用"


SENTENCES = {
    Mode.READ_ONLY: "系统正在维护，暂时只能查看、不能保存。",
    Mode.CLOSED: "系统正在维护，暂时不能使用。",
}


@dataclass(frozen=True, slots=True)
class Maintenance:
    """What is said to people; `until` as they read it, such as `22:30`."""

    mode: str
    until: str = ""

    @property
    def sentence(self) -> str:
        end = f"预计 {self.until} 恢复。" if self.until else ""
        return f"{SENTENCES[Mode(self.mode)]}{end}"

    @property
    def is_closed(self) -> bool:
        return self.mode == Mode.CLOSED


def current() -> Maintenance | None:
    """Nothing as well where the file cannot be made out: that is no reason to answer nobody."""
    try:
        said = json.loads(_file().read_text())
        return Maintenance(Mode(said["mode"]), str(said["until"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def begin(maintenance: Maintenance) -> None:
    _file().parent.mkdir(parents=True, exist_ok=True)
    part = _file().with_suffix(".part")
    part.write_text(json.dumps(asdict(maintenance), ensure_ascii=False))
    part.rename(_file())


def end() -> None:
    _file().unlink(missing_ok=True)


def _file() -> Path:
    return Path(settings.MAINTENANCE_FILE)
