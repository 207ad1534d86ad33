"""配送企业上限: what the alliance sets for each allocation project (rules §4)."""

from typing import Any

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.policy import limit_of, set_limit
from apps.distribution.models import DeliveryPolicy
from apps.distribution.pages.distributors.form import LimitForm
from apps.projects.models import Project, ProjectKind
from apps.projects.pages.lookups import project_or_404
from apps.ui.lists import render_list
from apps.ui.pages.versions import seen_of
from apps.ui.tables import CellColumn, Column, ListTable


class LimitColumn(CellColumn):
    """The limit in a form of its own; the cell gets the form as `value`."""

    def render(self, record: Any, **kwargs: Any) -> str:  # type: ignore[override]
        kwargs["value"] = LimitForm(project=record, most=record.most)
        return super().render(record=record, **kwargs)


class LimitTable(ListTable):
    caption = "配送企业上限"
    empty_title = "还没有分量项目"
    empty_hint = "创建分量项目后可以设置。"

    name = Column(verbose_name="项目名称", orderable=False)
    code = Column(verbose_name="项目编码", orderable=False)
    phase = Column(verbose_name="阶段", accessor="get_phase_display", orderable=False)
    limit = LimitColumn("distribution/_limit_form.html", verbose_name="上限（家）", accessor="pk")

    class Meta(ListTable.Meta):
        model = Project
        fields: tuple[str, ...] = ()


SETTERS = (Role.ALLIANCE,)


@requires(Permission.MANAGE, roles=SETTERS)
@require_GET
def limit_list(request: SignedInRequest) -> HttpResponse:
    policies = DeliveryPolicy.objects.filter(project=OuterRef("pk"))
    rows = Project.objects.of_kind(ProjectKind.ALLOCATION)
    return render_list(
        request,
        "distribution/limit_list.html",
        table_class=LimitTable,
        queryset=rows.annotate(most=Subquery(policies.values("most")[:1])).order_by("-pk"),
    )


@requires(Permission.MANAGE, roles=SETTERS)
@require_POST
def limit_edit(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    form = LimitForm(request.POST, project=project, most=limit_of(project))
    if form.is_valid():
        most = form.cleaned_data["most"]
        seen = seen_of(form, again=lambda row: [LimitForm(project=row, most=limit_of(row))])
        set_limit(project, most, by=request.actor, seen=seen)
        messages.success(request, f"“{project.name}”的配送企业上限：{most or '不限'}。")
    else:
        messages.error(
            request, "".join(str(said) for errors in form.errors.values() for said in errors)
        )
    return redirect("distribution:limit_list")
