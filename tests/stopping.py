"""取消中选 and 暂停 as tests ask for them, by the alliance; and all that 撤销 must put back."""

from datetime import date
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.allocation.domain.stops.acts import StopWanted, end_stop, stop_product
from apps.allocation.models import (
    AllocationRow,
    CapacityPool,
    ProductStop,
    SlotLine,
    StopAct,
    StopShare,
    SupplyTotal,
)
from apps.audit.models import LogEntry
from apps.distribution.models import Agreement
from apps.notices.models import Message
from apps.projects.domain.corrections.acts import Paper
from apps.projects.models import Project, WinningProduct
from apps.review.models import FilingEvent
from apps.scope.context import whole_country

PAPER = Paper("corrections/none.pdf", "取消中选通知.pdf")
STATES = [
    field.attname for field in AllocationRow._meta.concrete_fields if field.attname != "filing_id"
]
LINES = ("row_id", "slot", "product_id", "contract", "reserved", "taken")


def asked(product: WinningProduct, **more: Any) -> StopWanted:
    """取消中选 from today for a reason, unless told otherwise."""
    told = {
        "act": StopAct.CANCEL,
        "product_id": product.pk,
        "from_date": timezone.localdate(),
        "reason": "企业停产",
        "paper": PAPER,
    }
    replacement: WinningProduct | None = more.pop("replacement", None)
    return StopWanted(**{**told, **more}, replacement_id=replacement.pk if replacement else None)


def stopped(project: Project, officer: User, product: WinningProduct, **more: Any) -> ProductStop:
    return stop_product(project=project, wanted=asked(product, **more), by=Actor.of(officer))


def suspended(
    project: Project, officer: User, product: WinningProduct, since: date | None = None
) -> ProductStop:
    since = since or timezone.localdate()
    return stopped(project, officer, product, act=StopAct.SUSPEND, from_date=since)


def ended(stop: ProductStop, officer: User) -> ProductStop:
    return end_stop(project=stop.project, stop=stop, reason="恢复生产", by=Actor.of(officer))


def standing(project: Project) -> list[Any]:
    """Rows, lines, pools, totals and agreements."""
    lines = SlotLine.objects.filter(filing__project=project).values_list(*LINES)
    totals = SupplyTotal.objects.filter(filing__project=project)
    columns = ("filing", "product", "quantity", "amount", "institutions", "lines", "terms")
    return [
        list(AllocationRow.objects.filter(project=project).order_by("pk").values(*STATES)),
        sorted(lines, key=lambda line: line[:3]),
        list(CapacityPool.objects.filter(project=project).order_by("pk").values()),
        sorted(map(repr, totals.values_list(*columns))),
        sorted(
            map(
                repr,
                Agreement.objects.filter(project=project).values_list("pk", "status", "reason"),
            )
        ),
    ]


def everything(project: Project) -> list[Any]:
    """The same with what is told of it."""
    models: tuple[Any, ...] = (ProductStop, StopShare, FilingEvent, LogEntry, Message)
    return [*standing(project), *(sorted(map(repr, m.objects.values_list())) for m in models)]


def stop_of(project: Project, officer: User) -> dict[str, Any]:
    """A product of the project that is suspended, with its file; and another one that may be stopped next."""
    with whole_country(reason="test"):
        first, *_, last = WinningProduct.objects.filter(project=project).order_by("pk")
        stored = default_storage.save("corrections/stop.pdf", ContentFile(b"%PDF"))
        paper = Paper(stored, "暂停通知.pdf")
        made = stopped(project, officer, last, act=StopAct.SUSPEND, paper=paper)
        return {
            "allocation:stop_": {"code": project.code, "pk": made.pk},
            "allocation:stop_edit": {"code": project.code, "pk": first.pk},
        }
