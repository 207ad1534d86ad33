"""协议签署进度 counted product by product through the models: what the kept figures have to come to."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from apps.allocation.models import SupplyTotal
from apps.distribution.domain.agreements.progress import progress_of
from apps.distribution.domain.agreements.verification import differences
from apps.distribution.models import IN_FORCE, AgreementLine, DeliveryChoice, DeliveryRelation
from apps.distribution.models.relation_places import serving
from apps.organizations.models import Tier
from apps.projects.models import Project
from apps.scope.context import whole_country
from tests import factories_relations as relations

TOPS = ("/0/", relations.HUBEI, relations.WUHAN, relations.WUCHANG)
Figures = dict[str, tuple[int, int, int, int, int]]


def counted(project: Project, top: str) -> Figures:
    """Of each unit directly below `top`: products agreed, covered, chosen, drawn, signed."""
    lines = AgreementLine.objects.filter(filing__project=project, ended_at__isnull=True)
    drawn = {(each.filing_id, each.product_id): each for each in lines.select_related("agreement")}
    choices = DeliveryChoice.objects.filter(filing__project=project)
    delivering = set(DeliveryRelation.objects.all().delivering().values_list("pk", flat=True))
    kept = choices.filter(relation__in=delivering)
    chosen = {(each.filing_id, each.product_id) for each in kept.select_related("relation")
              if each.relation.path in serving(each.path)}  # fmt: skip
    agreed = DeliveryRelation.objects.all().delivering().values_list("product_id", "path")
    reached: dict[int, set[str]] = defaultdict(set)
    for product, path in agreed:
        reached[product].add(path)
    found: dict[str, Counter[int]] = defaultdict(Counter)
    rows = SupplyTotal.objects.filter(
        filing__project=project, filing__tier=Tier.INSTITUTION, path__startswith=top
    )
    for row in rows:
        key = (row.filing_id, row.product_id)
        steps = (
            True,
            not reached[row.product_id].isdisjoint(serving(row.path)),
            key in chosen,
            key in drawn and drawn[key].agreement.status in IN_FORCE,
            key in drawn and drawn[key].agreement.status == "signed",
        )
        unit = row.path[len(top) :].split("/")[0]
        found[unit].update({n: int(step) for n, step in enumerate(steps)})
    return {unit: (n[0], n[1], n[2], n[3], n[4]) for unit, n in found.items()}


def figures(project: Project, top: str) -> Figures:
    """The same as the page has it."""
    return {
        row.code: (row.products, row.covered, row.chosen, row.drawn, row.signed)
        for row in progress_of(project, top)
    }


def assert_exact(project: Project, tops: Iterable[str] = TOPS) -> None:
    """The page's figures are the live ones, of every tier; and the verification finds nothing."""
    with whole_country(reason="test"):
        assert {top: figures(project, top) for top in tops} == {
            top: counted(project, top) for top in tops
        }
        assert list(differences(project)) == []
