"""账号能办什么: an account and a filing; every act with what stands in its way. To read."""

from typing import Any

from django import forms
from django.utils import timezone

from apps.accounts.models import User
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.review.domain.why.of_account import Answer, of_account


class WhyForm(forms.Form):
    """By the names that people know."""

    username = forms.CharField(label="用户名", max_length=150)
    project = forms.CharField(label="项目编码", max_length=50)
    unit = forms.CharField(label="单位编码", max_length=50)

    def clean_username(self) -> User:
        rows = User.objects.select_related("organization", "enterprise")
        return _found(rows.filter(username=self.cleaned_data["username"].strip()), "账号")

    def clean_project(self) -> Project:
        return _found(Project.objects.filter(code=self.cleaned_data["project"].strip()), "项目")

    def clean_unit(self) -> Organization:
        return _found(Organization.objects.filter(code=self.cleaned_data["unit"].strip()), "单位")

    @property
    def answer(self) -> Answer:
        asked = self.cleaned_data
        return of_account(asked["username"], asked["project"], asked["unit"], at=timezone.now())


def _found(rows: Any, what: str) -> Any:
    if (row := rows.first()) is None:
        raise forms.ValidationError(f"没有这个{what}，请核对。")
    return row
