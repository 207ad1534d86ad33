"""The demo's allocation `DEMO-FL`: made, published and begun by the product's own services.

Invariant: made once; every later load only moves its windows, so that it is always open.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.allocation.files.columns import VOLUMES
from apps.allocation.files.workbooks import VOLUME_IMPORT
from apps.allocation.models import AllocationRow, SlotLine
from apps.exchange.files.rendering import Record
from apps.organizations.models import Organization, Tier
from apps.projects.domain.lifecycle import create_project, start_preparation
from apps.projects.domain.participants.acts import choose_participants
from apps.projects.domain.windows.acts import set_windows as set_all_windows
from apps.projects.domain.windows.acts import window_of
from apps.projects.files.workbooks import CATALOGUE_IMPORT
from apps.projects.models import (
    Approval,
    Gate,
    Obligation,
    PackRounding,
    Participation,
    ProductType,
    Project,
    ProjectKind,
    Withdrawal,
)
from apps.review.domain.rounds.publishing import publish_project
from apps.review.models import Filing
from apps.scope.sql import freshen

from .catalogue import catalogue_records
from .fixtures import institutions, medicines
from .importing import import_records
from .progress import make_progress
from .volumes import volumes

CODE = "DEMO-FL"
NAME = "中成药集中带量采购约定采购量分配（演示）"
DESCRIPTION = (
    "演示项目。三个分配项的份额 20% / 30% / 50% 为演示值；企业、价格、产能、机构和采购量均为虚构。"
)
SHARED_ITEMS = ("FL0604",)
"""Items that every institution with an account reports: they meet at the product whose capacity is nearly gone."""
OPENED_DAYS_AGO = 5
CLOSES_IN_DAYS = {Tier.INSTITUTION: 21, Tier.CITY: 25, Tier.PROVINCE: 28, Tier.ALLIANCE: 35}
"""Days from today to the last day of each tier, which ends at 24:00."""


def load_allocation_round() -> None:
    project = Project.objects.filter(code=CODE).first()
    alliance = Actor.of(User.objects.select_related("organization").get(username="alliance"))
    if project is None:
        _make(alliance)
    elif project.is_in_progress:
        set_windows(project, alliance)


def created(by: Actor, code: str, name: str, description: str) -> Project:
    """An allocation round of patent medicines by way of city and province, 80 % agreed."""
    return create_project(
        by=by,
        code=code,
        name=name,
        kind=ProjectKind.ALLOCATION,
        product_type=ProductType.PATENT_MEDICINE,
        description=description,
        chain=[Tier.CITY, Tier.PROVINCE],
        gate=Gate.LENIENT,
        approval=Approval.BATCH,
        institution_withdrawal=Withdrawal.NONE,
        bureau_withdrawal=Withdrawal.DIRECT,
        agreed_ratio=Decimal("0.8"),
        keep_other=Decimal("0.9"),
        share_lowest=Decimal("0.2"),
        share_highest=Decimal("0.3"),
        share_other=Decimal("0.5"),
        pack_rounding=PackRounding.DOWN,
    )


@transaction.atomic
def _make(by: Actor) -> None:
    project = created(by, CODE, NAME, DESCRIPTION)
    set_windows(project, by)
    import_records(
        CATALOGUE_IMPORT,
        catalogue_records(medicines()),
        context={"project_id": project.pk},
        by=by,
    )
    start_preparation(project=project, by=by)
    _choose_participants(project, by)
    _import_volumes(project, by)
    freshen(Organization, Participation, AllocationRow)
    publish_project(project, by=by)
    freshen(Filing, AllocationRow, SlotLine)
    project.refresh_from_db()
    make_progress(project)


def set_windows(project: Project, by: Actor) -> None:
    today = timezone.localdate()
    opens_at = _start_of(today - timedelta(days=OPENED_DAYS_AGO))
    set_all_windows(
        project=project,
        windows={
            tier: window_of(opens_at, _start_of(today + timedelta(days=days + 1)), is_on=True)
            for tier, days in CLOSES_IN_DAYS.items()
        },
        by=by,
    )


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _choose_participants(project: Project, by: Actor) -> None:
    """Public institutions must take part, private ones may (rules §1)."""
    for obligation, is_public in ((Obligation.REQUIRED, True), (Obligation.VOLUNTARY, False)):
        codes = [
            institution.code
            for institution in institutions()
            if (institution.ownership == "公立") is is_public
        ]
        units = Organization.objects.institutions().filter(code__in=codes)
        choose_participants(project=project, institutions=units, obligation=obligation, by=by)


def _import_volumes(project: Project, by: Actor) -> None:
    rows: list[Record] = [
        {
            "code": institution.code,
            "name": institution.name,
            "item_code": medicines()[place].item_code,
            "reported": quantity,
        }
        for institution in institutions()
        if not institution.through
        for place, quantity in volumes(
            institution.code,
            institution.grade,
            medicines(),
            always=SHARED_ITEMS if institution.account else (),
        )
    ]
    import_records(VOLUME_IMPORT, {VOLUMES: rows}, context={"project_id": project.pk}, by=by)
