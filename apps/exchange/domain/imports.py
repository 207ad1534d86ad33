"""Imports as the apps declare them, and the uploads they take: stored, checked, applied all or nothing.

In `apps/<app>/files/workbooks.py`:

    CATALOGUE_IMPORT = register_import(ImportSpec(
        name="projects.catalogue",
        title="导入品种目录",
        workbook=CATALOGUE,                     # a WorkbookSpec, or a function of the context
        validate=check_catalogue,               # (Reading, context) -> DryRun; writes nothing
        apply=save_catalogue,                   # (DryRun, *, by, context) -> None; a service, writes its log
        prefill=catalogue_rows,                 # context -> {"目录": records} for the template
        empty_too=True,                         # the template is empty; `?template=filled` has what stands today
        stamp=lambda context: {"项目": …},       # a template of another project is refused
        fixed_rows=True,                        # so is one whose prefilled rows are no longer today's
        lock=lock_project,                      # (context) -> None; before the last check, in its transaction
        permissions=(Permission.IMPORT,),
        refusals=(ProjectPublished,),           # exceptions of `apply` that carry a sentence for people
    ))

`register_import` comes from `registry`. In a view:

    return run_import_page(request, CATALOGUE_IMPORT, context={"project_id": project.pk}, back_url=…)

`context` holds JSON values only. The check and the import of long files run as jobs; neither notices.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.columns import WorkbookSpec
from apps.exchange.files.reader import Progress
from apps.exchange.files.readings import Problem, Reading
from apps.exchange.files.rendering import Record, row_keys
from apps.exchange.files.upload_checks import FileRefused
from apps.exchange.files.uploads.asking import FileBusy, read_workbook, taken
from apps.exchange.models import StoredUpload, random_token
from apps.jobs import owners

Context = Mapping[str, Any]
KEPT = timedelta(hours=24)
APPLIED = "这份文件已经导入过了。"
SHOWN_PROBLEMS = 200
NAMED = 3
CHUNK = 1024 * 1024


def _nothing(_context: Context) -> dict[str, Any]:
    return {}


def _no_lock(_context: Context) -> None:
    return None


def _no_reason(_context: Context) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class ImportSpec:
    """One kind of import; see the module's docstring. `why_not`: why none can be applied, said before any is read."""

    name: str
    title: str
    workbook: WorkbookSpec | Callable[[Context], WorkbookSpec]
    validate: Callable[[Reading, Context], DryRun]
    apply: Callable[..., None]
    prefill: Callable[[Context], Mapping[str, Iterable[Record]]] = _nothing
    empty_too: bool = False
    stamp: Callable[[Context], Mapping[str, str]] = _nothing
    fixed_rows: bool = False
    lock: Callable[[Context], None] = _no_lock
    permissions: tuple[str, ...] = ()
    refusals: tuple[type[Exception], ...] = ()
    help: str = ""
    why_not: Callable[[Context], str] = _no_reason

    def workbook_for(self, context: Context) -> WorkbookSpec:
        return self.workbook if isinstance(self.workbook, WorkbookSpec) else self.workbook(context)

    def stamp_for(self, context: Context) -> dict[str, str]:
        return {key: str(value) for key, value in self.stamp(context).items()}


class UploadChanged(Exception):
    """The stored file is no longer what was checked."""


class DataMoved(Exception):
    """Other cells would change than those that were shown."""


class AlreadyApplied(Exception):
    """Somebody, perhaps a second click, has imported this upload before."""


def store_upload(
    spec: ImportSpec, file: BinaryIO, filename: str, *, by: Any, context: dict[str, Any]
) -> StoredUpload:
    """Keep an upload that passed the checks of the file, of text with separators the workbook. Raises `FileRefused`."""
    path, enterprise_id = owners.place_of(by.user)
    token = random_token()
    with taken(file, filename) as found:
        return StoredUpload.objects.create(
            token=token,
            spec_name=spec.name,
            context=context,
            owner=by.user,
            path=path,
            enterprise_id=enterprise_id,
            sha256=_sha256(found.file),
            file=default_storage.save(f"uploads/{token}.xlsx", File(found.file)),
            filename=found.filename[-150:],
            size=found.file.seek(0, 2),
            rows=found.rows,
            tags=found.tags,
            expires_at=timezone.now() + KEPT,
        )


