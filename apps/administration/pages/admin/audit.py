"""The operation log of the whole country, to read."""

from django.contrib import admin

from apps.accounts.models.roles import Role
from apps.administration.pages.admin.reading import ReadingAdmin
from apps.audit.models import LogEntry


@admin.register(LogEntry)
class LogEntryAdmin(ReadingAdmin):
    """Who did what, newest first: for 审计管理员, who do nothing else."""

    roles = (Role.AUDIT,)

    list_display = (
        "at",
        "actor_name",
        "organization_name",
        "on_behalf_of",
        "verb",
        "object",
        "sentence",
        "address",
    )
    list_filter = ("at",)
    search_fields = (
        "actor_name__says",
        "object__says",
        "project_code__says",
        "request_id__says",
        "address__says",
    )
    ordering = ("-at", "-id")
    sortable_by = ()
