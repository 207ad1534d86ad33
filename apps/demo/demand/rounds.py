"""The demo's demand rounds: `DEMO-BL` and `DEMO-BL-KQ` open for filling, `DEMO-2024` and `DEMO-LV` finished.

Invariant: made once by the product's own services; every later load only moves the windows of the open ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.demo.agreed_volumes import Season, past_season
from apps.demo.fixtures import DemoInstitution, institutions
from apps.demo.importing import import_records
from apps.demo.progress import actors_by_code
from apps.demo.season_catalogue import season, season_items
from apps.organizations.models import Organization, Tier
from apps.projects.domain.chains import set_province_settings
from apps.projects.domain.lifecycle import create_project, start_preparation
from apps.projects.domain.participants.acts import choose_participants
from apps.projects.domain.windows.acts import set_windows, window_of
from apps.projects.files.workbooks import CATALOGUE_IMPORT
from apps.projects.models import (
    Approval,
    Attachment,
    ExplanationDirection,
    ExplanationScope,
    Gate,
    Obligation,
    ProductType,
    Project,
    ProjectKind,
    ReportingMode,
    Withdrawal,
)
from apps.reporting.domain.rollup import refresh
from apps.reporting.models import DemandLine, PurchaseHistory
from apps.review.domain.rounds.publishing import publish_project
from apps.review.models import Filing
from apps.scope.sql import freshen

from .catalogue import Offered, brackets, catalogue_records, drugs
from .filling import load_history, years_before
from .progress import begin, finish

OPENED_DAYS_AGO = 4
CLOSES_IN_DAYS = {
    Tier.INSTITUTION: 18,
    Tier.COUNTY: 21,
    Tier.CITY: 24,
    Tier.PROVINCE: 28,
    Tier.ALLIANCE: 35,
}
"""Days from today to the last day of each tier, which ends at 24:00."""
SEASON, SEASON_PROVINCES = "DEMO-LV", ("42", "14")
"""The round with every kind of agreed volume, and who takes part in it."""
BASICS = ("社区卫生服务中心", "乡镇卫生院")


@dataclass(frozen=True, slots=True)
class Round:
    """One demand round of the demo; `policies` are the fields of its project, a finished one has its `season`.

    `maintained` are codes of provinces that fill in for their institutions.
    """

    code: str
    name: str
    items: Sequence[Offered]
    units: Sequence[DemoInstitution]
    policies: Mapping[str, Any]
    season: Season | None = None
    maintained: Sequence[str] = ()


def rounds() -> list[Round]:
    everybody = [unit for unit in institutions() if not unit.through]
    hospitals = [unit for unit in everybody if unit.kind not in BASICS and unit.grade != "未定级"]
    past = [unit for unit in everybody if unit.account or unit.stand]
    two_provinces = [unit for unit in past if unit.parent[:2] in SEASON_PROVINCES]
    today = timezone.localdate()
    two, one = years_before(today, 2), years_before(today, 1)
    return [
        Round("DEMO-2024", "上一批药品集中采购报量（演示，已办结）", drugs()[:60], past, {
            **DRUGS, "baseline_years": years_before(today.replace(year=today.year - 1, day=1), 1),
        }, past_season(drugs()[:60])),
        Round(SEASON, "耗材和药品集中采购报量（演示，已办结）", season_items(), two_provinces, {
            **DRUGS, "product_type": ProductType.CONSUMABLE, "baseline_years": one,
        }, season()),
        Round("DEMO-BL-KQ", "口腔正畸托槽集中采购报量（演示）", brackets(), hospitals, {
            **BRACKETS, "baseline_years": one,
        }),
        Round("DEMO-BL", "药品集中采购报量（演示）", drugs(), everybody, {
            **DRUGS, "baseline_years": two, "attachment": Attachment.LETTER,
            "chain": [Tier.COUNTY, Tier.CITY, Tier.PROVINCE],
        }, maintained=("66",)),
    ]  # fmt: skip


DESCRIPTION = "演示项目。生产企业、价格、机构和采购量均为虚构，药品通用名仅作演示。"
DRUGS: Mapping[str, Any] = {
    "product_type": ProductType.DRUG,
    "chain": [Tier.CITY, Tier.PROVINCE],
    "gate": Gate.LENIENT,
    "approval": Approval.BATCH,
    "institution_withdrawal": Withdrawal.DIRECT,
    "bureau_withdrawal": Withdrawal.DIRECT,
    "explanation_direction": ExplanationDirection.DECREASE,
    "explanation_threshold": Decimal("0.2"),
}
BRACKETS: Mapping[str, Any] = {
    "product_type": ProductType.CONSUMABLE,
    "chain": [Tier.CITY, Tier.PROVINCE],
    "gate": Gate.STRICT,
    "approval": Approval.ONE_BY_ONE,
    "institution_withdrawal": Withdrawal.ON_REQUEST,
    "bureau_withdrawal": Withdrawal.NONE,
    "explanation_scope": ExplanationScope.TOTAL,
    "explanation_direction": ExplanationDirection.INCREASE,
    "explanation_threshold": Decimal(0),
    "attachment": Attachment.SUMMARY,
}


def load_demand_rounds() -> None:
    alliance = Actor.of(User.objects.select_related("organization").get(username="alliance"))
    for round_ in rounds():
        project = Project.objects.filter(code=round_.code).first()
        if project is None:
            _make(round_, alliance)
        elif project.is_in_progress:
            _set_windows(project, alliance)


@transaction.atomic
def _make(round_: Round, by: Actor) -> None:
    project = create_project(
        by=by,
        code=round_.code,
        name=round_.name,
        kind=ProjectKind.DEMAND,
        description=DESCRIPTION,
        **round_.policies,
    )
    _set_windows(project, by)
    context = {"project_id": project.pk}
    import_records(CATALOGUE_IMPORT, catalogue_records(round_.items), context=context, by=by)
    start_preparation(project=project, by=by)
    _choose_participants(project, round_, by)
    _let_provinces_maintain(project, round_)
    units = Organization.objects.institutions().filter(
        code__in=[unit.code for unit in round_.units]
    )
    load_history(project, round_.items, units)
    freshen(Organization, PurchaseHistory)
    publish_project(project, by=by)
    freshen(Filing)
    project.refresh_from_db()
    if round_.season:
        finish(project, round_.items, round_.season, by)
    else:
        begin(project, round_.items)
    freshen(DemandLine)
    refresh(project)


def _choose_participants(project: Project, round_: Round, by: Actor) -> None:
    """Public institutions must take part, private ones may (rules §1)."""
    for obligation, is_public in ((Obligation.REQUIRED, True), (Obligation.VOLUNTARY, False)):
        codes = [unit.code for unit in round_.units if (unit.ownership == "公立") is is_public]
        units = Organization.objects.institutions().filter(code__in=codes)
        if codes:
            choose_participants(project=project, institutions=units, obligation=obligation, by=by)


def _let_provinces_maintain(project: Project, round_: Round) -> None:
    for code in round_.maintained:
        set_province_settings(
            project=project,
            province=Organization.objects.get(code=code),
            chain=[Tier.PROVINCE],
            mode=ReportingMode.MAINTAINED,
            windows={},
            by=actors_by_code()[code],
        )


def _set_windows(project: Project, by: Actor) -> None:
    today = timezone.localdate()
    tiers = {Tier.INSTITUTION, Tier.ALLIANCE, *(Tier(tier) for tier in project.chain)}
    opens_at = _start_of(today - timedelta(days=OPENED_DAYS_AGO))
    set_windows(
        project=project,
        windows={
            tier: window_of(opens_at, _start_of(today + timedelta(days=days + 1)), is_on=True)
            for tier, days in CLOSES_IN_DAYS.items()
            if tier in tiers
        },
        by=by,
    )


def _start_of(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
