"""What was built on a closing or a merger: while there is any, it stays."""

from django.db.models import Q

from apps.administration.models import ChangeKind, ChangeOutcome, UnitChange
from apps.distribution.models import Agreement
from apps.projects.models import Participation, ProjectKind
from apps.review.domain.rounds.settling import settled_since, why_not_unsettled
from apps.review.models import FilingEvent


def obstacles_to_undo(change: UnitChange) -> list[str]:
    """Everything that stands in the way now, in phrases; a constant number of statements."""
    if change.outcome != ChangeOutcome.APPROVED or not ChangeKind(change.kind).ends:
        return ["只有已同意的停业、合并可以撤销，其他变更请再办理一次"]
    if change.organization.is_active:
        return ["机构已经重新启用"]
    found = why_not_unsettled(settled_since(change.kept.get("filings", ())))
    return [*found, *_as_successor(change)] if change.successor_id else found


def _as_successor(change: UnitChange) -> list[str]:
    """Rounds that were published with the joint history, and what the successor has done in the unit's name."""
    found, since = [], change.decided_at
    joined = Participation.objects.filter(
        organization=change.successor_id,
        project__kind=ProjectKind.DEMAND,
        project__published_at__gt=since,
    )
    names = joined.order_by("project_id").values_list("project__name", flat=True)
    found += [f"“{name}”发布时已并入历史采购量" for name in names]
    acts = FilingEvent.objects.filter(
        filing__organization=change.organization_id,
        at__gt=since,
        organization_name=change.organization.name,
    )
    if number := acts.count():
        found.append(f"并入之后已以{change.organization.name}名义办理 {number:,} 次")
    signed = Agreement.objects.filter(institution=change.organization_id).filter(
        Q(drawn_at__gt=since) | Q(signed_at__gt=since) | Q(ended_at__gt=since)
    )
    if number := signed.count():
        found.append(f"并入之后已办理 {number:,} 份三方协议")
    return found
