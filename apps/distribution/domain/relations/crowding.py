"""The rules over many relations of a product: one distributor's places apart, no place over the limit.

Invariant: asked under the lock on the products, so that nobody proposes in between.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from apps.distribution.domain.relations.refusals import LimitReached, PlacesOverlap, listed
from apps.distribution.models import DeliveryPolicy, DeliveryRelation
from apps.distribution.models.relation_places import crowded, overlap
from apps.distribution.models.relation_statuses import COUNTED
from apps.scope.paths import ancestors, in_subtree, province_path


@dataclass(frozen=True, slots=True)
class Proposal:
    """A product, a distributor account and a place."""

    product_id: int
    distributor_id: int
    path: str


Names = Mapping[Proposal, str]


def live_beside(proposals: Collection[Proposal]) -> list[tuple[int, Proposal, int]]:
    """Id, proposal and status of the live relations of these products in the same provinces."""
    within = Q()
    for province in {province_path(proposal.path) for proposal in proposals}:
        within |= in_subtree(province)
    rows = DeliveryRelation.objects.live().filter(
        within, product_id__in={proposal.product_id for proposal in proposals}
    )
    columns = ("pk", "product_id", "distributor_id", "path", "status")
    return [
        (pk, Proposal(product, distributor, path), status)
        for pk, product, distributor, path, status in rows.values_list(*columns)
    ]


def check_apart(wanted: Sequence[Proposal], beside: Iterable[Proposal], names: Names) -> None:
    """Raises `PlacesOverlap`: a province is chosen as a whole, or some of its cities, or some of their counties."""
    places: dict[tuple[int, int], set[str]] = defaultdict(set)
    for proposal in (*wanted, *beside):
        places[proposal.product_id, proposal.distributor_id].add(proposal.path)
    troubled = [
        proposal
        for proposal in wanted
        if meets(proposal, places[proposal.product_id, proposal.distributor_id])
    ]
    if troubled:
        raise PlacesOverlap(
            f"{listed([names[proposal] for proposal in troubled])}：同一产品的同一家配送企业已选择了包含该地区、"
            "或在该地区之内的其他地区。请先作废原来的配送关系，或去掉重复的地区，没有写入任何数据。"
        )


def meets(proposal: Proposal, places: set[str]) -> bool:
    """Whether one of the places contains the proposal's or lies within it."""
    above = set(ancestors(proposal.path))
    if above & places:
        return True
    return any(place != proposal.path and place.startswith(proposal.path) for place in places)


def limits_of(project_ids: Collection[int]) -> dict[int, int]:
    """The most distributors at a place, by project; projects without a limit are left out."""
    rows = DeliveryPolicy.objects.filter(project_id__in=project_ids)
    return {
        project: most
        for project, most in rows.values_list("project_id", "most")
        if most is not None
    }


def check_limit(
    wanted: Sequence[Proposal],
    beside: Iterable[tuple[Proposal, int]],
    limits: Mapping[int, int],
    names: Names,
) -> None:
    """`limits` by product. Raises `LimitReached` where a wanted proposal would crowd a place."""
    holders: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for proposal, status in beside:
        if status in COUNTED:
            holders[proposal.product_id][proposal.path].add(proposal.distributor_id)
    for proposal in wanted:
        holders[proposal.product_id][proposal.path].add(proposal.distributor_id)
    full = {product: crowded(holders[product], most) for product, most in limits.items()}
    troubled = [
        proposal
        for proposal in wanted
        if any(overlap(proposal.path, place) for place in full.get(proposal.product_id, ()))
    ]
    if troubled:
        most = limits[troubled[0].product_id]
        raise LimitReached(
            f"{listed([names[proposal] for proposal in troubled])}：项目规定每个产品在每个地区最多 {most} 家配送企业"
            "（已提交和已同意的计入，上级地区的也计入）。请减少配送企业，或先作废其他配送关系，没有提交任何数据。"
        )
