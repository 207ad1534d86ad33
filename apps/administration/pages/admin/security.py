"""Failed logins that still count, and which sub-accounts are limited to which projects: to read.

Invariant: what was typed as a password is neither kept nor shown; 解锁 and 子用户管理 are the ways to change any of it.
"""

from typing import Any

from axes.models import AccessAttempt
from django.contrib import admin
from django.db.models import BigIntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast
from django.http import HttpRequest
from guardian.models import UserObjectPermission

from apps.accounts.models.roles import Role
from apps.administration.pages.admin.reading import ReadingAdmin
from apps.projects.models import Project


@admin.register(AccessAttempt)
class AttemptAdmin(ReadingAdmin):
    """By name and address; 安全管理员 unlock accounts on their page."""

    roles = (Role.SECURITY,)
    title = "登录失败和锁定"
    list_display = ("username", "ip_address", "failures_since_start", "attempt_time", "user_agent")
    list_filter = ("attempt_time",)
    search_fields = ("username__says", "user_agent__says")
    ordering = ("-attempt_time", "-id")
    fields = list_display


@admin.register(UserObjectPermission)
class GrantAdmin(ReadingAdmin):
    """One row for each sub-account and project that it is limited to."""

    roles = (Role.SYSTEM, Role.SECURITY)
    title = "指定项目的权限"
    list_display = ("user", "unit", "project", "permission")
    list_filter = ("permission",)
    list_select_related = ("user__organization", "user__enterprise", "permission")
    search_fields = ("user__username__says", "user__name__says", "user__organization__name__says")
    ordering = ("-id",)
    sortable_by = ()
    fields = ("user", "permission", "project")
    readonly_fields = ("project",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[UserObjectPermission]:
        """With the name of the project, which a grant knows by its number as text."""
        named = Project.objects.annotate(key=Cast("pk", BigIntegerField()))
        found = named.filter(key=Cast(OuterRef("object_pk"), BigIntegerField())).values("name")
        rows: QuerySet[UserObjectPermission] = super().get_queryset(request)
        return rows.annotate(project_name=Subquery(found))

    @admin.display(description="单位")
    def unit(self, grant: UserObjectPermission) -> str:
        return str(grant.user.belongs_to() or "")

    @admin.display(description="项目")
    def project(self, grant: Any) -> str:
        return grant.project_name or ""
