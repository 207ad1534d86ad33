"""What filings say of a round (who takes part, who has reported, for whom somebody else decided) and of a unit.

Invariant: every participant at or below a place is in exactly one of the lines; removed ones are in none of them.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.urls import reverse

from apps.organizations.models import Tier
from apps.projects.models import Project, ProjectKind
from apps.review.domain.checklist import Contributor, Facts, Line, Place, fact, of
from apps.review.models import Filing, FilingCount
from apps.review.models.statuses import EDITABLE, FROZEN, Status
from apps.scope.paths import in_subtree

FILINGS, BUREAUS = "filings", "bureaus"
OWN, SUBSTITUTED, MAINTAINED = "own", "substituted", "maintained"
MAY_SEE_REMOVED = 2
"""So deep stand those who see the list of participants with the removed ones: the alliance and the provinces."""
LATEST = 5
"""Rounds that are told of a unit."""


def facts_of(place: Place) -> list[QuerySet[Any]]:
    """Both by status: institutions with those that were substituted and maintained, bureaus directly below.

    From what is counted with the filings: a country is some thousand units, not tens of thousands of filings.
    """
    rows = FilingCount.objects.filter(project_id=place.project.pk)
    institutions = rows.filter(in_subtree(place.path), tier=Tier.INSTITUTION)
    apart = {
        "other": Sum("number", filter=Q(substituted=True)),
        "quantity": Sum("number", filter=Q(substituted=False, maintained=True)),
    }
    own = Filing.objects.of_project(place.project).filter(path=place.path).values("pk")
    bureaus = rows.exclude(tier=Tier.INSTITUTION).filter(parent_id__in=own)
    return [
        fact(institutions, FILINGS, text=F("status"), number=Sum("number"), **apart),
        fact(bureaus, BUREAUS, text=F("status"), number=Sum("number")),
    ]


def unreported_in(project: Project, path: str) -> int:
    """Institutions at or below a path that have not reported, or have to report once more; one statement."""
    rows = Filing.objects.of_project(project).institutions().filter(in_subtree(path))
    return rows.filter(status__in=[Status.DRAFT, Status.RETURNED]).count()


def lines_of(place: Place, facts: Facts) -> list[Line]:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in facts.get(FILINGS, ()):
        others = (row.other, row.quantity) if row.text in FROZEN else (0, 0)
        counts[SUBSTITUTED][row.text], counts[MAINTAINED][row.text] = others
        counts[OWN][row.text] = row.number - sum(others)
    bureaus = Counter({row.text: row.number for row in facts.get(BUREAUS, ())})
    return [*_institutions(place, counts), *_bureaus(place, bureaus)]


def _institutions(place: Place, counts: Mapping[str, Counter[str]]) -> list[Line]:
    own, waiting = counts[OWN], counts[OWN][Status.SUBMITTED]
    total = sum(counts[name].total() for name in (OWN, SUBSTITUTED, MAINTAINED))
    total -= own[Status.EXCLUDED]
    lines = [
        Line("participants", "参加机构", f"{total:,} 家", href=_units(place, "all")),
        Line(
            "reported",
            "已上报",
            of(_frozen(own), total),
            note=f"其中待审核 {waiting:,} 家" if waiting else "",
            href=_units(place, "reported"),
        ),
    ]
    if maintained := _frozen(counts[MAINTAINED]):
        value = of(maintained, total)
        lines.append(Line("maintained", "省代为填报", value, href=_units(place, "maintained")))
    substituted = _frozen(counts[SUBSTITUTED])
    if substituted or place.project.kind == ProjectKind.ALLOCATION:
        value = of(substituted, total)
        lines.append(Line("substituted", "系统代分", value, href=_units(place, "substituted")))
    for status, label, stage in (
        (Status.DRAFT, "未上报", "draft"),
        (Status.RETURNED, "退回未重报", "returned"),
        (Status.LAPSED, "计为未报", "lapsed"),
    ):
        value, is_open = of(own[status], total), own[status] > 0
        lines.append(Line(stage, label, value, href=_units(place, stage), is_open=is_open))
    if removed := own[Status.EXCLUDED]:
        lines.append(Line("excluded", "已移出", f"{removed:,} 家", href=_removed(place)))
    return lines


def _bureaus(place: Place, counts: Counter[str]) -> list[Line]:
    """The packages of the bureaus directly below; none where institutions alone stand there."""
    total, done = counts.total(), _frozen(counts)
    if not total:
        return []
    note = "、".join(
        f"{label} {counts[status]:,} 家"
        for status, label in ((Status.SUBMITTED, "待审核"), (Status.RETURNED, "已退回"))
        if counts[status]
    )
    page = "portal:progress_detail"
    href = f"{reverse(page, args=[place.project.code])}?{place.query}".rstrip("?")
    return [Line("bureaus", "下级医保部门已提交", of(done, total), note, href, done < total)]


def _frozen(counts: Counter[str]) -> int:
    return sum(counts[status] for status in FROZEN)


def _units(place: Place, stage: str) -> str:
    query = "&".join(filter(None, [f"stage={stage}", place.query]))
    return f"{reverse('portal:progress_unit_list', args=[place.project.code])}?{query}"


def _removed(place: Place) -> str:
    if len(place.path.strip("/").split("/")) > MAY_SEE_REMOVED:
        return ""
    page = reverse("review:participant_list", args=[place.project.code])
    return f"{page}?status={Status.EXCLUDED}"


PARTICIPATION = Contributor(facts_of, lines_of)


def rounds_of(path: str, _role: str) -> list[str]:
    """`正在办理的项目：… 未上报 3 家`, a phrase for each of the latest rounds; two statements."""
    rows = Filing.objects.filter(in_subtree(path)).institutions().exclude(status=Status.EXCLUDED)
    running = rows.filter(project__in=_running(path)).order_by("-project_id")
    counted = running.values_list("project__name").annotate(
        Count("pk"), waiting=Count("pk", filter=Q(status__in=EDITABLE))
    )
    said = []
    for name, number, waiting in counted:
        left = f"，其中 {waiting:,} 家还没有上报" if waiting else ""
        said.append(f"正在办理的“{name}”：{number:,} 家医疗机构参加{left}")
    return said


def _running(path: str) -> list[int]:
    rows = Filing.objects.filter(path=path, project__concluded_at__isnull=True)
    running = rows.filter(project__published_at__isnull=False).order_by("-project_id")
    return list(running.values_list("project_id", flat=True)[:LATEST])
