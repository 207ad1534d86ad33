"""As whom a process speaks to PostgreSQL: as the owner of all tables, or as the runner that owns nothing.

Invariant: only what changes the schema or fills tables by COPY runs as the owner; where no owner is named, there is
one role for everything.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

PATIENT = {"connect_timeout": 2, "tcp_user_timeout": 5000}
"""Seconds, milliseconds: nobody waits for a standby that is gone."""
OWNERS_COMMANDS = frozenset(
    {
        "backup",
        "build_national",
        "flush",
        "load_demo",
        "migrate",
        "pgtrigger",
        "squashmigrations",
        "verify_backup",
    }
)
"""Commands of `manage.py` that create, alter or empty tables, fill them past their triggers or by COPY, which policies
don't allow, or read all as one."""


def runs_as_owner(arguments: Sequence[str]) -> bool:
    """Whether this command line is one of the owner's."""
    program, *rest = arguments or [""]
    command = next((word for word in rest if not word.startswith("-")), "")
    return Path(program).name == "manage.py" and command in OWNERS_COMMANDS


def standby_of(primary: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """The connection of a standby: what its address says, else as the primary's, but for whom that looks for."""
    planned = {"prepare_threshold": primary["OPTIONS"]["prepare_threshold"]}
    options = {**planned, **PATIENT, **told.get("OPTIONS", {})}
    return {**primary, **told, "ENGINE": primary["ENGINE"], "OPTIONS": options}
