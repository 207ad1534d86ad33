"""What a draft gets of its demand project: a handful of statements, and one for the volumes of each province.

Invariant: an institution's agreed and confirmed volumes are those of the published version, to the unit; how the rest
is divided among the slots follows from the winners and the project's shares (rules §3a.2).
"""

from collections.abc import Sequence

from django.db.models import Value

from apps.allocation.domain.generation import sql
from apps.allocation.domain.publication.designating import Place, picks_of, standing_of
from apps.allocation.domain.publication.splitting import split_values
from apps.allocation.domain.publication.winners import Winner
from apps.projects.domain.copying import ITEM_FIELDS
from apps.projects.domain.sql import insert_select
from apps.projects.models import CatalogItem, Project
from apps.volumes.models import AgreedVersion


def copy_items(project: Project, source: Project) -> int:
    """The catalogue of the demand project, whole."""
    items = CatalogItem.objects.filter(project=source)
    return insert_select(
        CatalogItem, ("project", *ITEM_FIELDS), items.values_list(Value(project.pk), *ITEM_FIELDS)
    )


def copy_participants(project: Project, source: Project) -> int:
    """Who reported and was approved up to the province."""
    return sql.copy_participants(project=project.pk, source=source.pk)


def copy_winners(project: Project, winners: Project) -> int:
    """The winning results of the season or of another allocation, as far as this catalogue has their items.

    What is here already stays; what it still lacks is completed. Returns how many products came along.
    """
    return sql.copy_winners(project=project.pk, winners=winners.pk)


def provinces_of(source: Project) -> list[str]:
    """Paths of the provinces that the agreed volumes are made of."""
    return sql.provinces_of(source.pk)


def forget_volumes(project: Project) -> None:
    """Before they are written anew; nobody has allocated any, the project is not published."""
    sql.forget_volumes(project.pk)


def carried_items(project: Project, version: AgreedVersion) -> list[sql.Carried]:
    """Which item became which, for `insert_volumes`."""
    return sql.carried_items(project=project.pk, version=version.pk)


def insert_volumes(
    project: Project,
    *,
    source: Project,
    version: AgreedVersion,
    province: str,
    winners: Sequence[Winner],
    carried: Sequence[sql.Carried],
) -> int:
    """The volumes of one province's institutions, split at once; returns the number of rows."""
    groups = sql.groups_in(source=source.pk, version=version.pk, province=province)
    places = [Place(group, province, 0) for group in groups]
    standing = standing_of(places, winners, picks_of(project))
    return sql.insert_volumes(
        project,
        version=version.pk,
        split=split_values(project, standing, winners),
        members=sql.members_in(source=source.pk, province=province),
        carried=carried,
    )
