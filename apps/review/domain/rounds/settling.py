"""What a unit that closes or merges leaves in the rounds that run, and settling it (机构变更).

Invariants: what was reported stays and counts; what was not counts as no report, and keeps nobody's package waiting;
volumes that were dealt out pass to the successor, who goes on in the name of the unit; nothing moves below a package
that was submitted. Each filing is moved by `perform`, under its lock and by the law.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.review.domain.labels import status_text
from apps.review.domain.performing import perform
from apps.review.domain.rounds.participants import FIXED_AT_PUBLICATION
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE, FROZEN, Action, Status
from apps.scope.context import whole_country
from apps.scope.paths import ancestors

ABOVE = "packages above a unit keep its filing where it is"


@dataclass(frozen=True, slots=True)
class Left:
    """The unit's filings in rounds that run, by project.

    `closing` are settled; `passing` are the successor's to report; `held` lie below a submitted package, which has
    counted them as not reported; `kept` were reported, or decided on before.
    """

    closing: tuple[Filing, ...] = ()
    passing: tuple[Filing, ...] = ()
    held: tuple[Filing, ...] = ()
    kept: tuple[Filing, ...] = ()

    def told(self, became: str, successor: str) -> list[str]:
        """A phrase for each round."""
        return [
            *(_said(f, f"记为“{Status.LAPSED.label}（{became}）”，不再等待") for f in self.closing),
            *(_said(f, f"分配量不变，由{successor}以本机构名义继续办理") for f in self.passing),
            *(_said(f, "上级已提交，已按未报计，不变") for f in self.held),
            *(_said(f, "保持不变") for f in self.kept),
        ]


def _said(filing: Filing, then: str) -> str:
    return f"“{filing.project.name}”（{status_text(filing)}）：{then}"


def left_by(unit: Organization, *, merging: bool) -> Left:
    """Two statements, whatever the number of rounds."""
    filings = list(_running(unit.pk))
    frozen = _frozen_above(unit.path, [filing.project_id for filing in filings])
    piles: dict[str, list[Filing]] = {"closing": [], "passing": [], "held": [], "kept": []}
    for filing in filings:
        piles[_pile(filing, frozen, merging=merging)].append(filing)
    return Left(**{name: tuple(pile) for name, pile in piles.items()})


def _pile(filing: Filing, frozen: frozenset[int], *, merging: bool) -> str:
    if filing.state not in EDITABLE:
        return "kept"
    if filing.project_id in frozen:
        return "held"
    return "passing" if merging and filing.kind in FIXED_AT_PUBLICATION else "closing"


def _running(unit_id: int) -> Iterable[Filing]:
    rows = Filing.objects.filter(
        organization_id=unit_id,
        project__published_at__isnull=False,
        project__concluded_at__isnull=True,
    ).exclude(status=Status.EXCLUDED)
    return rows.select_related("project", "organization").order_by("project_id")


def _frozen_above(path: str, projects: Sequence[int]) -> frozenset[int]:
    """Projects in which a tier above has submitted."""
    with whole_country(reason=ABOVE):
        rows = Filing.objects.filter(
            project__in=projects, path__in=ancestors(path), status__in=FROZEN
        )
        return frozenset(rows.values_list("project_id", flat=True))


@transaction.atomic
def settle(filings: Sequence[Filing], *, became: str, by: Actor) -> list[int]:
    """Close them as what became of their unit; returns their keys. Raises a `ReviewRefused`."""
    for filing in filings:
        perform([filing], Action.SETTLE, by=by, reason=became)
    return [filing.pk for filing in filings]


def settled_since(pks: Sequence[int]) -> list[Filing]:
    rows = Filing.objects.filter(pk__in=list(pks)).select_related("project", "organization")
    return list(rows.order_by("project_id"))


def why_not_unsettled(filings: Sequence[Filing]) -> list[str]:
    """What was built on it since: rounds that were concluded, packages that were submitted; one statement."""
    if not filings:
        return []
    frozen = _frozen_above(filings[0].path, [filing.project_id for filing in filings])
    found = []
    for filing in filings:
        name = f"“{filing.project.name}”"
        if not filing.project.is_in_progress:
            found.append(f"{name}已办结")
        elif filing.project_id in frozen:
            found.append(f"{name}的上级已经提交，请先退回")
        elif filing.state != Status.LAPSED:
            found.append(f"{name}的申报已另行办理（{status_text(filing)}）")
    return found


@transaction.atomic
def unsettle(filings: Sequence[Filing], *, reason: str, by: Actor) -> None:
    """Open them again, as far as their time goes. Raises a `ReviewRefused`."""
    for filing in filings:
        perform([filing], Action.UNSETTLE, by=by, reason=reason)


def keep_shut(_project: Project, filings: Sequence[Filing], _action: Action) -> Mapping[int, str]:
    """A guard of 补报: nobody would be there to report what it opens. No statement."""
    shut = [filing for filing in filings if not filing.organization.is_active]
    return {filing.pk: "机构已禁用、停业或已并入其他机构，不能补报" for filing in shut}
