"""What keeps filings where they stand: a province whose reports are in a published base, a round without a base.

And what keeps rules and winning results: agreed volumes that are published.

Order of a round: provinces approved → base published → 办结 → allocation task.
"""

from collections.abc import Mapping, Sequence

from apps.organizations.models import Tier
from apps.projects.models import Project, ProjectKind
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from apps.volumes.models import AgreedVersion, BaseQuantity, BaseVersion, State

IN_BASE = "已计入已发布的约定采购量计算基数，请先由联采办撤销计算基数的发布"
COUNTED = "约定采购量计算基数已经发布，增补的品规不在其中，请先撤销计算基数的发布"
NO_BASE = "已有省份审核通过，请先生成并发布约定采购量计算基数"

RESULTS_FIXED = "约定采购量已经发布，规则和中选结果不能再改；需要修改时请先撤销发布"
BASE_FIXED = "计算基数已经发布，折算系数不能再改；需要修改时请先撤销发布"


def is_base_fixed(project: Project) -> bool:
    """Whether a base is published: conversions don't change then. One statement."""
    return bool(BaseVersion.objects.of_project(project).published().exists())


def are_results_fixed(project: Project) -> bool:
    """Whether agreed volumes are published: rules don't change then, winning results don't go. One statement."""
    return bool(AgreedVersion.objects.of_project(project).published().exists())


def made_of(project: Project) -> list[str]:
    """Why 办结 stays: agreed volumes that are published. The base has to be published before and stays."""
    versions = AgreedVersion.objects.of_project(project).published()
    numbers = versions.values_list("number", flat=True)
    return [f"约定采购量第 {number} 版已经发布，请先撤销发布" for number in numbers]


def keep_in_base(project: Project, filings: Sequence[Filing], action: Action) -> Mapping[int, str]:
    """Of acts that take back: one statement for provinces of a demand round, none for others."""
    provinces = [filing.pk for filing in filings if filing.tier == Tier.PROVINCE]
    if project.kind != ProjectKind.DEMAND or not provinces:
        return {}
    counted = BaseQuantity.objects.filter(
        version__project=project, version__state=State.PUBLISHED, filing__in=provinces
    )
    return dict.fromkeys(counted.values_list("filing_id", flat=True).distinct(), IN_BASE)


def keep_without_base(
    project: Project, filings: Sequence[Filing], action: Action
) -> Mapping[int, str]:
    """Of 办结."""
    if project.kind != ProjectKind.DEMAND or is_base_fixed(project):
        return {}
    roots = [filing.pk for filing in filings]
    approved = Filing.objects.filter(parent__in=roots, status=Status.APPROVED)
    return dict.fromkeys(roots, NO_BASE) if approved.exists() else {}


def keep_as_counted(
    project: Project, filings: Sequence[Filing], action: Action
) -> Mapping[int, str]:
    """Of 增补品规."""
    if project.kind != ProjectKind.DEMAND or not is_base_fixed(project):
        return {}
    return dict.fromkeys((filing.pk for filing in filings), COUNTED)
