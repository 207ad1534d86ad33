"""Distributors for tests: in the list of a province, issued or not. Nothing here needs a scope to be open."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.models import Approval, ApprovalKind, Outcome, User
from apps.accounts.models.roles import Role
from apps.distribution.models import DeliveryArea, DistributorAccount
from apps.organizations.models import Enterprise, Organization
from apps.scope.context import whole_country
from tests import factories


def distributor(
    province: Organization,
    name: str = "",
    *,
    enterprise: Enterprise | None = None,
    **fields: Any,
) -> DistributorAccount:
    """One that was not issued."""
    defaults = {
        "legal_representative": "刘法人",
        "authorized_person": "郑配送",
        "phone": "13971234567",
    }
    with whole_country(reason="test"):
        if enterprise is None:
            named = {"name": name} if name else {}
            enterprise = factories.EnterpriseFactory(**named)
        row = DistributorAccount.at(province, enterprise, **{**defaults, **fields})
        row.save()
        return row


def issued(row: DistributorAccount, by: User, *, username: str, **fields: Any) -> User:
    """Its account: password known, nothing to be changed first."""
    with whole_country(reason="test"):
        return issued_to(
            row,
            by,
            factories.enterprise_account(
                row.enterprise, Role.DISTRIBUTOR, row.province, username=username, **fields
            ),
        )


def issued_to(row: DistributorAccount, by: User, user: User) -> User:
    """Tie an account that exists to its distributor."""
    with whole_country(reason="test"):
        row.user, row.issued_by, row.issued_at = user, by, timezone.now()
        row.save()
        return user


def confirmed(row: DistributorAccount, *, asker: User, by: User) -> None:
    """Somebody has confirmed that the enterprise, known elsewhere, gets an account here too."""
    now = timezone.now()
    with whole_country(reason="test"):
        Approval.objects.create(
            kind=ApprovalKind.DISTRIBUTOR,
            subject_id=row.pk,
            path=row.path,
            enterprise_id=row.enterprise_id,
            title="试",
            asked_by=asker,
            asked_by_name="试",
            asked_at=now,
            expires_at=now + timedelta(days=1),
            outcome=Outcome.APPROVED,
            decided_by=by,
            decided_by_name="试",
            decided_at=now,
        )


def areas(row: DistributorAccount, *codes: str) -> None:
    """What it says about where it delivers."""
    with whole_country(reason="test"):
        DeliveryArea.objects.bulk_create(
            DeliveryArea(account=row, division_id=code) for code in codes
        )
