"""What becomes of agreements when what they rest on goes: a relation that is voided, a product that stops."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.stops.followers import Moved
from apps.allocation.models import ProductStop
from apps.distribution.domain.agreements.messages import tell_affected
from apps.distribution.domain.agreements.signing import LONGEST_REASON
from apps.distribution.models import (
    IN_FORCE,
    Agreement,
    AgreementLine,
    AgreementStatus,
    DeliveryRelation,
)
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.scope.context import whole_country


def bound(ids: Collection[int]) -> set[int]:
    """The relations that an agreement in force rests on: their answers are not taken back."""
    with whole_country(reason="agreements of institutions rest on relations of enterprises"):
        lines = AgreementLine.objects.filter(
            relation__in=list(ids), ended_at__isnull=True, agreement__status__in=IN_FORCE
        )
        return set(lines.values_list("relation_id", flat=True))


@transaction.atomic
def on_void(relations: Sequence[DeliveryRelation], *, by: Actor, reason: str) -> None:
    """Mark the agreements that rested on voided relations, and tell their institutions."""
    with whole_country(reason="agreements of institutions rest on relations of enterprises"):
        lines = AgreementLine.objects.filter(
            relation__in=[relation.pk for relation in relations], ended_at__isnull=True
        )
        rows = Agreement.objects.filter(pk__in=lines.values("agreement"), status__in=IN_FORCE)
        locked = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
        held = list(locked.select_related("carrier", "institution"))
        said = f"生产企业作废了配送关系：{reason or '未填原因'}"[:LONGEST_REASON]
        Agreement.objects.filter(pk__in=[agreement.pk for agreement in held]).update(
            status=AgreementStatus.AFFECTED, reason=said
        )
        letters = [_letter(agreement, said) for agreement in held]
        send_letters(letters, kind=MessageKind.DELIVERY, by=by)
        tell_affected(held, reason=reason, by=by)


@transaction.atomic
def on_stop(moved: Moved, *, by: Actor) -> None:
    """A product stopped: agreements in force over a quantity that changed are marked, or bind again after 撤销."""
    if (ended := moved.stop.ends) is not None:
        rows = Agreement.objects.filter(status=AgreementStatus.AFFECTED, reason=_stopped(ended))
        of_project = rows.filter(project=moved.stop.project)
        of_project.filter(signed_at__isnull=False).update(status=AgreementStatus.SIGNED, reason="")
        of_project.update(status=AgreementStatus.DRAWN, reason="")
        return
    filings, changed = {filing for filing, _ in moved.places}, set(moved.places)
    lines = AgreementLine.objects.filter(filing__in=filings, ended_at__isnull=True)
    named = {
        agreement
        for agreement, filing, product in lines.values_list("agreement", "filing", "product")
        if (filing, product) in changed
    }
    rows = Agreement.objects.filter(pk__in=named, status__in=IN_FORCE)
    locked = rows.select_for_update(of=("self",), no_key=True).order_by("pk")
    held = list(locked.select_related("carrier", "institution"))
    said = _stopped(moved.stop)
    Agreement.objects.filter(pk__in=[agreement.pk for agreement in held]).update(
        status=AgreementStatus.AFFECTED, reason=said
    )
    send_letters([_letter(each, said) for each in held], kind=MessageKind.DELIVERY, by=by)
    tell_affected(held, reason=said, by=by)


def _stopped(stop: ProductStop) -> str:
    """Why, with the act's number: by it a 撤销 finds them again."""
    named = f"，替补为 {stop.replacement.item}" if stop.replacement else ""
    said = (
        f"{stop.product.item} · {stop.product.enterprise} 自 {stop.from_date:%Y-%m-%d} 起取消中选"
    )
    return f"{stop}：{said}{named}"[:LONGEST_REASON]


def _letter(held: Agreement, said: str) -> Letter:
    return Letter(
        path=held.path,
        title=f"三方协议 {held.code} 受影响",
        body=f"{said}。协议 {held.code}（{held.carrier}）不再有效，请作废后重新选择配送企业。",
        url=reverse("distribution:agreement_detail", args=[held.pk]),
        project_id=held.project_id,
    )
