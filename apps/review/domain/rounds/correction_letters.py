"""Who hears of a correction: whoever has to check lines anew lands on these, everybody else on what was corrected."""

from collections.abc import Sequence

from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.projects.domain.corrections.fields import Change
from apps.projects.models import Correction, Participation, Project
from apps.review.domain.kinds import kind_of
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN
from apps.scope.paths import lineage

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
    page = reverse("review:correction_list", args=[project.code])
    lines = reverse(kind_of(project).lines_page(), args=[project.code])
    own = {unit.path: GIVEN_BACK if unit.state in FROZEN else CHECK for unit in institutions}
    above = {unit.path: PACKAGE for unit in packages}
    letters = [
        Letter(
            path=path,
            title=f"“{project.name}”更正",
            body=f"{said}{own.get(path) or above.get(path, '')}",
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
