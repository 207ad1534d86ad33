"""Reference data in and out of the administration: the column tables, checks and services of everywhere else.

django-import-export lends its pages: upload, preview, confirmation. Rows are added and renamed, never deleted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models, transaction
from import_export import resources
from import_export.fields import Field
from import_export.results import InvalidRow, Result, RowResult

from apps.accounts.domain.actors import Actor
from apps.administration.files.formats import TableRecords, UploadedWorkbook
from apps.administration.files.workbooks import ENTERPRISE_IMPORT, UNIT_IMPORT
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.domain.imports import ImportSpec, sorted_problems
from apps.exchange.files.columns import WorkbookSpec
from apps.exchange.files.readings import Problem
from apps.exchange.files.rendering import shown
from apps.exchange.files.upload_checks import FileRefused
from apps.exchange.files.uploads.asking import read_workbook
from apps.organizations.domain.divisions import check_divisions, save_divisions
from apps.organizations.domain.phones import masked
from apps.organizations.files.workbooks import DIVISIONS
from apps.organizations.models import Division, Enterprise, Organization, Tier


class TableResource(resources.ModelResource):
    """One sheet of a workbook; each column's key is the attribute of the model that it shows."""

    spec: ImportSpec
    context: ClassVar[dict[str, Any]] = {}

    @property
    def workbook(self) -> WorkbookSpec:
        return self.spec.workbook_for(self.context)

    def get_user_visible_fields(self) -> list[Field]:
        return [Field(column.key, column.title) for column in self.workbook.sheets[0].columns]

    def import_data(
        self,
        dataset: UploadedWorkbook,
        dry_run: bool = False,  # noqa: FBT001, FBT002  (django-import-export's signature)
        **options: Any,
    ) -> Result:
        """Check the upload and, unless only that is asked, save it: all or nothing."""
        with transaction.atomic():
            outcome = self._checked(dataset)
            if not (dry_run or outcome.problems):
                by = Actor.of(options["user"])
                self.spec.apply(outcome, by=by, context=self.context)
            return self._told(outcome)

    def _checked(self, dataset: UploadedWorkbook) -> DryRun:
        try:
            reading = read_workbook(dataset.file, self.workbook, filename="上传.xlsx")
        except FileRefused as refusal:
            return DryRun.of_problems([Problem("", None, "文件", str(refusal))])
        outcome = self.spec.validate(reading, self.context)
        outcome.problems = sorted_problems(self.workbook, [*reading.problems, *outcome.problems])
        return outcome

    def _told(self, outcome: DryRun) -> Result:
        """The outcome as django-import-export's pages show it."""
        result = Result()
        result.diff_headers = [field.column_name for field in self.get_user_visible_fields()]
        for problem in outcome.problems:
            told = ValidationError({problem.column or "文件": problem.message})
            place = (
                problem.column if problem.column in result.diff_headers else result.diff_headers[0]
            )
            said = [problem.message if title == place else "" for title in result.diff_headers]
            result.invalid_rows.append(InvalidRow(problem.row or "", told, said))
        for kind, instances in (
            (RowResult.IMPORT_TYPE_NEW, outcome.new),
            (RowResult.IMPORT_TYPE_UPDATE, outcome.changed),
            (RowResult.IMPORT_TYPE_SKIP, outcome.unchanged),
        ):
            for instance in instances:
                row = RowResult()
                row.import_type, row.instance, row.diff = kind, instance, self._shown(instance)
                result.append_row_result(row)
                result.increment_row_result_total(row)
        result.total_rows = len(result.rows)
        return result

    def _shown(self, instance: models.Model) -> list[Any]:
        columns = self.workbook.sheets[0].columns
        values = [shown(column, getattr(instance, column.key, None)) for column in columns]
        return ["" if value is None else value for value in values]

    @property
    def _exported(self) -> WorkbookSpec:
        """Without what only an upload says (与证照核对无误)."""
        model, book = self._meta.model, self.workbook
        keys = [column.key for column in book.sheets[0].columns if hasattr(model, column.key)]
        return replace(book, sheets=(book.sheets[0].only(*keys),))

    def export(self, queryset: Any = None, **_options: Any) -> TableRecords:
        rows: Iterable[models.Model] = self.get_queryset() if queryset is None else queryset
        return TableRecords(self._exported, (self._values(row) for row in rows))

    def _values(self, instance: models.Model) -> list[Any]:
        return [getattr(instance, column.key) for column in self._exported.sheets[0].columns]


class UnitResource(TableResource):
    """Institutions as 机构管理 takes them; telephone numbers leave as they are read here, and come back so."""

    spec = UNIT_IMPORT
    context: ClassVar[dict[str, Any]] = {"with_accounts": False}

    class Meta:
        model = Organization
        fields = ("code", "name", "grade", "ownership", "kind", "contact_name", "phone", "address")

    def _shown(self, instance: Any) -> list[Any]:
        """Of a planned unit, as it will stand."""
        return ["" if value is None else value for value in self._values(instance.unit)]

    def export(self, queryset: Any = None, **_options: Any) -> TableRecords:
        rows = self.get_queryset() if queryset is None else queryset
        units = rows.filter(tier=Tier.INSTITUTION).select_related("parent", "reports_through")
        return TableRecords(self.workbook, (self._values(unit) for unit in units.order_by("path")))

    def _values(self, instance: Any) -> list[Any]:
        said = {
            "parent_code": instance.parent.code,
            "phone": masked(instance.phone),
            "through_code": instance.reports_through.code if instance.reports_through else "",
        }
        keys = [column.key for column in self.workbook.sheets[0].columns]
        return [said[key] if key in said else getattr(instance, key) for key in keys]


class EnterpriseResource(TableResource):
    """统一社会信用代码, 企业名称."""

    spec = ENTERPRISE_IMPORT
    context: ClassVar[dict[str, Any]] = {"with_accounts": False}

    class Meta:
        model = Enterprise
        fields = ("uscc", "name", "address")


def _save_divisions(outcome: DryRun, *, by: Actor, context: Mapping[str, Any]) -> None:
    save_divisions(outcome, by=by)


class DivisionResource(TableResource):
    """行政区划代码, 名称, 级别, 上级代码."""

    spec = ImportSpec(
        name=DIVISIONS.name,
        title="导入行政区划",
        workbook=DIVISIONS,
        validate=check_divisions,
        apply=_save_divisions,
    )

    class Meta:
        model = Division
        fields = ("code", "name", "level", "parent")
