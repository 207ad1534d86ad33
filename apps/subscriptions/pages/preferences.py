"""提醒设置: what an account is told by mail and by short message, beside its messages here."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.subscriptions.domain.acts import SubscriptionRefused, preference_of, save_preference
from apps.subscriptions.models import Channel
from apps.subscriptions.pages.forms import PreferenceForm

PAGE = "subscriptions:preference_edit"
CHANNELS = {"mail": Channel.MAIL, "sms": Channel.SMS}


@requires(Permission.QUERY)
@require_http_methods(["GET", "HEAD", "POST"])
def preference_edit(request: SignedInRequest) -> HttpResponse:
    user: Any = request.user
    mail, sms = (preference_of(user, channel) for channel in CHANNELS.values())
    data = request.POST if request.method == "POST" else None
    form = PreferenceForm(mail, sms, data=data, path=user.log_path)
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        try:
            for name, channel in CHANNELS.items():
                save_preference(
                    by=request.actor,
                    channel=channel,
                    address=cleaned[name],
                    events=cleaned[f"{name}_events"],
                )
        except SubscriptionRefused as refusal:
            form.add_error(forms.ALL_FIELDS, str(refusal))
        else:
            messages.success(request, "提醒设置已保存。")
            return redirect(PAGE)
    return render(request, "subscriptions/preference_edit.html", {"form": form})
