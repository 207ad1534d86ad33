"""How far the agreements of a project are, place by place below the viewer's (coverage and signing).

Invariants: the figures are those of counting every product of every institution (`verification`), and what an
institution's own page counts of it (`desk`). What institutions did is kept with each of them (`AgreementProgress`);
who delivers is put together from the agreed relations of enabled distributors each time, because one of them may cover
a province, and so are the few choices and agreements that no longer hold since.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

from django.db.models import TextChoices

from apps.distribution.domain.agreements.sql import (
    COUNTS,
    InstitutionQuery,
    by_unit,
    of_filings,
    page_of,
    stamp_of,
)
from apps.folding.domain.folding import words_of
from apps.organizations.models import Tier
from apps.projects.models import Project
from apps.review.models import Filing
from apps.ui.pages.seen_sets import Stamp


class Step(TextChoices):
    """What an institution has still to do; the values are names of counts."""

    CHOOSE = "to_choose", "未选择"
    DRAW = "to_draw", "未生成"
    SIGN = "to_sign", "未签署"
    AFFECTED = "affected", "受影响"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Counts of (institution, product): how far they are, and what of it is open."""

    products: int
    covered: int
    chosen: int
    drawn: int
    signed: int
    to_choose: int
    to_draw: int
    to_sign: int
    affected: int

    @property
    def rate(self) -> float:
        """Signed of all, in per cent."""
        return 100 * self.signed / self.products if self.products else 0

    def counts(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in COUNTS}

    @property
    def is_open(self) -> bool:
        """Whether anything is left to do that the institution itself can do."""
        return any(getattr(self, step) for step in Step.values)

    @property
    def open_in_words(self) -> str:
        """`未选择 3 个、未签署 2 个`; empty when nothing is open."""
        left = ((step.label, getattr(self, step.value)) for step in Step)
        return "、".join(f"{label} {number:,} 个" for label, number in left if number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress(Figures):
    """One place directly below; with `is_bureau` there are others below it."""

    code: str
    name: str
    is_bureau: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InstitutionProgress(Figures):
    """One institution with its filing."""

    filing: Filing

    @property
    def pk(self) -> int:
        return self.filing.pk


def progress_of(project: Project, top: str) -> list[Progress]:
    """One row for each unit directly below `top`, which the caller may see, that has agreed products; one statement."""
    return [
        Progress(
            code=row.code,
            name=row.name,
            is_bureau=row.tier not in {None, Tier.INSTITUTION},
            **dict(zip(COUNTS, row.counts, strict=True)),
        )
        for row in by_unit(project.pk, top)
    ]


def summed(rows: Sequence[Progress]) -> Progress:
    """All places together."""
    total = {name: sum(getattr(row, name) for row in rows) for name in COUNTS}
    return Progress(code="", name="合计", **total)


class Institutions(Sequence[InstitutionProgress]):
    """The institutions at or below `top`, page by page; two statements for a page, one for how many there are."""

    def __init__(self, project: Project, top: str, *, step: str = "", query: str = "") -> None:
        known = step if step in Step.values else ""
        self._asked = InstitutionQuery(project.pk, top, known, tuple(words_of(query)))
        self._stamp: Stamp | None = None

    @property
    def stamp(self) -> Stamp:
        if self._stamp is None:
            self._stamp = Stamp(*stamp_of(self._asked))
        return self._stamp

    def __len__(self) -> int:
        return self.stamp.count

    @overload
    def __getitem__(self, place: int) -> InstitutionProgress: ...
    @overload
    def __getitem__(self, place: slice) -> list[InstitutionProgress]: ...
    def __getitem__(self, place: int | slice) -> InstitutionProgress | list[InstitutionProgress]:
        if isinstance(place, int):
            return self[place : place + 1][0]
        start, stop, _step = place.indices(len(self))
        return self.some(start, stop - start)

    def some(self, skip: int, most: int) -> list[InstitutionProgress]:
        """So many after skipping others, in the order of the tree."""
        return _with_filings(page_of(self._asked, skip=skip, most=most))


def progress_of_filings(
    project: Project, top: str, filings: Sequence[int]
) -> list[InstitutionProgress]:
    """Those of these institutions that lie at or below `top`; two statements."""
    return _with_filings(of_filings(project.pk, top, filings))


def _with_filings(counted: Sequence[tuple[int, tuple[int, ...]]]) -> list[InstitutionProgress]:
    named = Filing.objects.select_related("organization", "parent__organization")
    filings = named.in_bulk([filing for filing, _ in counted])
    return [
        InstitutionProgress(filing=filings[filing], **dict(zip(COUNTS, counts, strict=True)))
        for filing, counts in counted
        if filing in filings
    ]
