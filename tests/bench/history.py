"""历史采购量: 100,000 rows of one file checked and written, against django-import-export's row-by-row path.

Both read the same layout into the same table below a published round, every institution and item looked up by its
code; theirs is a `ModelResource` twice, as its documentation begins and as the documentation makes it fast, and reads
the first rows of the file. It looks for nothing that ours refuses: no duplicates, no windows, no rows of others, no
dry run before. What is written is counted afterwards.
"""

import secrets
from collections.abc import Iterator
from io import BytesIO
from tempfile import TemporaryDirectory
from typing import Any

from django.test.utils import override_settings
from import_export.fields import Field
from import_export.formats.base_formats import XLSX
from import_export.resources import ModelResource
from import_export.widgets import CachedForeignKeyWidget, ForeignKeyWidget
from openpyxl import Workbook

from apps.accounts.domain.actors import Actor
from apps.demo.entities import load_entities
from apps.demo.institutions import CENTRE, Institution, load_institutions
from apps.exchange.domain.imports import apply_stored, check_stored, store_upload
from apps.exchange.models import StoredUpload
from apps.organizations.models import Organization
from apps.projects.models import CatalogItem, Project
from apps.reporting.files.purchase_workbooks import PURCHASE_IMPORT
from apps.reporting.models import PurchaseHistory
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.bench.measurement import Measurement, scaled, stopwatch
from tests.bench.owning import owning
from tests.bench.rounds import PROVINCE, account_of

INSTITUTIONS, ITEMS = scaled(1_000, least=50), 100
ROWS, SAMPLE, BULK = INSTITUTIONS * ITEMS, scaled(5_000), scaled(50_000)
TITLES = ("机构编码", "机构名称", "品规编号", f"{make.YEAR} 年采购量")


class ItemWidget(ForeignKeyWidget):
    """Item codes are unique within a project."""

    project: Project

    def get_queryset(self, *_: Any, **__: Any) -> Any:
        return CatalogItem.objects.filter(project=self.project)


class CachedItemWidget(ItemWidget, CachedForeignKeyWidget):
    """All items of the project read at once."""


class PurchaseResource(ModelResource):
    """What a project would write first: codes become rows by widgets, one instance saved for each line."""

    organization = Field("organization", TITLES[0], ForeignKeyWidget(Organization, "code"))
    item = Field("item", TITLES[2], ItemWidget(CatalogItem, "item_code"))
    quantity = Field("quantity", TITLES[3])

    class Meta:
        model = PurchaseHistory
        fields = ("organization", "item", "quantity")
        import_id_fields = ("organization", "item")

    def __init__(self, project: Project) -> None:
        super().__init__()
        self.project = self.fields["item"].widget.project = project

    def get_queryset(self) -> Any:
        return PurchaseHistory.objects.filter(project=self.project, year=make.YEAR)

    def before_save_instance(self, instance: PurchaseHistory, row: Any, **_: Any) -> None:
        instance.project, instance.year = self.project, make.YEAR
        instance.path = instance.organization.path


class FastResource(PurchaseResource):
    """As the documentation makes it fast: in bulk, look-ups cached, no diffs, nobody looked for who can't be there."""

    organization = Field("organization", TITLES[0], CachedForeignKeyWidget(Organization, "code"))
    item = Field("item", TITLES[2], CachedItemWidget(CatalogItem, "item_code"))

    class Meta(PurchaseResource.Meta):
        use_bulk = True
        batch_size = 1_000
        skip_diff = True
        skip_html_diff = True
        force_init_instance = True


def measure() -> Iterator[Measurement]:
    """A round for each way: none has to wait for another's rows to go."""
    with TemporaryDirectory(prefix="bench-history-") as folder, whole_country(reason="bench"):
        with override_settings(MEDIA_ROOT=folder):
            yield from _ours(_round())
        yield from _theirs("", PurchaseResource, SAMPLE, "ModelResource.import_data as it begins")
        faster = "use_bulk, cached look-ups, no diff, no look-up of what is there"
        yield from _theirs("_bulk", FastResource, BULK, faster)


def _round() -> Project:
    """A published round: so many institutions straight below a province, none has reported."""
    chosen = [
        Institution(PROVINCE, f"H420000{40_000 + number}", f"湖北省直属第{number}护理院", CENTRE)
        for number in range(1, INSTITUTIONS + 1)
    ]
    with owning():
        load_entities()
        load_institutions(chosen)
    units = Organization.objects.filter(code__in=[each.code for each in chosen])
    project = make.demand_project(
        units, code=f"BENCH-H-{secrets.token_hex(3)}", items=ITEMS, chain=["province"]
    )
    return make.published(project, account_of(Organization.objects.get(path="/0/")))


def _file(project: Project, count: int) -> BytesIO:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("历史采购量")
    sheet.append(TITLES)
    for number, (code, name, item) in enumerate(_places(project)):
        if number == count:
            break
        sheet.append((code, name, item, 100 + number % 9_000))
    content = BytesIO()
    book.save(content)
    content.seek(0)
    return content


def _places(project: Project) -> Iterator[tuple[str, str, str]]:
    items = sorted(make.items_of(project))
    units = project.participations.order_by("path").values_list(
        "organization__code", "organization__name"
    )
    return ((code, name, item) for code, name in units for item in items)


def _ours(project: Project) -> Iterator[Measurement]:
    province = account_of(Organization.objects.get(code=PROVINCE))
    by = Actor.of(province)
    file = _file(project, ROWS)
    detail = f"{ROWS:,} rows of {INSTITUTIONS:,} institutions"
    with stopwatch() as storing:
        upload = _stored(project, file, by)
    with stopwatch() as checking:
        counts = check_stored(PURCHASE_IMPORT, upload).counts()
    with stopwatch() as applying:
        apply_stored(PURCHASE_IMPORT, upload, by=by)
    _require(project, ROWS)
    again = check_stored(PURCHASE_IMPORT, _stored(project, file, by)).counts()
    if counts["new"] != ROWS or again["unchanged"] != ROWS:
        raise RuntimeError(f"checked {counts}, the same file again {again}")
    yield Measurement("history_dry_run", checking.seconds, "s", f"{detail}, read and validated")
    yield Measurement(
        "history_import", ROWS / applying.seconds, "rows/s", f"{detail}, validated and written"
    )
    whole = storing.seconds + checking.seconds + applying.seconds
    told = "upload checked, dry run, validated again and written"
    yield Measurement("history_import_whole", ROWS / whole, "rows/s", f"{detail}: {told}")


def _stored(project: Project, file: BytesIO, by: Actor) -> StoredUpload:
    file.seek(0)
    context = {"project_id": project.pk}
    return store_upload(PURCHASE_IMPORT, file, "历史采购量.xlsx", by=by, context=context)


def _theirs(
    name: str, resource: type[PurchaseResource], count: int, how: str
) -> Iterator[Measurement]:
    project = _round()
    content = _file(project, count).getvalue()
    with stopwatch() as watch:
        dataset = XLSX().create_dataset(content)
        result = resource(project).import_data(dataset, dry_run=False)
    if result.has_errors() or result.has_validation_errors():
        raise RuntimeError(str(result.row_errors()[:1] or result.base_errors[:1]))
    _require(project, count)
    detail = f"the first {count:,} rows, {how}, one commit"
    yield Measurement(f"history_import_export{name}", count / watch.seconds, "rows/s", detail)


def _require(project: Project, count: int) -> None:
    found = PurchaseHistory.objects.filter(project=project).count()
    if found != count:
        raise RuntimeError(f"{found} rows are there, {count} were imported")
