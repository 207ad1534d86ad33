"""编码对照: an institution's codes with what they stand for in a project: adding, editing, removing, Excel."""

from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.pages.exports import export_response
from apps.exchange.pages.import_page import run_import_page
from apps.folding.domain.folding import narrow
from apps.projects.domain.own_codes.acts import CodeRefused, keep_code, remove_codes
from apps.projects.domain.own_codes.finding import Codes, codes_of
from apps.projects.files.own_codes import OWN_CODE_EXPORT, OWN_CODE_IMPORT
from apps.projects.models import OwnCode, Project
from apps.projects.models.own_codes import LONGEST_CODE
from apps.projects.pages.lookups import project_or_404
from apps.projects.pages.participants import crumbs
from apps.projects.pages.refusing import carry_out
from apps.ui.filters import NameFilter
from apps.ui.lists import render_list, selected
from apps.ui.pages.versions import Versioned, seen_of
from apps.ui.tables import CellColumn, Column, ListTable, SelectColumn


class OwnCodeForm(Versioned, forms.Form):
    """A new code, or one that stands."""

    code = forms.CharField(
        label="本院编码", max_length=LONGEST_CODE, help_text="本院系统（HIS）里的编码。"
    )
    item = forms.CharField(
        label="品规",
        max_length=LONGEST_CODE,
        help_text="本项目的品规编号，或药品（耗材）统一编码。",
    )

    def __init__(self, data: Any = None, *, standing: OwnCode | None = None) -> None:
        self.is_edit = standing is not None
        self.trail = {"verb": "编码对照", "object": standing.code} if standing else {}
        initial = {"code": standing.code, "item": standing.item.item_code} if standing else {}
        super().__init__(data, initial=initial)

    def clean_code(self) -> str:
        return _narrow(self.cleaned_data["code"])

    def clean_item(self) -> str:
        return _narrow(self.cleaned_data["item"])


def _narrow(text: str) -> str:
    code = narrow(text)
    if not code:
        raise forms.ValidationError("请填写编码。")
    return code


INSTITUTION = (Role.INSTITUTION,)
LIST = "projects:own_code_list"


class OwnCodeFilter(django_filters.FilterSet):
    name = NameFilter(
        *("code", "item__item_code", "item__unified_code", "item__variety", "item__pinyin"),
        label="编码或品种",
    )

    class Meta:
        model = OwnCode
        fields: tuple[str, ...] = ()


class OwnCodeTable(ListTable):
    """What each code stands for: where it was matched, and in the project that is open."""

    caption = "编码对照"
    empty_title = "还没有编码对照"
    empty_hint = (
        "可以逐条添加，或下载模板填好本院编码后导入；之后粘贴、导入和接口都能按本院编码找到品规。"
    )

    select = SelectColumn(name_of=lambda record: record.code)
    code = Column(verbose_name="本院编码")
    here = Column(verbose_name="本项目的品规编号", accessor="pk", orderable=False)
    variety = Column(
        verbose_name="品种名称", accessor="item__variety", order_by=("item__pinyin", "code")
    )
    specification = Column(verbose_name="规格", accessor="item__specification")
    manufacturer = Column(verbose_name="生产企业", accessor="item__manufacturer_name")
    unified_code = Column(verbose_name="统一编码", accessor="item__unified_code")
    actions = CellColumn("projects/_own_code_actions.html", verbose_name="操作", accessor="pk")

    def __init__(self, *args: Any, codes: Codes, **kwargs: Any) -> None:
        self.codes = codes
        super().__init__(*args, **kwargs)

    def render_here(self, record: OwnCode) -> str:
        named = self.codes.kept.get(record.code, frozenset())
        return "、".join(sorted(self.codes.own[pk] for pk in named)) or "不在本项目的目录里"

    class Meta(ListTable.Meta):
        model = OwnCode
        fields: tuple[str, ...] = ()


def _own(request: SignedInRequest) -> QuerySet[OwnCode]:
    rows: QuerySet[OwnCode] = OwnCode.objects.filter(organization=request.actor.organization)
    return rows.select_related("item")


@requires(Permission.QUERY, roles=INSTITUTION)
def own_code_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    may_change = request.user.has(Permission.MAINTAIN)
    return render_list(
        request,
        "projects/own_code_list.html",
        table_class=OwnCodeTable,
        filterset_class=OwnCodeFilter,
        queryset=_own(request).order_by("code"),
        table_kwargs={
            "codes": codes_of(project, request.actor.organization),
            "exclude": () if may_change else ("select", "actions"),
        },
        context={
            "project": project,
            "may_change": may_change,
            "may_export": request.user.has(Permission.EXPORT),
        },
    )


@requires(Permission.MAINTAIN, roles=INSTITUTION)
def own_code_create(request: SignedInRequest, code: str) -> HttpResponse:
    return _edited(request, project_or_404(code), None)


@requires(Permission.MAINTAIN, roles=INSTITUTION)
def own_code_edit(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    return _edited(request, project_or_404(code), get_object_or_404(_own(request), pk=pk))


def _edited(request: SignedInRequest, project: Project, standing: OwnCode | None) -> HttpResponse:
    form = OwnCodeForm(request.POST or None, standing=standing)
    if request.method == "POST" and form.is_valid():
        seen = seen_of(form, again=lambda row: [OwnCodeForm(standing=row)]) if standing else None
        told: Any = {"project": project, "by": request.actor, "standing": standing, "seen": seen}
        try:
            row = keep_code(code=form.cleaned_data["code"], item=form.cleaned_data["item"], **told)
        except CodeRefused as refusal:
            form.add_error(refusal.field or None, str(refusal))
        else:
            messages.success(request, f"“{row.code}”已对应 {row.item.item_code}（{row.item}）。")
            return redirect(LIST, code=project.code)
    shown = {"form": form, "project": project, "standing": standing}
    return render(request, "projects/own_code_form.html", shown)


@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def own_code_remove(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    codes = selected(request, queryset=_own(request), filterset_class=OwnCodeFilter)
    return carry_out(
        request,
        lambda: remove_codes(codes=codes, by=request.actor),
        "已删除 {:,} 条编码对照。",
        reverse(LIST, args=[project.code]),
    )


@requires(Permission.MAINTAIN, roles=INSTITUTION)
def own_code_import(request: SignedInRequest, code: str) -> HttpResponseBase:
    project = project_or_404(code)
    back = reverse(LIST, args=[code])
    return run_import_page(
        request,
        OWN_CODE_IMPORT,
        context=_context(request, project),
        back_url=back,
        project=project,
        crumbs=(*crumbs(project), ("编码对照", back)),
    )


@requires(Permission.EXPORT, roles=INSTITUTION)
@require_GET
def own_code_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    context = _context(request, project_or_404(code))
    return export_response(request, OWN_CODE_EXPORT, context=context)


def _context(request: SignedInRequest, project: Project) -> dict[str, Any]:
    return {"project_id": project.pk, "unit_id": request.user.organization_id}
