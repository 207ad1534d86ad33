"""Who hears of a correction: whoever has to check lines anew lands on these, everybody else on what was corrected."""

from collections.abc import Collection, Mapping, Sequence
from urllib.parse import quote

from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.organizations.models import Tier
from apps.projects.domain.corrections.fields import Change
from apps.projects.models import CatalogItem, Correction, Participation, Project
from apps.review.domain.kinds import kind_of
from apps.review.domain.returns.deadlines import Deadlines
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN
from apps.scope.paths import lineage
from apps.ui.formats import moment

CHECK = "请核对这些明细后重新保存、上报。"
GIVEN_BACK = "您单位的申报已退回，请核对这些明细后重新上报。"
PACKAGE = "下级的明细须重新核对，您单位提交的数据已退回，请待下级重新上报后再审核、提交。"


def tell(
    project: Project,
    made: Correction,
    changes: Sequence[Change],
    institutions: Sequence[Filing],
    packages: Sequence[Filing],
    *,
    by: Actor,
) -> None:
    """One message for each unit of the round; three statements. `institutions` as they were before."""
    said = f"{made}：{'；'.join(change.words for change in changes)}。原因：{made.reason}。"
    own = {unit.path: GIVEN_BACK if unit.state in FROZEN else CHECK for unit in institutions}
    above = {unit.path: PACKAGE for unit in packages}
    _send(project, f"“{project.name}”更正", said, {**above, **own}, own, by=by)


def tell_of_addition(
    project: Project,
    made: Correction,
    item: CatalogItem,
    institutions: Sequence[Filing],
    packages: Sequence[Filing],
    *,
    deadlines: Deadlines,
    by: Actor,
) -> None:
    """The same of an item that came later: whoever is concerned lands on its row."""
    until = {tier: moment(end) for tier, end in deadlines.items()}
    said = f"{made}：增补品规 {item.item_code} {item}。原因：{made.reason}。"
    fill = f"请在 {until[Tier.INSTITUTION]} 前填写这一行"
    own = {
        unit.path: f"您单位的申报已退回，{fill}后重新上报，其他明细不变；逾期没有上报的，上次上报的数据由上级恢复。"
        if unit.state in FROZEN
        else f"{fill}，与其他品规一并上报。"
        for unit in institutions
    }
    last = until[max(deadlines, key=lambda tier: deadlines[tier])]
    above = {
        unit.path: f"下级须补填这一品规，您单位提交的数据已退回，请在 {until.get(unit.tier, last)} 前审核并重新提交。"
        for unit in packages
    }
    title, rows = f"“{project.name}”增补品规", f"?q={quote(item.item_code)}"
    _send(project, title, said, {**above, **own}, own, rows=rows, by=by)


def _send(
    project: Project,
    title: str,
    said: str,
    bodies: Mapping[str, str],
    own: Collection[str],
    *,
    rows: str = "",
    by: Actor,
) -> None:
    """`bodies` by path, what it means for that unit; `own` are those with lines, `rows` which of them."""
    page = reverse("review:correction_list", args=[project.code])
    lines = f"{reverse(kind_of(project).lines_page(), args=[project.code])}{rows}"
    letters = [
        Letter(
            path=path,
            title=title,
            body=f"{said}{bodies.get(path, '')}",
            url=lines if path in own else page,
            project_id=project.pk,
        )
        for path in _everybody(project)
    ]
    send_letters(letters, kind=MessageKind.CORRECTION, by=by)


def _everybody(project: Project) -> list[str]:
    """Paths of all who take part, and of the bureaus above them."""
    rows = Participation.objects.filter(project=project).values_list("path", flat=True)
    return sorted({above for path in rows.iterator() for above in lineage(path)[1:]})
