"""Projects: list, detail, create, edit, copy, delete, prepare."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.folding.domain.fields import NameField
from apps.projects.domain.copying import CopyOptions, copy_project
from apps.projects.domain.filters import ProjectFilter
from apps.projects.domain.lifecycle import (
    create_project,
    delete_draft,
    edit_project,
    start_preparation,
)
from apps.projects.domain.presentation import detail_of
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.models import Project
from apps.projects.pages.code_field import CodeField
from apps.projects.pages.lookups import project_or_404
from apps.projects.pages.project_form import ProjectForm
from apps.projects.pages.refusing import carry_out
from apps.projects.pages.tables import ProjectTable
from apps.ui.lists import render_list
from apps.ui.pages.versions import seen_of


class CopyForm(forms.Form):
    """The new project's names and what comes along."""

    code = CodeField(label="项目编码", max_length=40, help_text="字母、数字、短横线和下划线。")
    name = NameField(label="项目名称", max_length=120)
    catalogue = forms.BooleanField(label="目录", required=False, initial=True)
    winners = forms.BooleanField(label="中选结果", required=False, initial=True)
    windows = forms.BooleanField(
        label="时间窗口",
        required=False,
        initial=True,
        help_text="各层级的时间照原样复制，记得改成新的日期。",
    )
    participants = forms.BooleanField(label="参加机构", required=False, initial=True)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("winners") and not cleaned.get("catalogue"):
            self.add_error("winners", "复制中选结果时必须同时复制目录。")
        return cleaned


@requires(Permission.QUERY)
def project_list(request: SignedInRequest) -> HttpResponse:
    projects = Project.objects.all().recent_first()
    may_manage = request.user.has(Permission.MANAGE)
    return render_list(
        request,
        "projects/project_list.html",
        table_class=ProjectTable,
        filterset_class=ProjectFilter,
        queryset=projects,
        table_kwargs={
            "unit": request.user.organization,
            "now": timezone.now(),
            "manages": may_manage,
        },
        context={"may_manage": may_manage},
    )


@fills
@requires(Permission.QUERY)
def project_detail(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    return render(request, "projects/project_detail.html", detail_of(project, request.user))


@requires(Permission.MANAGE)
def project_create(request: SignedInRequest) -> HttpResponse:
    form = ProjectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            project = create_project(by=request.actor, **form.values())
            return redirect("projects:project_detail", code=project.code)
        except ProjectRefused as refusal:
            form.add_error("code", str(refusal))
    return render(request, "projects/project_form.html", {"form": form, "project": None})


@requires(Permission.MANAGE)
def project_edit(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    form = ProjectForm(request.POST or None, instance=project_or_404(code))
    if request.method == "POST" and form.is_valid():
        try:
            seen = seen_of(form, again=lambda row: [ProjectForm(instance=row)])
            saved = edit_project(project=project, by=request.actor, seen=seen, **form.values())
            return redirect("projects:project_detail", code=saved.code)
        except ProjectRefused as refusal:
            form.add_error(None, str(refusal))
    return render(request, "projects/project_form.html", {"form": form, "project": project})


@requires(Permission.MANAGE)
def project_copy(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    form = CopyForm(request.POST or None, initial={"name": f"{project.name}（副本）"})
    if request.method == "POST" and form.is_valid():
        wanted = dict(form.cleaned_data)
        names = {"code": wanted.pop("code"), "name": wanted.pop("name")}
        try:
            copy = copy_project(
                project=project,
                options=CopyOptions(**wanted),
                by=request.actor,
                **names,
            )
            return redirect("projects:project_detail", code=copy.code)
        except ProjectRefused as refusal:
            form.add_error("code", str(refusal))
    return render(request, "projects/project_copy.html", {"form": form, "project": project})


@requires(Permission.MANAGE)
@require_POST
def project_delete(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    try:
        delete_draft(project=project, by=request.actor)
    except ProjectRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("projects:project_detail", code=code)
    messages.success(request, f"已删除草稿“{project.name}”。")
    return redirect("projects:project_list")


@requires(Permission.MANAGE)
@require_POST
def project_prepare(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    return carry_out(
        request,
        lambda: start_preparation(project=project, by=request.actor),
        "项目已进入筹备，参加机构所在的省医保现在可以设置审核层级和时间。",
        reverse("projects:project_detail", args=[code]),
    )
