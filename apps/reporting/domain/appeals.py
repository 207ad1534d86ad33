"""申诉 on a line of an institution's own report: what was reported, and what the tiers above did about it."""

from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.projects.models import Project
from apps.reporting.domain.results import in_words
from apps.reporting.models import DemandLine
from apps.review.domain.appeals.matters import Answerer, Matter, own_filing
from apps.review.domain.reads import history_of
from apps.review.models import About, Filing
from apps.review.models.statuses import Status

NOT_REVIEWED = "这份申报还没有审核通过，审核之后才能对明细申诉；被退回的请在审核记录中对退回申诉"


def find_line(project: Project, by: Actor, key: int) -> Matter | None:
    """By the item. Who approved the institution's filing answers."""
    filing = own_filing(project, by)
    lines = DemandLine.objects.filter(filing=filing, item=key).select_related("item")
    line = lines.first() if filing else None
    if filing is None or line is None:
        return None
    quantity = "未填" if line.planned is None else f"{line.planned:,} {line.item.unit}"
    why = f"（{line.explanation}）" if line.explanation else ""
    is_reviewed = filing.state == Status.APPROVED
    return Matter(
        about=About.LINE,
        title=f"{line.item.item_code} {line.item}",
        said=f"预采购量 {quantity}{why}；审核记录：{in_words(history_of(filing)) or '无'}"[:1_000],
        page=reverse("reporting:result_list", args=[project.code]),
        at=filing.reviewed_at if is_reviewed else None,
        answerer=_reviewer(filing) if is_reviewed else None,
        filing=filing,
        why_not="" if is_reviewed else NOT_REVIEWED,
    )


def _reviewer(filing: Filing) -> Answerer:
    """The bureau directly above, whose review it was."""
    path, name = Filing.objects.filter(pk=filing.pk).values_list(
        "parent__path", "parent__organization__name"
    )[0]
    return Answerer(path, name)
