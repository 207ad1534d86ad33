"""Writing a correction and what it puts right; a constant number of statements.

Invariant: the caller holds the project's lock and has asked who acts; whatever is built on these values by other apps
follows in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max

from apps.accounts.domain.actors import Actor
from apps.organizations.models.pinyin import phrase_initials
from apps.projects.domain.corrections.fields import Change, Kind, Subject
from apps.projects.models import (
    TERMS,
    CatalogItem,
    Correction,
    ItemTerms,
    Project,
    WinningProduct,
    WinningTerms,
)

KEPT = ("reference_price", "pack_quantity", "daily_usage")
"""Of an item what reports went by."""


@dataclass(frozen=True, slots=True)
class Paper:
    """The file that a correction rests on, stored already: where, and as it was called."""

    stored: str
    name: str


@dataclass(frozen=True, slots=True)
class Size:
    """How much a correction touches: institutions, their lines, filings that are given back."""

    filings: int = 0
    lines: int = 0
    returned: int = 0


def keep(
    project: Project, changes: Sequence[Change], *, reason: str, paper: Paper, size: Size, by: Actor
) -> Correction:
    """The correction itself, from which on its rows may be written in this transaction."""
    numbers = Correction.objects.filter(project=project).aggregate(last=Max("number"))
    made: Correction = Correction.objects.create(
        project=project,
        number=(numbers["last"] or 0) + 1,
        reason=reason,
        changes=[change.told for change in changes],
        filings=size.filings,
        lines=size.lines,
        returned=size.returned,
        file=paper.stored,
        file_name=paper.name[:150],
        by=by.user,
        by_name=by.name,
    )
    return made


def write(correction: Correction, subject: Subject, changes: Sequence[Change]) -> None:
    """New values of the row; what an item said before is kept, terms of a product are a new version."""
    values = {change.field: change.value for change in changes}
    if subject.kind == Kind.PRODUCT:
        _write_product(subject, values)
        return
    if subject.kind == Kind.ITEM and values.keys() & set(KEPT):
        _keep_item(correction, subject)
    named = {"variety", "name"} & values.keys()
    if named:
        values["pinyin"] = phrase_initials(values[named.pop()])
    rows = Project.objects if subject.kind == Kind.PROJECT else CatalogItem.objects
    rows.filter(pk=subject.row.pk).update(**values)


def _keep_item(correction: Correction, subject: Subject) -> None:
    before = ItemTerms.objects.filter(item=subject.row.pk).aggregate(last=Max("until"))["last"]
    ItemTerms.objects.create(
        item_id=subject.row.pk,
        since=before or 0,
        until=correction.number,
        **{name: subject.values[name] for name in KEPT},
    )


def _write_product(subject: Subject, values: dict[str, object]) -> None:
    if "capacity" in values:
        capacity = values.pop("capacity")
        WinningProduct.objects.filter(pk=subject.row.pk).update(capacity=capacity)
    if values:
        last = WinningTerms.objects.filter(product=subject.row.pk).aggregate(last=Max("version"))
        terms = {name: values.get(name, subject.values[name]) for name in TERMS}
        WinningTerms.objects.create(
            product_id=subject.row.pk, version=(last["last"] or 0) + 1, **terms
        )
