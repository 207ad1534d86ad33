"""Whether every delivery relation stands where its last step left it, and has as many steps as it counts.

A relation begins at version 1 without a step; each act adds one of both.
"""

from collections.abc import Iterator

from django.db.models import Count, OuterRef, Subquery

from apps.distribution.models import DeliveryRelation, RelationEvent
from apps.distribution.models.relation_statuses import Status


def differences() -> Iterator[str]:
    """A sentence for every relation that its steps don't agree with."""
    last = RelationEvent.objects.filter(relation=OuterRef("pk")).order_by("-pk")
    relations = (
        DeliveryRelation.objects.annotate(
            told=Subquery(last.values("target")[:1]), counted=Count("steps")
        )
        .order_by("pk")
        .values_list("pk", "status", "version", "told", "counted")
    )
    for pk, status, version, told, counted in relations.iterator(chunk_size=5_000):
        stands, left = Status(status), Status.DRAFT if told is None else Status(told)
        if stands != left:
            yield f"配送关系 {pk}：状态为{stands.label}，最后一步记录的是{left.label}"
        if version != counted + 1:
            yield f"配送关系 {pk}：版本为 {version}，记录了 {counted} 步"
