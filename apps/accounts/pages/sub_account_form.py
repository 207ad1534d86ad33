"""Who a sub-account is for and what it may do."""

from typing import Any

from django import forms

from apps.accounts.domain.grants import grantable_projects
from apps.accounts.domain.scopes import granted_projects
from apps.accounts.domain.sub_accounts import LIMITED
from apps.accounts.models import User
from apps.accounts.models.roles import ACCOUNT_RIGHTS, Permission
from apps.folding.domain.fields import NameField
from apps.ui.form_fields import offer, offer_rows
from apps.ui.pages.versions import Versioned


class SubAccountForm(Versioned, forms.Form):
    """姓名 手机 权限 指定项目."""

    name = NameField(label="姓名", max_length=50, help_text="使用人的真实姓名，操作日志中显示。")
    phone = forms.CharField(label="手机", max_length=30, required=False)
    permissions = forms.MultipleChoiceField(
        label="权限",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少勾选一项权限。"},
    )
    limited = forms.BooleanField(label="仅限下面勾选的项目", required=False)
    projects = forms.ModelMultipleChoiceField(  # type: ignore[var-annotated]
        label="指定项目",
        queryset=None,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="不勾选“仅限”时，可以办理本单位参加的全部项目。",
    )

    def __init__(self, main: User, *args: Any, account: User | None = None, **kwargs: Any) -> None:
        self.is_edit = account is not None
        if account is not None:
            self.trail = {"path": account.path, "object": account.username, "verb": "修改子账号"}
            kwargs["initial"] = {
                "name": account.name,
                "phone": account.phone,
                "permissions": account.permission_subset,
                "limited": account.limited_to_projects,
                "projects": list(granted_projects(account)),
            }
        super().__init__(*args, **kwargs)
        held = main.permissions
        offer(
            self,
            "permissions",
            [(code, label) for code, label in Permission.choices if code in held],
        )
        offer_rows(self, "projects", grantable_projects())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("limited") and not cleaned.get("projects"):
            self.add_error("projects", "勾选了“仅限”，请至少勾选一个项目。")
        if cleaned.get("projects") and not cleaned.get("limited"):
            self.add_error(
                "limited", "勾选了项目却没有勾选“仅限”：请勾选“仅限”，或取消下面勾选的项目。"
            )
        if cleaned.get("limited") and ACCOUNT_RIGHTS & set(cleaned.get("permissions", ())):
            self.add_error("permissions", LIMITED)
        return cleaned

    def given(self) -> dict[str, Any]:
        """The service's arguments."""
        cleaned = self.cleaned_data
        chosen = [project.pk for project in cleaned["projects"]] if cleaned["limited"] else None
        return {
            "name": cleaned["name"],
            "phone": cleaned["phone"],
            "permissions": cleaned["permissions"],
            "project_ids": chosen,
        }
