"""Publishing a project: checks, then the whole filing tree in a constant number of statements."""

from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.proofs import require_proof
from apps.audit.services import record
from apps.notices.messages import Letter, send_to_all
from apps.notices.models import MessageKind
from apps.projects.domain.publication import publication_problems
from apps.projects.domain.windows.extending import everybody_in
from apps.projects.models import Phase, Project
from apps.review.domain.checks import check_alliance
from apps.review.domain.kinds import kind_of
from apps.review.domain.refusals import PublicationRefused
from apps.review.domain.tree import plant_tree
from apps.review.models import Filing
from apps.scope.paths import ROOT


@dataclass(frozen=True, slots=True)
class PublicationReport:
    """What refuses publication, and what the publisher should know. `is_whole` false: lines were not read for it."""

    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    is_whole: bool = True


def publication_report(project: Project, *, whole: bool = True) -> PublicationReport:
    """`whole`: with what the kind of filings says, which reads every line."""
    if not whole:
        return PublicationReport(tuple(publication_problems(project)), (), is_whole=False)
    problems, warnings = kind_of(project).findings(project)
    return PublicationReport((*publication_problems(project), *problems), tuple(warnings))


@transaction.atomic
def publish_project(project: Project, *, by: Actor) -> int:
    """Freeze the policies, plant the filing tree, open the round. Returns the number of filings.

    Raises `PublicationRefused` listing every reason, `NotYourTurn` for anybody but the alliance, `ProofMissing`.
    """
    check_alliance(by)
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    if project.phase != Phase.PREPARING:
        raise PublicationRefused(
            [f"项目当前为“{project.get_phase_display()}”，只有筹备中的项目可以发布"]
        )
    report = publication_report(project)
    if report.problems:
        raise PublicationRefused(report.problems)
    require_proof(by=by, asked=project.asks_proof)
    plant_tree(project)
    Project.objects.filter(pk=project.pk).update(phase=Phase.PUBLISHED, published_at=timezone.now())
    kind_of(project).on_publish(project, by=by)
    planted = Filing.objects.of_project(project).count()
    record(
        by=by,
        verb="发布",
        object=project.name,
        sentence=f"发布项目“{project.name}”，生成 {planted} 份申报单",
        path=ROOT,
        project_code=project.code,
    )
    _tell(project, by)
    return planted


def _tell(project: Project, by: Actor) -> None:
    """Everybody in the round, and the bureaus above them."""
    title = f"项目发布：{project.name}"
    body = f"“{project.name}”已发布，请在规定的时间内办理。"
    url = reverse("projects:project_detail", args=[project.code])
    letter = Letter(ROOT, title, body, url, project.pk)
    send_to_all(everybody_in(project), letter, kind=MessageKind.PUBLISHED, by=by)
