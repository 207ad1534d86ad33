"""The context processor of the frame: who is here, where they are, where they can go.

Nothing is computed until a template asks, so pages without the frame pay nothing for it.
"""

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString

from apps.scope.sandbox import current_room
from apps.ui.navigation import Link, Section, address_of, lent_sections, offers, sections_for
from apps.ui.patterns import drawn

RAIL_COOKIE = "rail"
LOGOUT = "accounts:logout"
CHANGES = "audit:change_list"
HELD = "review:mandate_held_list"
INSTITUTION = "institution"
MOST = 99
"""A badge says no more."""


class Frame:
    """What `base.html` shows around a page; works for anonymous visitors, who get no navigation."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def user(self) -> Any:
        """The signed-in user or None."""
        user = getattr(self._request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def acting(self) -> Any:
        """In whose name the person fills in (`accounts.domain.acting.lent.Lent`); nothing in the own one."""
        lent = getattr(self._request, "lent", None)
        return lent if lent and self.user and self.user.path == lent.organization.path else None

    @property
    def rehearsal(self) -> Any:
        """The seat that is taken in a rehearsal (`rehearsals.pages.inside.Seat`); nothing in the real world."""
        return getattr(self._request, "rehearsal_seat", None)

    @property
    def acts_for(self) -> str:
        """Where an institution's account changes to another unit's name."""
        return address_of(HELD) if self.user and self.user.role == INSTITUTION else ""

    @property
    def own_pages(self) -> str:
        """From a page of another unit back to one's own."""
        return f"/{reverse(HELD).removeprefix(get_script_prefix())}"

    @property
    def own_home(self) -> str:
        """The same for who stands in for a merged unit."""
        return "/"

    @cached_property
    def sections(self) -> list[Section]:
        if self.acting:
            return lent_sections(self._request, self.acting)
        return sections_for(self._request) if self.user else []

    @cached_property
    def section(self) -> Section | None:
        """The subsystem of this page; pages of none belong to the first (the portal)."""
        here = [section for section in self.sections if section.current] or self.sections
        return here[0] if here else None

    @cached_property
    def rail(self) -> SafeString:
        """The navigation, drawn anew only where it reads in another way."""
        here = self.section
        return drawn(
            "ui/_rail.html",
            sections=tuple(
                (each.url, each.title, each.icon, each is here) for each in self.sections
            ),
            here=here.title if here else "",
            links=tuple(map(_as_shown, here.links if here else ())),
        )

    @property
    def directory(self) -> SafeString:
        """Every page that the rail leads to, subsystem by subsystem."""
        sections = tuple(
            (each.title, each.icon, tuple((link.url, link.title) for link in each.links))
            for each in self.sections
        )
        return drawn("ui/_directory.html", sections=sections)

    @cached_property
    def sees_changes(self) -> bool:
        """Whether pages of a thing lead to its changes: whoever has them in the rail."""
        return bool(self.user) and offers(self.user, CHANGES)

    @property
    def person(self) -> str:
        return (self.user.name or self.user.username) if self.user else ""

    @property
    def role(self) -> str:
        return self.user.get_role_display() if self.user else ""

    @cached_property
    def belongs_to(self) -> str:
        """Name of the user's organisation or enterprise."""
        home = self.user and (self.user.organization or self.user.enterprise)
        return home.name if home else ""

    @property
    def drafts_of(self) -> str:
        """Whose what is typed is: of a person, and of the unit in whose name he acts."""
        unit = f"-{self.user.organization_id}" if self.user.home else ""
        room = f"-{current_room()}" if current_room() else ""
        return f"{self.user.pk}{unit}{room}"

    @property
    def logout_url(self) -> str:
        return address_of(LOGOUT) if self.user else ""

    @property
    def whereabouts(self) -> str:
        """As a query, the page of the rail that this page belongs to: the manuals have a chapter for it."""
        links = self.section.links if self.section else ()
        here = next((link.url for link in links if link.current), "")
        return f"?{urlencode({'of': here})}" if here else ""

    @property
    def maintenance(self) -> str:
        """What is said to everybody while the platform is being worked on."""
        return getattr(self._request, "maintenance", "")

    @property
    def folded(self) -> bool:
        """Whether the user folded the rail (rail.js keeps the cookie)."""
        return self._request.COOKIES.get(RAIL_COOKIE) == "folded"


def _as_shown(link: Link) -> tuple[str, str, str, str, bool, str]:
    count = link.count()
    number = badge(count) if count else ""
    return link.url, link.short, link.icon, link.title, link.current, number


def badge(count: int) -> str:
    return f"{count}" if count <= MOST else f"{MOST}+"


def frame(request: HttpRequest) -> dict[str, Any]:
    """`frame` and, for error reports, `request_id`."""
    return {"frame": Frame(request), "request_id": getattr(request, "request_id", "")}
