"""What a delivery says.

Invariant: ids, project, unit, state and time, and nothing else: whoever wants to know more asks the interface, within
its own rights.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from apps.notices.models import Event
from apps.organizations.models import Enterprise, Organization
from apps.projects.models import Project


@dataclass(frozen=True, slots=True)
class Names:
    """What projects and units of some events are called: codes for programs, names for people."""

    projects: Mapping[int, tuple[str, str]]
    units: Mapping[str, tuple[str, str]]

    def project(self, event: Event) -> tuple[str | None, str]:
        return self.projects.get(event.project_id or 0, (None, ""))

    def unit(self, event: Event) -> tuple[str | None, str]:
        return self.units.get(event.path, (None, ""))


def names_of(events: Sequence[Event]) -> Names:
    """Three statements, whatever their number."""
    projects = Project.objects.filter(pk__in={event.project_id for event in events})
    paths = {event.path for event in events}
    units = Organization.objects.filter(path__in=paths)
    named = {path: (code, name) for path, code, name in units.values_list("path", "code", "name")}
    keys = {path: key for path in paths - named.keys() if (key := _enterprise(path))}
    found = Enterprise.objects.filter(pk__in=set(keys.values()))
    enterprises = {key: (uscc, name) for key, uscc, name in found.values_list("pk", "uscc", "name")}
    named |= {path: enterprises[key] for path, key in keys.items() if key in enterprises}
    return Names(
        {key: (code, name) for key, code, name in projects.values_list("pk", "code", "name")}, named
    )


def _enterprise(path: str) -> int | None:
    """The key of the enterprise whose account stands there: `/0/42/E7/`."""
    last = path.strip("/").rpartition("/")[2]
    return int(last[1:]) if last[:1] == "E" and last[1:].isdecimal() else None


def payload(delivery: str, event: Event, names: Names) -> bytes:
    """The body of a webhook: JSON in UTF-8."""
    about = {"kind": event.object_kind, "id": event.object_id} if event.object_kind else None
    told: dict[str, Any] = {
        "id": delivery,
        "event": event.name,
        "time": timezone.localtime(event.at).isoformat(timespec="seconds"),
        "project": names.project(event)[0],
        "unit": names.unit(event)[0],
        "state": event.state,
        "object": about,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def words(event: Event, names: Names) -> str:
    """One sentence for mail and short messages."""
    project, unit = names.project(event)[1], names.unit(event)[1]
    where = f"“{project}”" if project else ""
    whom = f"（{unit}）" if unit else ""
    return f"{where}{event.get_name_display()}{whom}，请登录平台查看。"
