"""An institution says whom it prefers to deliver each of its agreed products."""

from collections.abc import Mapping, Sequence

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.handovers.names import Holders
from apps.accounts.models import User
from apps.accounts.models.roles import Permission, Role
from apps.allocation.models import SupplyTotal
from apps.audit.services import record
from apps.distribution.domain.agreements import refusals
from apps.distribution.domain.agreements.listing import Standing, agreed_products, standings
from apps.distribution.domain.agreements.refusals import AgreementRefused, listed
from apps.distribution.models import DeliveryChoice
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.review.models import Filing
from apps.ui.formats import moment

BATCH = 1_000


@transaction.atomic
def choose_distributors(
    *,
    by: Actor,
    project: Project,
    chosen: Mapping[int, int | None],
    seen: Mapping[int, int | None] | None = None,
) -> tuple[int, int]:
    """Prefer a relation (or none) for each product id; how many were chosen and how many taken back.

    `seen` is what was saved when the page was made: a choice that was left alone undoes nobody's newer one.
    All or nothing. Raises `AgreementRefused` for a relation that doesn't deliver here or a product in an agreement.
    """
    unit = own_unit(by)
    lock_filing(project, unit)
    totals = list(agreed_products(by.user, project).filter(product__in=list(chosen)))
    standing = standings(unit.path, totals)
    changed = [
        total for total in totals if chosen[total.product_id] != _now(standing[total.product_id])
    ]
    changed = _wanted(changed, standing, chosen, seen or {})
    _check(changed, standing, chosen)
    taken = [total for total in changed if chosen[total.product_id] is None]
    given = [total for total in changed if chosen[total.product_id] is not None]
    DeliveryChoice.objects.filter(
        filing__in={total.filing_id for total in taken},
        product__in=[total.product_id for total in taken],
    ).delete()
    DeliveryChoice.objects.bulk_create(
        [
            DeliveryChoice(
                filing_id=total.filing_id,
                product_id=total.product_id,
                relation_id=chosen[total.product_id],
                path=unit.path,
                chosen_at=timezone.now(),
                chosen_by=author(by),
            )
            for total in given
        ],
        update_conflicts=True,
        unique_fields=["filing", "product"],
        update_fields=["relation", "chosen_at", "chosen_by"],
        batch_size=BATCH,
    )
    if changed:
        _record(by, unit, project, given, taken, standing, chosen)
    return len(given), len(taken)


def _wanted(
    changed: Sequence[SupplyTotal],
    standing: Mapping[int, Standing],
    chosen: Mapping[int, int | None],
    seen: Mapping[int, int | None],
) -> list[SupplyTotal]:
    """Those that this person changes. Raises `AgreementRefused` where a colleague was quicker."""
    newer = [
        total
        for total in changed
        if total.product_id in seen and seen[total.product_id] != _now(standing[total.product_id])
    ]
    disputed = [total for total in newer if chosen[total.product_id] != seen[total.product_id]]
    if disputed:
        told = "；".join(_told(total, standing[total.product_id]) for total in disputed[:5])
        raise AgreementRefused(refusals.CHOSEN_MEANWHILE.format(told=told))
    return [total for total in changed if total not in newer]


def _told(total: SupplyTotal, standing: Standing) -> str:
    choice = standing.choice
    if choice is None:
        return f"{name_of(total)}现在未选择"
    who = Holders().name(choice.chosen_by, choice.chosen_at)
    return f"{name_of(total)}现在选的是{choice.relation.carrier.name}（{who} {moment(choice.chosen_at)}）"


def own_unit(by: Actor) -> Organization:
    """The author's institution. Raises `AgreementRefused` for anybody else."""
    unit = by.organization
    if unit is None or unit.tier != Role.INSTITUTION or not by.may(Permission.MAINTAIN):
        raise AgreementRefused(refusals.NOT_YOURS)
    return unit


def author(by: Actor) -> User:
    """The person behind the act. Raises `AgreementRefused` for nobody."""
    if by.user is None:
        raise AgreementRefused(refusals.NOT_YOURS)
    return by.user


def lock_filing(project: Project, unit: Organization) -> Filing:
    """Two clerks of an institution go one after the other."""
    rows = Filing.objects.select_for_update(of=("self",), no_key=True)
    filing: Filing | None = rows.filter(project=project, organization=unit).first()
    if filing is None:
        raise AgreementRefused("本机构没有参加这个项目。")
    return filing


def _now(standing: Standing) -> int | None:
    return standing.choice.relation_id if standing.choice else None


def _check(
    changed: Sequence[SupplyTotal],
    standing: Mapping[int, Standing],
    chosen: Mapping[int, int | None],
) -> None:
    bound = [total for total in changed if standing[total.product_id].line is not None]
    if bound:
        codes = {standing[t.product_id].line.agreement.code for t in bound}  # type: ignore[union-attr]
        names = listed([name_of(total) for total in bound])
        raise AgreementRefused(
            refusals.IN_AGREEMENT.format(names=names, codes="、".join(sorted(codes)[:5]))
        )
    strange = [
        total
        for total in changed
        if chosen[total.product_id] is not None
        and chosen[total.product_id] not in {o.pk for o in standing[total.product_id].options}
    ]
    if strange:
        names = listed([name_of(total) for total in strange])
        raise AgreementRefused(refusals.NOT_DELIVERED.format(names=names))


def name_of(total: SupplyTotal) -> str:
    item = total.product.item
    return f"{item.variety} {item.specification}"


def _record(  # noqa: PLR0917  one sentence of everything that was done
    by: Actor,
    unit: Organization,
    project: Project,
    given: Sequence[SupplyTotal],
    taken: Sequence[SupplyTotal],
    standing: Mapping[int, Standing],
    chosen: Mapping[int, int | None],
) -> None:
    carriers = {
        option.pk: option.carrier.name for total in standing.values() for option in total.options
    }
    said = [f"{name_of(t)} → {carriers[chosen[t.product_id] or 0]}" for t in given[:10]]
    said += [f"{name_of(t)} 取消选择" for t in taken[:10]]
    more = f"等 {len(given) + len(taken)} 个产品" if len(given) + len(taken) > len(said) else ""
    record(
        by=by,
        verb="选择配送企业",
        object=f"{unit.name} {project.code}",
        sentence=f"{unit.name}在“{project.name}”中选择配送企业：{'；'.join(said)}{more}。",
        path=unit.path,
        project_code=project.code,
    )
