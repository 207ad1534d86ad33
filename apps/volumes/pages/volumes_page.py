"""Who looks at which unit's volumes: the project, the versions that he sees, the unit's filing. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Q
from django.http import Http404
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.pages.requests import SignedInRequest
from apps.organizations.models import Organization, Tier
from apps.projects.models import Project, ProjectKind
from apps.projects.pages.lookups import project_or_404
from apps.review.models import Filing
from apps.review.pages.bureau_page import OutsideChain
from apps.ui.numbers import number_of
from apps.volumes.models import BaseVersion, State
from apps.volumes.models.base import Version

MOST_CHOICES = 60
V = TypeVar("V", bound=Version)


@dataclass(frozen=True, slots=True)
class VolumesPage:
    """`own` is the viewer's filing, `filing` the one looked at, which lies at or below it."""

    project: Project
    own: Filing
    filing: Filing

    @property
    def is_alliance(self) -> bool:
        return bool(self.own.is_root)

    @property
    def is_below(self) -> bool:
        """Whether the viewer looks at a unit below his own."""
        return self.filing.pk != self.own.pk

    def tabs(self, here: str) -> list[dict[str, object]]:
        """From the base to what follows from it, and back; `here` is the page that shows them."""
        return [
            {
                "label": label,
                "href": reverse(f"volumes:{page}", args=[self.project.code]),
                "current": page == here,
            }
            for page, label in (("base_detail", "计算基数"), ("agreed_list", "约定采购量"))
        ]

    @property
    def name(self) -> str:
        return "全国" if self.filing.is_root else str(self.filing.organization.name)


def desk_for(request: SignedInRequest, code: str) -> VolumesPage:
    """The desk of a demand project, in one statement; `?unit=` names a filing below.

    Raises `OutsideChain` where the chain left the unit out, `Http404` outside the scope. Who sees a filing sees its
    project: both exist from publication on.
    """
    by: Actor = request.actor
    if by.organization is None:
        raise Http404
    unit, wanted = by.organization.pk, number_of(request.GET.get("unit", ""))
    filings = Filing.objects.filter(project__code=code, project__kind=ProjectKind.DEMAND).filter(
        Q(organization=unit) | Q(pk=wanted)
    )
    rows = list(filings.select_related("project", "organization"))
    own = next((row for row in rows if row.organization_id == unit), None)
    filing = next((row for row in rows if row.pk == wanted), None) if wanted else own
    if own is None:
        raise _nothing_of(by.organization, code)
    if filing is None:
        raise Http404
    return VolumesPage(own.project, own, filing)


def _nothing_of(unit: Organization, code: str) -> Http404:
    """A bureau may see a project whose chain has no place for it; an institution takes part or not."""
    project = project_or_404(code)
    is_left_out = project.kind == ProjectKind.DEMAND and unit.tier != Tier.INSTITUTION
    return OutsideChain(project) if is_left_out else Http404()


def versions_of(model: type[V], project: Project) -> list[V]:
    """All that the viewer may see, the latest first: the alliance every one, others what is published."""
    rows = model.objects.of_project(project)  # type: ignore[attr-defined]
    return list(rows.select_related("made_by", "published_by").latest_first())


def chosen(versions: list[V], request: SignedInRequest) -> V | None:
    """`?version=`, else the published one, else the open one, else the latest."""
    wanted = number_of(request.GET.get("version", ""))
    by_number = {version.number: version for version in versions}
    published = next((version for version in versions if version.state == State.PUBLISHED), None)
    return by_number.get(wanted or 0) or published or (versions[0] if versions else None)


def is_any_published(versions: Sequence[Version]) -> bool:
    """Then nothing is generated or published beside it. `versions`: all that the alliance sees."""
    return any(version.state == State.PUBLISHED for version in versions)


def left_out(desk: VolumesPage, version: BaseVersion) -> bool:
    """Whether the unit's province is not in this base."""
    return any(desk.filing.path.startswith(path) for path in version.missing)


def units_below(own: Filing) -> list[tuple[str, str]]:
    """(id, name) of the units right below, as far as a list to choose from goes."""
    if own.is_institution:
        return []
    below = Filing.objects.children_of(own).order_by("path")[: MOST_CHOICES + 1]
    choices = [(str(pk), name) for pk, name in below.values_list("pk", "organization__name")]
    return choices if len(choices) <= MOST_CHOICES else []


def names_of(paths: list[str]) -> list[str]:
    rows = Organization.objects.filter(path__in=paths, tier=Tier.PROVINCE).order_by("path")
    return list(rows.values_list("name", flat=True)) if paths else []
