"""Who hears of a stop: whoever has to confirm again lands on these lines, others on what was done."""

from collections.abc import Sequence

from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.allocation.models import BEGINNING, CapacityPool, ProductStop, StopAct, StopShare
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.projects.models import Participation, Project
from apps.review.models import Filing
from apps.scope.paths import lineage

CONFIRM = "您单位的相应数量已由其他中选产品承接，请核对并确认。"
AGAIN = "您单位的相应数量已恢复到取消之前。"


def tell_stopped(made: ProductStop, filings: Sequence[int], *, by: Actor) -> None:
    """Institutions that are touched, every bureau of the round, the enterprises of the group. Four statements."""
    touched = Filing.objects.filter(pk__in=list(filings)).values_list("path", flat=True)
    _tell(made, dict.fromkeys(touched, CONFIRM), by=by)


def tell_ended(made: ProductStop, *, by: Actor) -> None:
    """The same people; of a 暂停 no institution is touched."""
    paths: list[str] = []
    if made.act == StopAct.UNDO:
        paths = list(StopShare.objects.filter(stop=made.ends_id).values_list("path", flat=True))
    _tell(made, dict.fromkeys(paths, AGAIN), by=by)


def _tell(made: ProductStop, own: dict[str, str], *, by: Actor) -> None:
    project = made.project
    said = f"{_said(made)}原因：{made.reason}。"
    listed = reverse("allocation:stop_list", args=[project.code])
    lines = reverse("allocation:adjusted_list", args=[project.code])
    supplied = reverse("allocation:agreement_list", args=[project.code])
    places = [
        *((path, said + more, lines) for path, more in own.items()),
        *((path, said, listed) for path in _bureaus(project, own)),
        *((path, said, supplied) for path in _enterprises(made)),
    ]
    send_letters(
        [
            Letter(path, f"“{project.name}”{made.get_act_display()}", body, url, project.pk)
            for path, body, url in places
        ],
        kind=MessageKind.CORRECTION,
        by=by,
    )


def _said(made: ProductStop) -> str:
    product = made.product
    named = (
        f"，替补为 {made.replacement.item} · {made.replacement.enterprise}"
        if made.replacement
        else ""
    )
    when = f"自 {made.from_date:%Y-%m-%d} 起" if made.act in BEGINNING else ""
    return f"{product.item} · {product.enterprise} {when}{made.get_act_display()}{named}。"


def _bureaus(project: Project, own: dict[str, str]) -> list[str]:
    """Above whoever is touched; of a 暂停 all of the round."""
    rows = own or Participation.objects.filter(project=project).values_list("path", flat=True)
    return sorted({above for path in rows for above in lineage(path)[1:-1]})


def _enterprises(made: ProductStop) -> list[str]:
    """The accounts of the manufacturers whose products are of the group."""
    group = made.product.item.product_group
    rows = CapacityPool.objects.of_project(made.project)
    makers = rows.filter(product__item__product_group=group).values("product__enterprise")
    accounts = User.objects.main_accounts().filter(role=Role.MANUFACTURER, enterprise__in=makers)
    return sorted(accounts.values_list("path", flat=True))
