"""代填: a province writes the lines of institutions that it fills in for, any number of filings in one upsert.

Invariants: the rules of the institution's own save hold; what is reported or locked is named and nothing is written;
every institution's log says that its province wrote.
"""

from collections.abc import Mapping, Sequence

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.audit.services import Entry as LogLine
from apps.audit.services import record_many
from apps.organizations.models import Tier
from apps.projects.models import Project
from apps.reporting.domain.maintenance.sheets import sheets_of
from apps.reporting.domain.refusals import NotMaintained, UnknownItem
from apps.reporting.domain.sheet.filling import DEMAND
from apps.reporting.domain.sheet.saving import (
    Entry,
    Saved,
    changed_line,
    upsert_lines,
    write_lines,
)
from apps.reporting.domain.sheet.sql import LineNow, microseconds
from apps.review.domain.holding import editability, locked_among
from apps.review.domain.locks import Branch, lock_branch
from apps.review.domain.refusals import NAMED, NotEditable
from apps.review.models import Filing

Entries = Mapping[int, Sequence[Entry]]
"""By filing id."""


@transaction.atomic
def maintain_lines(*, project: Project, entries: Entries, by: Actor) -> int:
    """Save rows as 已保存; returns how many changed.

    Raises `NotMaintained`, `NotEditable` naming who has reported, `UnknownItem`.
    """
    branch = hold_maintained(project, list(entries), by=by)
    now = microseconds(by.moment)
    sheets = sheets_of(project, branch.filings)
    changed: list[tuple[Filing, LineNow]] = []
    log: list[LogLine] = []
    for filing in branch.filings:
        if any(entry.item not in sheets.items for entry in entries[filing.pk]):
            raise UnknownItem("有的品规不在本项目的目录里，请重新下载模板。")
        entered = (
            changed_line(filing, sheets.row(filing, entry.item).now, entry, now, saved=True)
            for entry in entries[filing.pk]
        )
        lines = [line for line in entered if line is not None]
        if lines:
            changed += [(filing, line) for line in lines]
            log.append(_entry(project, filing, len(lines), by))
    upsert_lines(changed)
    note_filler(sorted({filing.pk for filing, _ in changed}), by)
    record_many(by=by, entries=log)
    return len(changed)


@transaction.atomic
def maintain_sheet(
    *, project: Project, filing: Filing, entries: Sequence[Entry], fill_rest: bool, by: Actor
) -> Saved:
    """The rows of one institution as its page showed them: what somebody else changed meanwhile stays.

    `fill_rest` answers with 0 whatever stands blank afterwards. Raises `NotMaintained`, `NotEditable`, `UnknownItem`.
    """
    (held,) = hold_maintained(project, [filing.pk], by=by).filings
    rows = [row.now for row in sheets_of(project, [held]).rows(held)]
    saved = write_lines(held, rows, entries, at=by.moment, saved=True)
    if fill_rest:
        blank = [row for row in rows if row.planned is None and _is_blank(saved, row.pk)]
        zeros = [Entry(row.pk, 0) for row in blank]
        saved.written += write_lines(held, blank, zeros, at=by.moment, saved=True).written
    if saved.written:
        note_filler([held.pk], by)
        record_many(by=by, entries=[_entry(project, held, saved.written, by)])
    return saved


def note_filler(filings: Sequence[int], by: Actor) -> None:
    """Whose hands filled them in: 审核回避 asks for it."""
    Filing.objects.filter(pk__in=filings).update(filled_by=by.user)


def _is_blank(saved: Saved, item: int) -> bool:
    return item not in saved.rows or saved.rows[item].planned is None


def hold_maintained(project: Project, filings: Sequence[int], *, by: Actor) -> Branch:
    """Lock the filings and what stands above. Raises `NotMaintained`, `NotEditable`."""
    place = by.organization
    if place is None or place.tier != Tier.PROVINCE or not by.may(Permission.MAINTAIN):
        raise NotMaintained("只有省医保可以代医疗机构填报。")
    maintained = list(Filing.objects.filter(pk__in=filings, project=project))
    branch = lock_branch(maintained)
    held = branch.filings
    if len(held) != len(set(filings)) or any(not f.path.startswith(place.path) for f in held):
        raise NotMaintained("有的机构不在本省或不参加本项目，没有写入任何数据。")
    if not all(filing.maintained for filing in held):
        raise NotMaintained("有的机构自行填报，省医保不能代填，没有写入任何数据。")
    _require_editable(project, branch, by)
    return branch


def _require_editable(project: Project, branch: Branch, by: Actor) -> None:
    """All of them hang under the same province, so the time of one is the time of all."""
    fixed = [filing.organization.name for filing in locked_among(branch.filings, branch)]
    if fixed:
        more = f"等 {len(fixed):,} 家机构" if len(fixed) > NAMED else ""
        names = "、".join(fixed[:NAMED])
        raise NotEditable(f"{names}{more}已经代报或已锁定；需要修改时请先退回。")
    if branch.filings and not editability(
        project, branch.filings[0], DEMAND.name, at=by.moment, branch=branch
    ):
        raise NotEditable("现在不在本省的办理时间内，不能代填。")


def _entry(project: Project, filing: Filing, count: int, by: Actor) -> LogLine:
    name = filing.organization.name
    province = by.organization.name if by.organization else ""
    return LogLine(
        verb="代填",
        object=name,
        sentence=f"{province}代填{name}在“{project.name}”的采购需求 {count:,} 个品规",
        path=filing.path,
        project_code=project.code,
        on_behalf_of=name,
    )
