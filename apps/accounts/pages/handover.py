"""经办人交接: the own account to a successor, or one below whose person has left."""

from dataclasses import replace

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from apps.accounts.domain.handovers.acts import NobodyNew, Successor, hand_over
from apps.accounts.domain.passwords import ResetTwice, SecondPersonNeeded
from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.accounts.pages.account_acts import TWICE, stamp, unit_of
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.password_form import OwnPasswordForm
from apps.accounts.pages.requests import SignedInRequest
from apps.accounts.pages.subordinates import below
from apps.folding.domain.fields import NameField

OWN, LIST = "accounts:account_security", "accounts:subordinate_list"
GUARDED = (
    "这个账号的密码须由另一人批准才能更换：请先由上级（联采办由安全管理员）在“密码重置”中申请重置，批准后再办理交接；"
    "子账号请主账号修改姓名并重置密码。"
)


class HandoverForm(forms.Form):
    """姓名 手机 of the successor."""

    name = NameField(
        label="新经办人姓名",
        max_length=50,
        help_text="真实姓名；此后的记录用这个名字，以前的保持原名。",
    )
    phone = forms.CharField(label="新经办人手机", max_length=30)


class OwnHandoverForm(OwnPasswordForm, HandoverForm):
    """What changing the own password asks for as well."""

    field_order = ("name", "phone", "old_password", "token")


@never_cache
@sensitive_post_parameters("old_password", "token")
def account_handover(request: SignedInRequest) -> HttpResponse:
    """The own account; whoever does it is signed out."""
    form = OwnHandoverForm(request, request.POST or None)
    return _page(request, request.user, form, back=OWN)


@requires(Permission.RESET_PASSWORDS)
@never_cache
def subordinate_handover(request: SignedInRequest, pk: int) -> HttpResponse:
    form = HandoverForm(request.POST or None)
    return _page(request, below(request.user, pk), form, back=LIST)


def _page(
    request: SignedInRequest, account: User, form: HandoverForm, *, back: str
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            return _done(request, account, form, back=back)
        except NobodyNew:
            form.add_error(
                "name", "新经办人与现在的经办人同名，没有办理。只换密码请用“密码修改”或“重置密码”。"
            )
        except SecondPersonNeeded:
            form.add_error(None, GUARDED)
        except ResetTwice:
            messages.warning(request, TWICE.format(username=account.username))
            return redirect(back)
    shown = {
        "account": account,
        "unit": unit_of(account),
        "form": form,
        "back": back,
        "seen": account.password_changed_at.isoformat() if account.password_changed_at else "",
        "is_own": account.pk == request.user.pk,
    }
    return render(request, "accounts/account_handover.html", shown)


def _done(
    request: SignedInRequest, account: User, form: HandoverForm, *, back: str
) -> HttpResponse:
    successor = Successor(form.cleaned_data["name"].strip(), form.cleaned_data["phone"].strip())
    proved = isinstance(form, OwnHandoverForm)
    held, password = hand_over(
        by=replace(request.actor, proved=proved),
        account_id=account.pk,
        successor=successor,
        seen=stamp(request),
    )
    shown = {"account": held, "unit": unit_of(held), "password": password, "back": back}
    return render(request, "accounts/one_time_password.html", shown)
