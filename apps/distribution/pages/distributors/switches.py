"""启用, 禁用 and 重置密码 of an issued distributor (S4-21, S4-37)."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from apps.accounts.models import User
from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.account_acts import reset, switch, unit_of
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.reads import distributors_of

LIST = "distribution:distributor_list"
PROVINCE = (Role.PROVINCE,)


def _account(request: SignedInRequest, pk: int) -> User:
    """The user of a distributor; one that was not issued has none (S4-36)."""
    row = get_object_or_404(distributors_of(request.user), pk=pk)
    if row.user is None:
        raise Http404
    account: User = row.user
    return account


@requires(Permission.MANAGE_ACCOUNTS, roles=PROVINCE)
def distributor_switch(request: SignedInRequest, pk: int, *, active: bool) -> HttpResponse:
    return switch(request, _account(request, pk), active=active, back=LIST)


@requires(Permission.MANAGE_ACCOUNTS, Permission.RESET_PASSWORDS, roles=PROVINCE)
@never_cache
def distributor_reset(request: SignedInRequest, pk: int) -> HttpResponse:
    account = _account(request, pk)
    return reset(request, account, unit=unit_of(account), back=LIST)