def check_stored(
    spec: ImportSpec, upload: StoredUpload, progress: Progress | None = None
) -> DryRun:
    """Validate the stored file and remember the outcome on it, with every cell that it would change.

    Raises `FileBusy`.
    """
    outcome = _validate(spec, upload, progress)
    _keep_changes(upload, outcome)
    _keep(upload, outcome)
    return outcome


def _keep_changes(upload: StoredUpload, outcome: DryRun) -> None:
    if upload.changes:
        default_storage.delete(str(upload.changes))
    upload.changes = ""
    if outcome.changes:
        name = f"uploads/{upload.token}.changes"
        upload.changes = default_storage.save(name, ContentFile(outcome.changes.packed()))
    upload.change_columns = [[*place, number] for place, number in outcome.changes.columns.items()]
    upload.change_digest = outcome.changes.digest
    upload.save(update_fields=["changes", "change_columns", "change_digest"])


def _keep(upload: StoredUpload, outcome: DryRun) -> None:
    upload.counts = outcome.counts()
    upload.problem_count = len(outcome.problems)
    upload.problems = [
        [problem.sheet, problem.row, problem.column, problem.message]
        for problem in outcome.problems[:SHOWN_PROBLEMS]
    ]
    upload.notes = outcome.notes[:20]
    upload.save(update_fields=["counts", "problem_count", "problems", "notes"])


def apply_stored(
    spec: ImportSpec,
    upload: StoredUpload,
    *,
    by: Any,
    progress: Progress | None = None,
    writing: Callable[[], None] = lambda: None,
) -> DryRun:
    """Validate once more and, without any problem, apply: all or nothing, in one transaction.

    The file is read before anything is locked: its turn may be long in coming. `progress` is told the rows read,
    `writing` is called when all is found right.
    Raises `AlreadyApplied`, `UploadChanged`, `DataMoved`, `FileBusy` and what the spec's `apply` raises.
    """
    if upload.applied_at:
        raise AlreadyApplied(APPLIED)
    return _applied(spec, upload, _read(spec, upload, progress), by=by, writing=writing)


@transaction.atomic
def _applied(
    spec: ImportSpec, upload: StoredUpload, read: "Read", *, by: Any, writing: Callable[[], None]
) -> DryRun:
    locked = StoredUpload.objects.select_for_update(of=("self",), no_key=True).get(pk=upload.pk)
    if locked.applied_at:
        raise AlreadyApplied(APPLIED)
    spec.lock(locked.context)
    if spec.workbook_for(locked.context) != read.workbook:  # its columns tell of what has changed
        read = _read(spec, locked, None)
    outcome = _judged(spec, locked, read)
    shown = locked.change_digest or outcome.changes.digest  # none was kept of uploads from before
    if not outcome.problems and outcome.changes.digest != shown:
        raise DataMoved("检查之后系统中的数据有了变化，请重新上传，核对新的变更后再导入。")
    _keep(locked, outcome)
    if not outcome.problems and outcome.changes_something:
        writing()
        spec.apply(outcome, by=by, context=locked.context)
        locked.applied_at = timezone.now()
        locked.save(update_fields=["applied_at"])
    return outcome


def problems_of(spec: ImportSpec, upload: StoredUpload) -> list[Problem]:
    """Every problem of the stored file, for the error report. Raises `FileBusy`."""
    return _validate(spec, upload, None).problems


