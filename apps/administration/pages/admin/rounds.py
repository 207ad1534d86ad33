"""Rounds, their filings and background jobs, to read: what an operator is asked about. No quantity stands here."""

from django.contrib import admin

from apps.accounts.models.roles import Role
from apps.administration.pages.admin.reading import ReadingAdmin
from apps.jobs.models import Job
from apps.projects.models import Project
from apps.review.models import Filing


@admin.register(Project)
class ProjectAdmin(ReadingAdmin):
    """Which rounds there are and in which phase; the alliance alone changes them."""

    roles = (Role.SYSTEM,)
    list_display = (
        "code", "name", "kind", "product_type", "phase", "published_at", "closed_at", "concluded_at",
    )  # fmt: skip
    list_filter = ("kind", "phase", "product_type")
    search_fields = ("code__says", "name__says", "pinyin__says")
    ordering = ("-published_at", "-id")
    fields = (
        "code", "name", "kind", "product_type", "phase", "description", "chain", "gate", "approval",
        "institution_withdrawal", "bureau_withdrawal", "attachment", "asks_proof", "published_at", "closed_at",
        "concluded_at",
    )  # fmt: skip


@admin.register(Filing)
class FilingAdmin(ReadingAdmin):
    """Where each unit stands in a round."""

    roles = (Role.SYSTEM,)
    list_display = (
        "organization",
        "tier",
        "project",
        "status",
        "submitted_at",
        "reviewed_at",
        "version",
    )
    list_filter = ("status", "tier", "kind", "maintained", "substituted")
    list_select_related = ("organization", "project")
    search_fields = (
        "organization__name__says", "organization__pinyin__says", "organization__code__says", "project__code__says",
        "project__name__says",
    )  # fmt: skip
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        "project", "organization", "parent", "path", "tier", "reviewer_tier", "kind", "status", "version",
        "reported_once", "substituted", "maintained", "correction_deadline", "return_reason", "submitted_at",
        "submitted_by", "reviewed_at", "reviewed_by",
    )  # fmt: skip


@admin.register(Job)
class JobAdmin(ReadingAdmin):
    """What runs behind the pages, how far it is and why it failed; its files stay its owner's."""

    roles = (Role.SYSTEM,)
    list_display = (
        "title", "name", "owner", "status", "done", "total", "attempt", "created_at", "finished_at", "message",
    )  # fmt: skip
    list_filter = ("status", "name", "created_at")
    list_select_related = ("owner",)
    search_fields = ("title__says", "name__says", "owner__username__says", "request_id__says")
    ordering = ("-id",)
    sortable_by = ()
    fields = (
        "title", "name", "owner", "path", "status", "attempt", "done", "total", "message", "created_at", "started_at",
        "finished_at", "cancel_requested_at", "expires_at", "files_removed", "request_id",
    )  # fmt: skip
