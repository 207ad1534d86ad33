"""What an appeal may be about: the apps that own lines, volumes and designations find them, each under a name.

`review` itself knows what happened to a filing (`own_events`). A finder answers for the person's own things only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission, Role
from apps.organizations.models import Tier
from apps.projects.models import Project
from apps.review.models import About, Filing
from apps.scope.paths import ROOT

APPELLANTS = (Role.INSTITUTION, Role.MANUFACTURER)


@dataclass(frozen=True, slots=True)
class Answerer:
    """The bureau that answers."""

    path: str
    name: str


ALLIANCE = Answerer(ROOT, Tier.ALLIANCE.label)
"""Answers for volumes and designations: they are its own."""


@dataclass(frozen=True, slots=True)
class Matter:
    """A thing that may be appealed, and what was decided of it in words.

    `at` is when it was decided and `answerer` who did; without either `why_not` says what is missing. `page` is the
    address where it stands.
    """

    about: About
    title: str
    said: str
    page: str
    at: datetime | None
    answerer: Answerer | None
    filing: Filing | None = None
    why_not: str = ""


Finder = Callable[[Project, Actor, int], Matter | None]
_finders: dict[str, Finder] = {}


def register_matter(what: str, finder: Finder) -> None:
    """Called once for each name by the app that owns the things; the name stands in addresses."""
    _finders[what] = finder


def find_matter(project: Project, by: Actor, what: str, key: int) -> Matter | None:
    """`None` for a name that nobody knows, and for what isn't the person's own."""
    finder = _finders.get(what)
    return finder(project, by, key) if finder else None


def own_filing(project: Project, by: Actor) -> Filing | None:
    """The institution's filing in the project."""
    if by.organization is None or by.organization.tier != Tier.INSTITUTION:
        return None
    filing: Filing | None = (
        Filing.objects.of_project(project).filter(organization=by.organization).first()
    )
    return filing


def may_appeal(project: Project, by: Actor) -> bool:
    """Whether pages offer it: the acts themselves ask again, and for the time."""
    return (
        by.user is not None
        and by.user.role in APPELLANTS
        and by.may(Permission.MAINTAIN)
        and project.published_at is not None
        and project.appeal_days > 0
    )


def ends_at(project: Project, matter: Matter) -> datetime | None:
    """Until when it may be appealed: so many days after the act, or after 办结 where that came later."""
    if matter.at is None:
        return None
    begun = max(matter.at, project.concluded_at or matter.at)
    return begun + timedelta(days=project.appeal_days)
