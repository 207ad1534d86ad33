"""A distributor was disabled or enabled again: whoever rests on it is told, in the transaction of the switch."""

from django.db.models import Count
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.distribution.domain.relations.messages import manufacturers
from apps.distribution.models import IN_FORCE, Agreement, DeliveryChoice, DeliveryRelation
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.scope.context import whole_country


def tell_switched(account: User, by: Actor) -> None:
    """One letter to each manufacturer with live relations and to each institution that chose it or has an agreement.

    Five statements, however many they are; none for other accounts.
    """
    if account.role != Role.DISTRIBUTOR:
        return
    with whole_country(reason="those who rest on a distributor hear that it was switched"):
        letters = [*_to_manufacturers(account), *_to_institutions(account)]
    send_letters(letters, kind=MessageKind.DELIVERY, by=by)


def _to_manufacturers(account: User) -> list[Letter]:
    rows = DeliveryRelation.objects.live().filter(distributor__user=account)
    numbers = dict(rows.values_list("manufacturer").annotate(Count("pk")).order_by())
    paths = manufacturers(set(numbers))
    advice = "请核对“需更换”的配送关系，作废后另选本省启用的配送企业。"
    return [
        _letter(account, paths[pk], f"您的 {number:,} 条配送关系", advice, "relation_list")
        for pk, number in sorted(numbers.items())
        if pk in paths
    ]


def _to_institutions(account: User) -> list[Letter]:
    chosen = DeliveryChoice.objects.filter(
        relation__in=DeliveryRelation.objects.agreed().filter(distributor__user=account)
    )
    agreements = Agreement.objects.filter(distributor__user=account, status__in=IN_FORCE)
    products = dict(chosen.values_list("path").annotate(Count("pk")).order_by())
    papers = dict(agreements.values_list("path").annotate(Count("pk")).order_by())
    advice = (
        "请在“配送企业选择”中核对；还没有生成协议的产品请另选配送企业，已有协议的请与生产企业商定。"
    )
    return [
        _letter(
            account,
            path,
            f"您选择了它的 {products.get(path, 0):,} 个产品、有效的三方协议 {papers.get(path, 0):,} 份",
            advice,
            "choice_list",
        )
        for path in sorted({*products, *papers})
    ]


def _letter(account: User, path: str, rests: str, advice: str, page: str) -> Letter:
    carrier = str(account.enterprise)
    did = "已重新启用" if account.is_active else "已被禁用"
    then = "可以继续配送，不需要更换。" if account.is_active else advice
    return Letter(
        path=path,
        title=f"配送企业{carrier}{did}",
        body=f"配送企业{carrier}的账号{did}，涉及{rests}。{then}",
        url=reverse(f"distribution:{page}"),
    )
