"""Units to read, with contacts to correct; enterprises and divisions as reference data, with import and export."""

from typing import Any

from django.contrib import admin
from django.forms import CharField, HiddenInput, ModelForm
from django.http import HttpRequest
from import_export.admin import ImportExportMixin
from import_export.forms import ExportForm

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Role
from apps.administration.files.formats import Csv, Xlsx
from apps.administration.files.resources import (
    DivisionResource,
    EnterpriseResource,
    UnitResource,
)
from apps.administration.pages.admin.reading import ReadingAdmin
from apps.organizations.domain.phones import masked
from apps.organizations.domain.units import CONTACT, Facts, edit_unit
from apps.organizations.models import Division, Enterprise, Organization
from apps.ui.pages.versions import VERSION, Versioned, seen_of


class ContactForm(Versioned, ModelForm):  # type: ignore[type-arg]
    """The contacts of a unit, with the version in a field, as the admin's own pages draw only fields."""

    version = CharField(widget=HiddenInput, required=False)  # type: ignore[assignment]

    class Meta:
        model = Organization
        fields = tuple(sorted(CONTACT))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trail = {"path": self.instance.path, "verb": "修改机构"}
        self.initial[VERSION] = self.version


class ReferenceAdmin(ImportExportMixin, ReadingAdmin):
    """Reference data: read here, kept by import (checked first, all or nothing)."""

    roles = (Role.SYSTEM,)

    import_formats = (Xlsx,)
    export_formats = (Xlsx, Csv)
    export_form_class = ExportForm
    skip_admin_log = True  # the services write ours
    import_export_change_list_template = "admin/import_export/change_list_import_export.html"

    def has_import_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_export_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)


@admin.register(Organization)
class OrganizationAdmin(ReferenceAdmin):
    """The tree. By hand only contacts change; institutions come and are corrected by import, as provinces do it."""

    resource_classes = (UnitResource,)
    list_display = (
        "name",
        "code",
        "tier",
        "parent",
        "grade",
        "contact_name",
        "short_phone",
        "is_active",
    )
    list_filter = ("tier", "is_active")
    list_select_related = ("parent",)
    search_fields = ("name__says", "pinyin__says", "code__says")
    ordering = ("path",)
    form = ContactForm
    fields = (
        "code", "name", "level", "tier", "parent", "path", "division", "grade", "ownership", "kind",
        "reports_through", "is_active", "contact_name", "phone", "address", "version",
    )  # fmt: skip
    readonly_fields = tuple(name for name in fields if name not in {*CONTACT, "version"})

    @admin.display(description="联系电话")
    def short_phone(self, unit: Organization) -> str:
        return masked(unit.phone)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_view_permission(request)

    def save_model(self, request: HttpRequest, obj: Any, form: ModelForm, change: bool) -> None:  # noqa: FBT001
        """By the service, which writes the log."""
        through = obj.reports_through.code if obj.reports_through else ""
        edit_unit(
            by=Actor.of(request.user),  # type: ignore[arg-type]
            unit_id=obj.pk,
            facts=Facts.of(obj),
            through_code=through,
            seen=seen_of(form, again=lambda row: [self.get_form(request, row)(instance=row)]),
        )


@admin.register(Enterprise)
class EnterpriseAdmin(ReferenceAdmin):
    """Enterprises by their social credit code."""

    resource_classes = (EnterpriseResource,)
    list_display = ("name", "uscc")
    search_fields = ("name__says", "pinyin__says", "uscc__says")
    ordering = ("sort_key", "pk")
    exclude = ("pinyin", "sort_key")


@admin.register(Division)
class DivisionAdmin(ReferenceAdmin):
    """The administrative divisions; bureaus on new ones come with `load_divisions`."""

    resource_classes = (DivisionResource,)
    list_display = ("code", "name", "level", "parent")
    list_filter = ("level",)
    list_select_related = ("parent",)
    search_fields = ("code__says", "name__says")
    ordering = ("code",)
