"""切换项目: the rounds that an account sees, where it stands in each, until when, and where each one opens.

Invariant: what asks something of the account comes first, then what is under way, then the rest, each the latest first.
A round opens on the page that the account came from, where that page is one of this round too; else where one works.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import Resolver404, resolve, reverse

from apps.accounts.models.roles import Role
from apps.portal.domain.todos import Todo, right_to_work, todos_for, url_of
from apps.projects.domain.windows.timings import timings_across
from apps.projects.models import Project, ProjectKind
from apps.projects.models.windows import Timing
from apps.review.domain.labels import status_text, status_tone
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE
from apps.review.pages.project_cards import counts_below

MOST = 60
REPORTED = frozenset({ProjectKind.DEMAND, ProjectKind.HISTORY})
KINDS: dict[str, frozenset[str]] = {
    "reporting": REPORTED,
    "analysis": REPORTED,
    "volumes": frozenset({ProjectKind.DEMAND}),
    "allocation": frozenset({ProjectKind.ALLOCATION}),
    "distribution": frozenset({ProjectKind.ALLOCATION}),
}
"""Whose pages exist in rounds of some kinds only, by namespace."""
WORK = frozenset({"reporting:demand_edit", "review:filing_confirm"})
BY_QUERY = frozenset(
    {
        "distribution:choice_list",
        "distribution:agreement_progress_list",
        "distribution:agreement_unit_list",
    }
)
"""Pages that name their round as `?project=`."""
PREPARED = "projects"


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a round: its name, and the round's code."""

    name: str
    code: str

    @property
    def namespace(self) -> str:
        return self.name.partition(":")[0]

    def url(self, code: str) -> str:
        if self.name in BY_QUERY:
            return f"{reverse(self.name)}?project={code}"
        return reverse(self.name, args=[code])


@dataclass(frozen=True, slots=True)
class Round:
    """One line of the picker."""

    project: Project
    url: str
    status: str
    tone: str
    todo: Todo | None
    until: datetime | None
    current: bool

    @property
    def place(self) -> int:
        if self.todo is not None:
            return 0
        return 1 if self.project.is_in_progress else 2


def rounds_of(user: Any, *, of: str, at: datetime) -> list[Round]:
    """At most five statements. `of`: the address that the account comes from."""
    projects = list(Project.objects.all().recent_first()[:MOST])
    own = _own(user, projects)
    filings = list(own.values())
    below = counts_below([filing for filing in filings if not filing.is_institution])
    standings = {
        filing.project_id: Standing(filing, timing, below.get(filing.pk, {}))
        for filing, timing in zip(filings, timings_across(filings), strict=True)
    }
    page = page_of(of)
    rounds = [_round(user, project, standings.get(project.pk), page, at) for project in projects]
    return sorted(rounds, key=lambda line: line.place)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the account's unit stands in a round; `below` counts its direct children by status."""

    filing: Filing
    timing: Timing
    below: Mapping[str, int]

    def asks(self, at: datetime) -> Todo | None:
        if self.filing.state not in EDITABLE:
            return None
        return next(iter(todos_for(self.filing, self.timing, self.below, at=at)), None)


def _round(
    user: Any, project: Project, standing: Standing | None, page: Page | None, at: datetime
) -> Round:
    filing = standing.filing if standing else None
    running = standing if project.is_in_progress else None
    works = user.has(right_to_work(user))
    return Round(
        project=project,
        url=_door(user, project, filing, page),
        status=status_text(filing) if filing else project.get_phase_display(),
        tone=status_tone(filing) if filing else "info",
        todo=running.asks(at) if running and works else None,
        until=running.timing.closes_at(at) if running else None,
        current=page is not None and page.code == project.code,
    )


def _own(user: Any, projects: list[Project]) -> dict[int, Filing]:
    """By project, the filing of the account's unit."""
    if user.organization_id is None:
        return {}
    rows = Filing.objects.filter(organization_id=user.organization_id, project__in=projects)
    return {row.project_id: row for row in rows.select_related("project", "organization")}


def page_of(address: str) -> Page | None:
    """The page of a round that an address belongs to: itself, else the list that it hangs on.

    Pages of one row and forms have no counterpart in another round.
    """
    path, _, query = address.partition("?")
    code = ""
    for step in _upwards(path):
        try:
            match = resolve(step)
        except Resolver404:
            continue
        code = code or str(match.kwargs.get("code", ""))
        if match.view_name in BY_QUERY:
            return Page(match.view_name, _queried(query))
        if set(match.kwargs) == {"code"} and _is_page(match.view_name):
            return Page(match.view_name, code)
    return Page("", code) if code else None


def _upwards(path: str) -> Iterator[str]:
    steps = path.strip("/").split("/")
    for length in range(len(steps), 0, -1):
        yield f"/{'/'.join(steps[:length])}/"


def _is_page(name: str) -> bool:
    return name in WORK or name.endswith(("_list", "_detail"))


def _queried(query: str) -> str:
    return QueryDict(query).get("project", "")


def _door(user: Any, project: Project, filing: Filing | None, page: Page | None) -> str:
    if page is not None and page.name and _has(user, project, filing, page):
        return page.url(project.code)
    if filing is None or project.published_at is None:
        return reverse("projects:project_detail", args=[project.code])
    return url_of(filing)


def _has(user: Any, project: Project, filing: Filing | None, page: Page) -> bool:
    """Whether the page is one of this round too, as far as its kind, its phase and the account's role say."""
    if page.namespace == PREPARED:
        return True
    if project.published_at is None or project.kind not in KINDS.get(
        page.namespace, {project.kind}
    ):
        return False
    if user.role == Role.INSTITUTION:
        return filing is not None and page.namespace != "review"
    return True
