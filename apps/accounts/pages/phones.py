"""联系电话 in lists: in full, shortened, or shortened with a button that shows one number and is logged.

The button belongs to the form that `accounts/_phone_form.html` draws once on the page.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_POST

from apps.accounts.domain.calling import BUREAUS, MayNotCall, caller_of, look_up, number_for
from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.redirects import page_of
from apps.accounts.pages.requests import SignedInRequest
from apps.organizations.models import Organization
from apps.ui.tables import Column, ListTable


def phone_cell(viewer: User, of: Organization | User) -> str:
    """The number of a unit or of an account, as the viewer sees it in a list."""
    caller = caller_of(viewer)
    shown = number_for(caller, of.path, of.phone)
    if not caller or shown == of.phone:
        return shown
    page = "phone_of_unit" if isinstance(of, Organization) else "phone_of_account"
    return format_html(
        '{} <button form="phones" formaction="{}" class="link-button" title="显示完整号码，记入操作日志">显示</button>',
        shown,
        reverse(f"accounts:{page}", args=[of.pk]),
    )


class PhoneColumn(Column):
    """The phone of the unit or account that `accessor` leads to; of the record itself without one."""

    def __init__(self, *, verbose_name: str = "联系电话", **kwargs: Any) -> None:
        kwargs.setdefault("accessor", "pk")
        super().__init__(verbose_name=verbose_name, orderable=False, **kwargs)

    def render(self, value: Any, record: Any, table: ListTable) -> str:  # type: ignore[override]
        of = value if isinstance(value, Organization) else record
        return phone_cell(table.request.user, of) or "—"


@requires(Permission.QUERY, roles=BUREAUS)
@require_POST
def phone_of_unit(request: SignedInRequest, pk: int) -> HttpResponse:
    return _shown(request, get_object_or_404(Organization.objects.all(), pk=pk))


@requires(Permission.QUERY, roles=BUREAUS)
@require_POST
def phone_of_account(request: SignedInRequest, pk: int) -> HttpResponse:
    accounts = User.objects.select_related("organization", "enterprise")
    return _shown(request, get_object_or_404(accounts, pk=pk))


def _shown(request: SignedInRequest, of: Organization | User) -> HttpResponse:
    try:
        phone = look_up(by=request.actor, of=of)
    except MayNotCall as refusal:
        raise PermissionDenied("您的账号不需要与这些单位联系，看不到完整号码。") from refusal
    unit, person = (
        (of, of.contact_name) if isinstance(of, Organization) else (of.belongs_to(), of.name)
    )
    shown = {"unit": unit, "person": person, "phone": phone, "back": page_of(request) or "/"}
    return render(request, "accounts/phone.html", shown)
