"""Agreements with everything that their pages and files show."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from django.db.models import QuerySet

from apps.distribution.models import Agreement, AgreementLine
from apps.projects.domain.packs import packs_in_words
from apps.projects.models import Project

CHUNK = 200


def whole(rows: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """With what the paper says of the parties."""
    return rows.select_related("institution", "manufacturer", "carrier", "project", "clauses")


def lines_of(ids: Collection[int]) -> dict[int, list[AgreementLine]]:
    """By agreement, in the order of the catalogue; one statement."""
    rows = AgreementLine.objects.filter(agreement__in=ids).select_related("product__item", "terms")
    found: dict[int, list[AgreementLine]] = defaultdict(list)
    for line in rows.order_by("product__item__position", "pk"):
        found[line.agreement_id].append(line)
    return found


def with_packs(lines: Sequence[AgreementLine], project: Project) -> list[tuple[AgreementLine, str]]:
    """Each with the packs to order of it, by the rule of the project."""
    return [
        (
            line,
            packs_in_words(
                line.quantity,
                pack=line.terms.pack,
                unit=line.product.item.unit,
                rule=project.pack_rounding,
            ),
        )
        for line in lines
    ]


def documents(ids: Sequence[int]) -> Iterator[tuple[Agreement, list[AgreementLine]]]:
    """The agreements in the order of the ids, read in portions; those out of scope are left out."""
    for start in range(0, len(ids), CHUNK):
        part = list(ids[start : start + CHUNK])
        rows = whole(Agreement.objects.filter(pk__in=part)).in_bulk()
        lines = lines_of(rows)
        for pk in part:
            if pk in rows:
                yield rows[pk], lines[pk]