@dataclass(frozen=True, slots=True)
class Read:
    """The stored file against the column table of the moment; `refusal` instead of a reading if it can't be used."""

    workbook: WorkbookSpec
    reading: Reading
    refusal: str = ""


def _validate(spec: ImportSpec, upload: StoredUpload, progress: Progress | None) -> DryRun:
    """The file against the column table, then against the app's own rules."""
    return _judged(spec, upload, _read(spec, upload, progress))


def _read(spec: ImportSpec, upload: StoredUpload, progress: Progress | None) -> Read:
    """Raises `UploadChanged`, `FileBusy`."""
    workbook = spec.workbook_for(upload.context)
    with upload.opened() as file:
        if _sha256(file) != upload.sha256:
            raise UploadChanged("上传的文件已被改动，请重新上传。")
        try:
            reading = read_workbook(file, workbook, filename="checked.xlsx", progress=progress)
        except FileBusy:
            raise  # it says nothing of the file
        except FileRefused as refusal:
            return Read(workbook, Reading(), str(refusal))
    return Read(workbook, reading)


def _judged(spec: ImportSpec, upload: StoredUpload, read: Read) -> DryRun:
    """Against the app's own rules, as things are now."""
    workbook, reading = read.workbook, read.reading
    if read.refusal:
        return DryRun(problems=[Problem("", None, "", read.refusal)])
    try:
        _check_stamp(spec, upload.context, workbook, reading)
    except FileRefused as refusal:
        return DryRun(problems=[Problem("", None, "", str(refusal))])
    outcome = spec.validate(reading, upload.context)
    outcome.problems = sorted_problems(workbook, [*reading.problems, *outcome.problems])
    outcome.notes = [*reading.notes, *outcome.notes]
    return outcome


def _check_stamp(
    spec: ImportSpec, context: Context, workbook: WorkbookSpec, reading: Reading
) -> None:
    """A template that was made for something else. Raises `FileRefused`."""
    if not reading.stamp:
        return
    if reading.stamp.get("workbook") != workbook.name:
        raise FileRefused(f"这不是“{spec.title}”的模板，请下载本页的模板填写")
    for name, ours in spec.stamp_for(context).items():
        theirs = reading.stamp.get(name, "")
        if theirs != ours:
            raise FileRefused(
                f"这份模板的{name}是“{theirs}”，现在导入的{name}是“{ours}”，请下载本页的模板填写"
            )
    if spec.fixed_rows:
        _check_row_keys(list(reading.stamp["rows"]), row_keys(workbook, spec.prefill(context)))


def _check_row_keys(theirs: list[str], ours: list[str]) -> None:
    """A template made before rows came or went. Raises `FileRefused`."""
    known, wanted = set(theirs), set(ours)
    added = [key for key in dict.fromkeys(ours) if key not in known]
    gone = [key for key in dict.fromkeys(theirs) if key not in wanted]
    told = [
        f"{what} {len(keys)} 行（{'、'.join(keys[:NAMED])}{'等' if len(keys) > NAMED else ''}）"
        for what, keys in (("新增", added), ("删去", gone))
        if keys
    ]
    if told:
        raise FileRefused(
            f"这份模板已过时，下载之后系统中{'、'.join(told)}，请重新下载模板，把填好的数据粘贴进去再上传"
        )


def sorted_problems(workbook: WorkbookSpec, problems: Iterable[Problem]) -> list[Problem]:
    """In the order in which people mend them: by sheet, row and column; each once."""
    sheets = {sheet.title: position for position, sheet in enumerate(workbook.sheets)}
    columns = {
        (sheet.title, column.title): position
        for sheet in workbook.sheets
        for position, column in enumerate(sheet.columns)
    }

    def place(problem: Problem) -> tuple[int, int, int]:
        column = columns.get((problem.sheet, problem.column), -1)
        return sheets.get(problem.sheet, -1), problem.row or 0, column

    return sorted(dict.fromkeys(problems), key=place)


def _sha256(file: BinaryIO) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
