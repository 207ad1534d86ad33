"""Issuing: from a distributor to its account (S4-36, S4-42).

Invariants: a username is given by the rule and never invented; a sequence number is used once, whoever issues at the
same moment; a distributor gets one account, of an enterprise that has one elsewhere only once that or the alliance has
confirmed it. Locks: distributors by id, their enterprises by id, then the province's sequence.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.issue_targets import IssueRefused
from apps.accounts.models import User
from apps.accounts.models.roles import Permission, Role
from apps.distribution.domain import refusals
from apps.distribution.domain.distributors.confirming import spend_confirmations, to_be_confirmed
from apps.distribution.domain.reads import taken_usernames
from apps.distribution.models import DistributorAccount, UsernameSequence
from apps.distribution.models.usernames import LAST_NUMBER, free_numbers, from_account, from_number
from apps.organizations.models import Organization


def new_accounts(issuer: User, ids: Sequence[int]) -> dict[int, User]:
    """Unsaved accounts by distributor id, for those of the issuer's province that have none. Raises `IssueRefused`."""
    if issuer.role != Role.PROVINCE or not issuer.has(Permission.MANAGE_ACCOUNTS):
        return {}
    province: Any = issuer.organization
    rows = list(
        DistributorAccount.objects.filter(pk__in=list(ids), province=province)
        .select_related("enterprise")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    held = to_be_confirmed(row for row in rows if not row.is_issued)
    waiting = [row for row in rows if not row.is_issued and row.pk not in held]
    names = _usernames(province, waiting)
    return {
        row.pk: User(
            username=names[row.pk],
            enterprise=row.enterprise,
            role=Role.DISTRIBUTOR,
            path=row.path,
            name=row.authorized_person,
            phone=row.phone,
        )
        for row in waiting
    }


def _usernames(province: Organization, waiting: Sequence[DistributorAccount]) -> dict[int, str]:
    named = {
        row.pk: from_account(province.code, row.provincial_account)
        for row in waiting
        if row.provincial_account
    }
    unnamed = [row.pk for row in waiting if row.pk not in named]
    numbers = take_numbers(province, len(unnamed))
    fresh = (from_number(province.code, number) for number in numbers)
    return named | dict(zip(unnamed, fresh, strict=True))


@transaction.atomic
def take_numbers(province: Organization, wanted: int) -> list[int]:
    """So many sequence numbers, never to be given out again. Raises `IssueRefused` when four digits don't do.

    Left out are names that an account has, or that a provincial account of four digits will make.
    """
    if not wanted:
        return []
    UsernameSequence.objects.bulk_create(
        [UsernameSequence(province=province)], ignore_conflicts=True
    )
    sequence = UsernameSequence.objects.select_for_update(of=("self",)).get(pk=province.pk)
    numbers = free_numbers(sequence.last, wanted, _taken_numbers(province, sequence.last))
    if len(numbers) < wanted:
        raise IssueRefused(refusals.EXHAUSTED.format(left=len(numbers), wanted=wanted))
    sequence.last = numbers[-1]
    sequence.save(update_fields=["last"])
    return numbers


def _taken_numbers(province: Organization, last: int) -> set[int]:
    named = DistributorAccount.objects.filter(
        province=province, provincial_account__regex=r"^[0-9]{4}$"
    ).values_list("provincial_account", flat=True)
    candidates = {
        from_number(province.code, number).lower(): number
        for number in range(last + 1, LAST_NUMBER + 1)
    }
    taken = {candidates[name] for name in taken_usernames(candidates)}
    return taken | {int(account) for account in named}


def note_issued(by: Actor, accounts: Mapping[int, User]) -> None:
    """Tie the saved accounts to their distributors, both at the same path; what was confirmed is used up."""
    main = User.objects.filter(path=OuterRef("path"), parent_account__isnull=True)
    spend_confirmations(list(accounts), by=by)
    DistributorAccount.objects.filter(pk__in=list(accounts)).update(
        user_id=Subquery(main.values("pk")[:1]), issued_at=timezone.now(), issued_by=by.user
    )
