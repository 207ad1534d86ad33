"""Navigation as data: subsystems, and the items that apps register in them.

Each app declares its items in `apps/<app>/navigation.py` and registers them when it is ready:

    ITEMS = (
        Item("供应清单列表", "allocation:supply_list", "list-details",
             permissions=(Permission.QUERY,), roles=(Role.INSTITUTION,),
             kwargs_from=current_project, badge=lines_left),
    )

    class AllocationConfig(AppConfig):
        def ready(self):
            from apps.allocation import navigation
            register("allocation", navigation.ITEMS, position=10)

An item is shown to users who have **any** of its permissions and, if it names roles, one of them.
`kwargs_from(request)` gives the URL's arguments, or None to leave the item out (no project chosen).
`badge(request)` counts what waits; it is called while the page is drawn, so keep it to one query.
The system check `ui.E001` finds items that lead nowhere; the frame raises for them in DEBUG and
otherwise logs an error and goes on without the item.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.http import HttpRequest
from django.urls import (
    NoReverseMatch,
    URLPattern,
    URLResolver,
    get_resolver,
    get_script_prefix,
    reverse,
)

from apps.ui.short_titles import short_title

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Item:
    """One entry of the rail; `also` names further views (or `app:*`, `app:unit_*`) that count as being there.

    Views that serve several subsystems say in `request.subject` which one a page is of; items of another `subject`
    are not current there. `filling` is the page of one round where who fills in another unit's name is led instead.
    """

    title: str
    url_name: str
    icon: str
    permissions: Sequence[str] = ()
    roles: Sequence[str] = ()
    kwargs_from: Callable[[HttpRequest], dict[str, Any] | None] | None = None
    badge: Callable[[HttpRequest], int] | None = None
    also: Sequence[str] = ()
    subject: str = ""
    filling: str = ""

    def names(self, view_name: str) -> bool:
        """Whether the view is its own, or one that counts as being there."""
        return any(
            view_name.startswith(name[:-1]) if name.endswith("*") else view_name == name
            for name in (self.url_name, *self.also)
        )

    def allows(self, user: Any) -> bool:
        """Whether this user may follow it (the view asks again)."""
        if self.roles and user.role not in self.roles:
            return False
        return not self.permissions or any(user.has(permission) for permission in self.permissions)


@dataclass(frozen=True)
class Subsystem:
    """One card of the portal and one entry of the switcher; `items` are kept in position order."""

    key: str
    title: str
    icon: str
    items: list[tuple[int, Item]] = field(default_factory=list, compare=False)

    def __iter__(self) -> Iterator[Item]:
        return (item for _, item in self.items)


SUBSYSTEMS = {
    subsystem.key: subsystem
    for subsystem in (
        Subsystem("portal", "统一门户", "layout-dashboard"),
        Subsystem("demand", "报量", "clipboard-list"),
        Subsystem("allocation", "分量", "arrows-split"),
        Subsystem("distribution", "配送", "truck-delivery"),
    )
}


def register(subsystem: str, items: Iterable[Item], *, position: int = 50) -> None:
    """Put items into a subsystem; registering the same item again changes nothing."""
    target = SUBSYSTEMS[subsystem].items
    target.extend((position, item) for item in items if item not in [known for _, known in target])
    target.sort(key=lambda pair: pair[0])


@dataclass(frozen=True)
class Link:
    """An item as this user sees it on this page."""

    title: str
    icon: str
    url: str
    current: bool
    count: Callable[[], int]

    @property
    def short(self) -> str:
        """Under the icon of a folded rail."""
        return short_title(self.title)


@dataclass(frozen=True)
class Section:
    """A subsystem as this user sees it; `url` is its first item."""

    key: str
    title: str
    icon: str
    links: tuple[Link, ...]

    @property
    def url(self) -> str:
        return self.links[0].url

    @property
    def current(self) -> bool:
        return any(link.current for link in self.links)


def sections_for(request: HttpRequest) -> list[Section]:
    """The subsystems in which this user has anything to do, with the links of each."""
    sections = []
    for subsystem in SUBSYSTEMS.values():
        links = tuple(link for item in subsystem if (link := _link(item, request)))
        if links:
            sections.append(Section(subsystem.key, subsystem.title, subsystem.icon, links))
    return sections


def lent_sections(request: HttpRequest, lent: Any) -> list[Section]:
    """The same for who fills in another unit's name: the pages of that filing, and nothing else."""
    subsystem, kwargs = SUBSYSTEMS[lent.subsystem], {"code": lent.project_code}
    links = tuple(
        Link(
            item.title,
            item.icon,
            reverse(item.filling, kwargs=kwargs),
            _is_current(item, kwargs, request),
            lambda: 0,
        )
        for item in subsystem
        if item.filling and item.allows(request.user)
    )
    return [Section(subsystem.key, subsystem.title, subsystem.icon, links)]


def offers(user: Any, url_name: str) -> bool:
    """Whether the rail of this user has the page."""
    items = (item for subsystem in SUBSYSTEMS.values() for item in subsystem)
    return any(item.url_name == url_name and item.allows(user) for item in items)


def _link(item: Item, request: HttpRequest) -> Link | None:
    shut: Collection[str] = getattr(request, "shut", ())
    if not item.allows(request.user) or item.url_name.partition(":")[0] in shut:
        return None
    kwargs = item.kwargs_from(request) if item.kwargs_from else {}
    if kwargs is None:
        return None
    try:
        url = reverse(item.url_name, kwargs=kwargs) if kwargs else address_of(item.url_name)
    except NoReverseMatch:
        if settings.DEBUG:
            raise
        logger.exception("navigation item leads nowhere: %s", item.url_name)
        return None

    def count() -> int:
        return item.badge(request) if item.badge else 0

    return Link(item.title, item.icon, url, _is_current(item, kwargs, request), count)


def address_of(url_name: str) -> str:
    """Of a page that is the same for everybody, below the prefix of this request."""
    return f"{get_script_prefix()}{_way(url_name)}"


@cache
def _way(url_name: str) -> str:
    return reverse(url_name).removeprefix(get_script_prefix())


def _is_current(item: Item, kwargs: dict[str, Any], request: HttpRequest) -> bool:
    """Whether this page belongs to the item: the same view, or one it names, with the same arguments."""
    match = request.resolver_match
    subject = getattr(request, "subject", "")
    if match is None or (subject and item.subject and subject != item.subject):
        return False
    return item.names(match.view_name) and all(
        str(match.kwargs[key]) == str(value) for key, value in kwargs.items() if key in match.kwargs
    )


def url_names(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[str]:
    """Every URL name of the project, with its namespace."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLPattern):
            if pattern.name:
                yield prefix + pattern.name
        else:
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from url_names(pattern, inner)


def check_items(**_: Any) -> list[CheckMessage]:
    """System check: every registered item names a view that exists."""
    known = set(url_names())
    return [
        Error(f"navigation item {item.title} names an unknown view: {item.url_name}", id="ui.E001")
        for subsystem in SUBSYSTEMS.values()
        for item in subsystem
        if item.url_name not in known
    ]
