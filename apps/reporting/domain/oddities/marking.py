"""What the review lists say of demand filings: kept by reports, summed by packages."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import (
    Case,
    Count,
    DecimalField,
    Expression,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThan

from apps.reporting.domain.letters.state import Letter, letters_of
from apps.reporting.domain.oddities.kinds import Oddity
from apps.reporting.domain.oddities.sql import worst_of
from apps.reporting.models import DemandReport, DemandReporters
from apps.review.domain.kinds import Mark
from apps.review.models import Filing
from apps.review.models.statuses import Status

PER_CENT = DecimalField(max_digits=40, decimal_places=4)
COUNT = IntegerField()


class DemandMarking:
    """Implements `apps.review.domain.kinds.Marking`."""

    def annotated(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        marked: QuerySet[Any] = rows.annotate(
            odd=_reported(Coalesce(_own("odd"), _below(_sum("odd"), COUNT)), COUNT),
            grave=_reported(Coalesce(_own("grave"), _below(_sum("grave"), COUNT)), COUNT),
            rise=_reported(
                Coalesce(
                    _own(_rise(F("amount"), F("bought_amount"))),
                    _below(_rise(Sum("amount"), _sum("bought_amount")), PER_CENT),
                ),
                PER_CENT,
            ),
            changed=_reported(_own("changed"), COUNT),
        )
        return marked

    def marks(self, filings: Sequence[Filing]) -> Mapping[int, Mark]:
        """Three statements; one where the project asks for no document."""
        own = [filing for filing in filings if filing.is_institution]
        if not own:
            return {}
        worst = {
            row.filing: f"{row.variety} {Oddity(row.found, row.unit).sentence}"
            for row in worst_of([filing.pk for filing in own])
        }
        letters = letters_of(own[0].project, own)
        return {f.pk: Mark(worst.get(f.pk, ""), _document(f, letters.get(f.pk))) for f in own}


def _document(filing: Filing, letter: Letter | None) -> tuple[str, str] | None:
    """缺, 数据已变更, 校验码不一致 or 一致; nothing where none was asked for."""
    if letter is None or (letter.file is None and filing.maintained):
        return None
    if letter.file is None:
        return "缺", "warning"
    if letter.is_changed:
        return letter.changed_status
    label, tone = letter.pages.status
    return {"success": ("一致", tone), "neutral": ("已上传", tone)}.get(tone, (label, tone))


def _reported(value: Any, field: Any) -> Case:
    return Case(When(~Q(status=Status.DRAFT), then=value), output_field=field)


def _own(value: Any) -> Subquery:
    """Of an institution's last report."""
    last = DemandReport.objects.filter(filing=OuterRef("pk")).order_by("-number")
    if isinstance(value, str):
        return Subquery(last.values(value)[:1])
    return Subquery(last.annotate(asked=value).values("asked")[:1])


def _below(value: Any, field: Any) -> Subquery:
    """Of the institutions in a bureau's package."""
    groups = DemandReporters.objects.filter(filing=OuterRef("pk")).order_by().values("filing")
    return Subquery(groups.annotate(asked=value).values("asked"), output_field=field)


def _sum(column: str) -> Case:
    """NULL as soon as one group doesn't know its own."""
    return Case(When(Exact(Count("pk"), Count(column)), then=Sum(column)))


def _rise(now: Expression | F, before: Expression | F) -> Case:
    """In per cent; NULL where nothing was bought."""
    return Case(
        When(GreaterThan(before, 0), then=(now - before) * 100 / before), output_field=PER_CENT
    )
