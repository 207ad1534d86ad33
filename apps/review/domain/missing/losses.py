"""Whose reports a package would leave out: reported institutions under bureaus that have not submitted.

Invariant: nobody's report becomes zero in somebody else's tick: the number is shown, and accepted by itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Concat

from apps.review.domain.gates import gate_reports
from apps.review.domain.refusals import NAMED, GateClosed
from apps.review.models import Filing
from apps.review.models.statuses import Status


@dataclass(frozen=True, slots=True)
class Loss:
    """A bureau that has not submitted, and how many institutions below it wait for review or were approved."""

    bureau: Filing
    submitted: int
    approved: int

    @property
    def number(self) -> int:
        return self.submitted + self.approved

    @property
    def words(self) -> str:
        """`3 家已上报，其中 2 家已审核通过`."""
        approved = f"，其中 {self.approved:,} 家已审核通过" if self.approved else ""
        return f"{self.number:,} 家已上报{approved}"


def losses_among(missing: Sequence[Filing]) -> list[Loss]:
    """Of the units that a package goes without, those that would take reports with them; one statement."""
    bureaus = [filing for filing in missing if not filing.is_institution]
    if not bureaus:
        return []
    reported = Filing.objects.institutions().filter(
        project=OuterRef("project"),
        path__gt=OuterRef("path"),
        path__lt=Concat(OuterRef("path"), Value("~")),
    )
    rows = Filing.objects.filter(pk__in=[filing.pk for filing in bureaus])
    counted = rows.annotate(
        submitted=_number(reported, Q(status=Status.SUBMITTED)),
        approved=_number(reported, Q(status=Status.APPROVED)),
    )
    counts_of = {pk: counts for pk, *counts in counted.values_list("pk", "submitted", "approved")}
    losses = [Loss(filing, *counts_of[filing.pk]) for filing in bureaus if filing.pk in counts_of]
    return [loss for loss in losses if loss.number]


def _number(rows: Any, which: Q) -> Coalesce:
    counted = rows.filter(which).order_by().values("project").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number"), output_field=IntegerField()), 0)


def number_lost(losses: Sequence[Loss]) -> int:
    return sum(loss.number for loss in losses)


def check_losses(own: Filing, *, accepted: int) -> None:
    """Raises `GateClosed` unless `accepted` is how many reported institutions the package leaves out."""
    gate = gate_reports(own.project, [own])[own.pk]
    losses = losses_among(gate.missing)
    if number_lost(losses) == accepted:
        return
    said = "、".join(f"{loss.bureau.organization.name}（{loss.words}）" for loss in losses[:NAMED])
    more = f"等 {len(losses):,} 家单位" if len(losses) > NAMED else ""
    if not losses:
        raise GateClosed("下级单位刚刚有变化，请核对页面上的数字后再办理。")
    raise GateClosed(
        f"{said}{more}还没有提交，已上报的 {number_lost(losses):,} 家机构会按 0 处理。"
        "请先代提交或催报；确实不等待的，请核对数字并单独勾选。"
    )
