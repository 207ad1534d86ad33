"""A complete import and export on real tables, as an app would declare them: contacts of units."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.urls import include, path

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.audit.services import record
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.exports import About, ExportSpec
from apps.exchange.domain.imports import ImportSpec
from apps.exchange.domain.registry import register_export, register_import
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.exchange.files.readings import Reading
from apps.exchange.pages.exports import export_response
from apps.exchange.pages.import_page import run_import_page
from apps.organizations.models import Organization

Context = Mapping[str, Any]
CONTACTS = WorkbookSpec(
    "tests.contacts",
    filename="联系人",
    sheets=(
        SheetSpec(
            "联系人",
            (
                Column("code", "机构编码", Kind.CODE, required=True, locked=True),
                Column("contact_name", "联系人", required=True, max_length=50),
                Column("phone", "联系电话", Kind.CODE, max_length=30),
            ),
            key=("code",),
        ),
    ),
)


class OfficeClosed(Exception):
    """The service refuses."""


def check(reading: Reading, context: Context) -> DryRun:
    known = {unit.code: unit for unit in Organization.objects.filter(is_active=True)}
    outcome = DryRun()
    for row in reading.whole_rows:
        unit = known.get(row["code"])
        if unit is None:
            outcome.problems.append(row.problem("code", f"没有编码为 {row['code']} 的机构"))
        elif (unit.contact_name, unit.phone) == (row["contact_name"], row["phone"]):
            outcome.unchanged.append(row)
        elif unit.contact_name:
            outcome.changed.append((unit, row))
            for name in ("contact_name", "phone"):
                outcome.change(row, name, getattr(unit, name), row[name])
        else:
            outcome.new.append((unit, row))
    return outcome


def save(outcome: DryRun, *, by: Any, context: Context) -> None:
    for unit, row in [*outcome.new, *outcome.changed]:
        if row["contact_name"] == "放假":
            raise OfficeClosed("单位正在放假，不能修改")
        Organization.objects.filter(pk=unit.pk).update(
            contact_name=row["contact_name"], phone=row["phone"]
        )
    count = len(outcome.new) + len(outcome.changed)
    record(by=by, verb="导入", object="联系人", sentence=f"导入 {count} 行", path=by.user.path)


def rows(context: Context) -> dict[str, Iterable[Any]]:
    units = Organization.objects.order_by("path").values_list("code", "contact_name", "phone")
    return {"联系人": units.iterator(chunk_size=500)}


def many(context: Context) -> dict[str, Iterator[Any]]:
    return {"联系人": ((f"C{n:05d}", "甲", "") for n in range(context["many"]))}


CONTACTS_IMPORT = register_import(
    ImportSpec(
        name="tests.contacts",
        title="导入联系人",
        workbook=CONTACTS,
        validate=check,
        apply=save,
        prefill=rows,
        stamp=lambda context: {"项目": context["project"]},
        permissions=(Permission.IMPORT,),
        refusals=(OfficeClosed,),
    )
)
CONTACTS_EXPORT = register_export(
    ExportSpec(
        name="tests.contacts",
        title="导出联系人",
        workbook=CONTACTS,
        rows=lambda context: many(context) if context.get("many") else rows(context),
        count=lambda context: context.get("many") or Organization.objects.count(),
        about=lambda _context: About(project="FL-1 中成药", project_code="FL-1"),
        permissions=(Permission.EXPORT,),
    )
)


@requires(Permission.IMPORT)
def import_contacts(request: HttpRequest, project: str) -> HttpResponseBase:
    return run_import_page(
        request,
        CONTACTS_IMPORT,
        context={"project": project},
        back_url="/jobs/",
        crumbs=(("项目列表", "/"),),
    )


@requires(Permission.EXPORT)
def export_contacts(request: HttpRequest) -> HttpResponseBase:
    context = {"many": int(request.GET["many"])} if "many" in request.GET else {}
    return export_response(request, CONTACTS_EXPORT, context=context)


urlpatterns = [
    path("tests/<str:project>/contacts/", import_contacts),
    path("tests/export/", export_contacts),
    path("", include("config.urls")),
]
