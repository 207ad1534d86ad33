"""Where an account wants to be told, and of what."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.notices.backends import digits_of
from apps.notices.event import EventName
from apps.subscriptions.models import Subscription
from apps.subscriptions.models.subscription import LONGEST_ADDRESS, LONGEST_NAME
from apps.ui.pages.versions import Versioned

USUAL = (
    EventName.PUBLISHED,
    EventName.OPENING,
    EventName.THREE_DAYS,
    EventName.ONE_DAY,
    EventName.FOUR_HOURS,
    EventName.REMINDED,
    EventName.RETURNED,
    EventName.WITHDRAWAL_DECIDED,
    EventName.CORRECTED,
    EventName.EXTENDED,
    EventName.AGREEMENT,
)
"""What somebody who hears of anything wants to hear of."""


def _events(label: str, *, required: bool = False) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=EventName.choices,
        required=required,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少勾选一种事件。"},
    )


class HookForm(forms.Form):
    """名称 地址 事件 范围."""

    name = forms.CharField(
        label="名称", max_length=LONGEST_NAME, help_text="接收方，如“HIS 接口”；操作日志中显示。"
    )
    address = forms.CharField(
        label="接收地址",
        max_length=LONGEST_ADDRESS,
        help_text="以 https:// 开头；不能是内部网络的地址，不跟随转向。",
    )
    below = forms.BooleanField(label="包括下级单位的事件", required=False)
    events = _events("事件", required=True)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"events": list(USUAL)})

    def clean_address(self) -> str:
        return str(self.cleaned_data["address"]).strip()


class PreferenceForm(Versioned, forms.Form):
    """邮件 and 短信, each with its events. Who shares an account edits the same."""

    mail = forms.EmailField(
        label="邮箱", required=False, help_text="不填时不发邮件。", max_length=100
    )
    mail_events = _events("以邮件提醒")
    sms = forms.CharField(
        label="手机号码", required=False, max_length=30, help_text="不填时不发短信。"
    )
    sms_events = _events("以短信提醒")

    def __init__(
        self, mail: Subscription | None, sms: Subscription | None, data: Any = None, *, path: str
    ) -> None:
        initial = {
            "mail": mail.address if mail else "",
            "mail_events": mail.events if mail else list(USUAL),
            "sms": sms.address if sms else "",
            "sms_events": sms.events if sms else list(USUAL),
        }
        super().__init__(data, initial=initial)
        self.trail = {"verb": "提醒设置", "path": path}

    def clean_sms(self) -> str:
        typed = str(self.cleaned_data["sms"]).strip()
        if typed and not digits_of(typed):
            raise ValidationError("手机号码只能有数字，如 13800138000。")
        return digits_of(typed)
