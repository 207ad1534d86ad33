"""What a new token is called, what it may, where from and for how long."""

from ipaddress import ip_network
from typing import Any

from django import forms

from apps.accounts.domain.grants import grantable_projects
from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.accounts.models.token import LONGEST_NAME
from apps.ui.form_fields import offer, offer_rows

DAYS = 30
MOST_NETWORKS = 20


class TokenForm(forms.Form):
    """名称 权限 指定项目 允许的地址 有效天数."""

    name = forms.CharField(
        label="名称",
        max_length=LONGEST_NAME,
        help_text="用它的程序，如“HIS 接口”；操作日志中显示。",
    )
    permissions = forms.MultipleChoiceField(
        label="权限",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少勾选一项权限。"},
    )
    projects = forms.ModelMultipleChoiceField(  # type: ignore[var-annotated]
        label="指定项目",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不勾选时，可以办理本账号的全部项目，包括以后新增的。",
    )
    networks = forms.CharField(
        label="允许的地址",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="每行一个 IP 地址或网段，如 10.20.0.0/16；不填时任何地址都可以使用。",
    )
    days = forms.IntegerField(label="有效天数", min_value=1)

    def __init__(self, account: User, most_days: int, data: Any = None) -> None:
        super().__init__(data, initial={"days": min(DAYS, most_days), "permissions": ["query"]})
        held = account.permissions
        offer(
            self,
            "permissions",
            [(code, label) for code, label in Permission.choices if code in held],
        )
        offer_rows(self, "projects", grantable_projects())
        self.fields["days"].max_value = most_days  # type: ignore[attr-defined]
        self.fields["days"].help_text = f"最多 {most_days} 天：密码到期或更改时，令牌一并失效。"

    def clean_networks(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["networks"].splitlines()]
        wanted = [line for line in lines if line]
        if len(wanted) > MOST_NETWORKS:
            raise forms.ValidationError(f"最多 {MOST_NETWORKS} 行。")
        return [_network(line) for line in wanted]

    def given(self) -> dict[str, Any]:
        """The service's arguments."""
        cleaned = self.cleaned_data
        chosen = [project.pk for project in cleaned["projects"]]
        return {
            "name": cleaned["name"],
            "rights": cleaned["permissions"],
            "project_ids": chosen or None,
            "networks": cleaned["networks"],
            "days": cleaned["days"],
        }


def _network(line: str) -> str:
    try:
        return str(ip_network(line, strict=False))
    except ValueError:
        raise forms.ValidationError(f"“{line[:43]}”不是 IP 地址或网段。") from None
