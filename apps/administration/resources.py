"""Reference data in and out of the administration, in bulk. Rows are added and renamed, never deleted."""

from typing import Any

from django.core.exceptions import ValidationError
from import_export import resources
from import_export.fields import Field
from import_export.widgets import ForeignKeyWidget

from apps.accounts.actors import Actor
from apps.audit.services import record
from apps.organizations import uscc
from apps.organizations.models import Division, Enterprise
from apps.organizations.pinyin import initials, sort_key
from apps.scope.paths import ROOT


class LoggedResource(resources.ModelResource):
    """An import that says in the operation log what it did, in its own transaction."""

    def after_import(self, dataset: Any, result: Any, **options: Any) -> None:
        super().after_import(dataset, result, **options)
        new, changed = result.totals["new"], result.totals["update"]
        if options.get("dry_run") or not (new or changed):
            return
        named = self._meta.model._meta.verbose_name
        record(
            by=Actor.of(options["user"]),
            verb="导入",
            object=str(named),
            sentence=f"在平台管理中导入了{named}：新增 {new} 条，修改 {changed} 条。",
            path=ROOT,
        )


class EnterpriseResource(LoggedResource):
    """统一社会信用代码, 企业名称."""

    uscc = Field("uscc", "统一社会信用代码")
    name = Field("name", "企业名称")

    class Meta:
        model = Enterprise
        fields = ("uscc", "name")
        import_id_fields = ("uscc",)
        skip_unchanged = True
        use_transactions = True
        use_bulk = True
        clean_model_instances = True

    def before_import_row(self, row: dict[str, Any], **options: Any) -> None:
        row["统一社会信用代码"] = uscc.normalized(str(row.get("统一社会信用代码") or ""))
        row["企业名称"] = str(row.get("企业名称") or "").strip()

    def validate_instance(
        self,
        instance: Enterprise,
        import_validation_errors: Any = None,
        validate_unique: bool = True,  # noqa: FBT001, FBT002
    ) -> None:
        if problem := uscc.problem_with(instance.uscc):
            raise ValidationError({"uscc": f"{problem}。"})
        if not instance.name:
            raise ValidationError({"name": "企业名称不能为空。"})
        instance.pinyin, instance.sort_key = initials(instance.name), sort_key(instance.name)


class DivisionResource(LoggedResource):
    """代码, 名称, 级别, 上级代码."""

    code = Field("code", "行政区划代码")
    name = Field("name", "名称")
    level = Field("level", "级别")
    parent = Field("parent", "上级代码", ForeignKeyWidget(Division, "code"))

    class Meta:
        model = Division
        fields = ("code", "name", "level", "parent")
        import_id_fields = ("code",)
        skip_unchanged = True
        use_transactions = True
        clean_model_instances = True
