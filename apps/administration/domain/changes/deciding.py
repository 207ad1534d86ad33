"""Deciding on a change of an institution, carrying it out, and undoing it while nothing was built on it.

Invariants: what is carried out is what the page showed, all of it or nothing, with one line in the log; nothing frozen
moves. Locks: the request, units by key, filings by project.
"""

from dataclasses import replace

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import name_of
from apps.administration.domain.changes.asking import (
    ChangeRefused,
    Wanted,
    change_of,
    held_change,
    in_words,
    record_change,
    require_office,
)
from apps.administration.domain.changes.preview import Preview, preview_of
from apps.administration.domain.changes.undoing import obstacles_to_undo
from apps.administration.models import ChangeKind, ChangeOutcome, UnitChange
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.organizations.domain.endings import locked_units, open_again, shut
from apps.organizations.domain.units import Facts, put_facts, require_right, set_unit_active
from apps.organizations.models import Organization, Tier
from apps.review.domain.rounds.settling import settle, settled_since, unsettle

MOVED = "您打开页面之后，与它有关的内容有变化，没有办理。请核对后重新办理。"
DECIDED = ["outcome", "decided_by", "decided_by_name", "decided_at", "remark", "kept"]
BY_HAND = "在机构管理中禁用"


@transaction.atomic
def decide_change(
    *, by: Actor, change_id: int, approve: bool, remark: str = "", seen: str = ""
) -> UnitChange:
    """Agree and carry out, or refuse with a remark. `seen` is the stamp of the preview that the page showed.

    Raises `ChangeRefused`, a `ReviewRefused`; then nothing was written.
    """
    change = held_change(change_id)
    require_office(by, change)
    if change.outcome:
        raise ChangeRefused("这项申请已经办理。")
    remark = remark.strip()
    if approve:
        carry_out(change, by=by, seen=seen)
    elif not remark:
        raise ChangeRefused("不同意时请填写意见。", field="remark")
    outcome = ChangeOutcome.APPROVED if approve else ChangeOutcome.REFUSED
    _note(change, outcome, remark, by)
    change.save(update_fields=DECIDED)
    verb = f"{'同意' if approve else '未同意'}{change.get_kind_display()}"
    said = f"{in_words(change)}{_size(change)}{f'；意见：{remark}' if remark else ''}"
    record_change(by, change, verb, f"{verb}：{said}")
    _tell(change, f"{verb}：{said}。", by)
    return change


def _note(change: UnitChange, outcome: ChangeOutcome, remark: str, by: Actor) -> None:
    change.outcome, change.remark = outcome, remark[:300]
    change.decided_by, change.decided_by_name = by.user, name_of(by)
    change.decided_at = timezone.now()


def _size(change: UnitChange) -> str:
    number = len(change.kept.get("filings", ()))
    return f"；结清 {number:,} 个项目的未上报申报" if number else ""


def carry_out(change: UnitChange, *, by: Actor, seen: str) -> None:
    """What the preview says, under the locks. Raises `ChangeRefused`, a `ReviewRefused`."""
    units = locked_units(change.organization_id, change.successor_id)
    change.organization = unit = units[change.organization_id]
    change.successor = successor = units[change.successor_id] if change.successor_id else None
    preview = preview_of(change)
    _require_same(preview, seen)
    if ChangeKind(change.kind).ends:
        filings = settle(preview.left.closing, became=change.became, by=by)
        change.kept = {"filings": filings, **shut(unit, successor=successor)}
        return
    put_facts(unit, replace(Facts.of(unit), **change.content["facts"]))
    unit.save()


def _require_same(preview: Preview, seen: str) -> None:
    if preview.problems:
        raise ChangeRefused("".join(preview.problems))
    if preview.stamp != seen:
        raise ChangeRefused(MOVED)


def _tell(change: UnitChange, body: str, by: Actor) -> None:
    """The institution and its successor."""
    units = [change.organization, change.successor]
    title = f"{change.name_then}{change.get_kind_display()}"
    letters = [Letter(unit.path, title, body, "/organizations/changes/") for unit in units if unit]
    send_letters(letters, kind=MessageKind.ACCOUNT, by=by)


@transaction.atomic
def undo_change(*, by: Actor, change_id: int, reason: str) -> UnitChange:
    """The institution is there again, and what was settled is open. Raises `ChangeRefused`, a `ReviewRefused`."""
    change = held_change(change_id)
    require_office(by, change)
    if not (reason := reason.strip()):
        raise ChangeRefused("请填写撤销的原因。", field="reason")
    units = locked_units(change.organization_id, change.successor_id)
    change.organization = units[change.organization_id]
    if obstacles := obstacles_to_undo(change):
        raise ChangeRefused(f"不能撤销{change.get_kind_display()}：{'；'.join(obstacles)}。")
    filings = settled_since(change.kept.get("filings", ()))
    unsettle(filings, reason=f"撤销{change.get_kind_display()}：{reason}", by=by)
    open_again(change.organization, change.successor, change.kept)
    change.outcome, change.undo_reason = ChangeOutcome.UNDONE, reason[:300]
    change.undone_by_name, change.undone_at = name_of(by), timezone.now()
    change.save(update_fields=["outcome", "undo_reason", "undone_by_name", "undone_at"])
    verb = f"撤销{change.get_kind_display()}"
    said = f"{verb}：{in_words(change)}{_reopened(len(filings))}；原因：{reason}"
    record_change(by, change, verb, said)
    _tell(change, f"{said}。", by)
    return change


def _reopened(number: int) -> str:
    return f"；恢复 {number:,} 个项目的申报" if number else ""


def disabling(by: Actor, unit: Organization) -> UnitChange:
    """The 停业 that disabling an institution by hand is; unsaved, for its preview and for the act."""
    wanted = Wanted(ChangeKind.CLOSE, timezone.localdate(), BY_HAND)
    return change_of(by, unit, wanted)


@transaction.atomic
def disable_unit(*, by: Actor, unit_id: int, seen: str) -> Organization:
    """Shut a unit; what an institution leaves in running rounds is settled along with it.

    Raises `UnitRefused`, `ChangeRefused`, a `ReviewRefused`.
    """
    require_right(by)
    unit: Organization = Organization.objects.get(pk=unit_id)
    if unit.tier != Tier.INSTITUTION or not unit.is_active:
        return set_unit_active(by=by, unit_id=unit_id, active=False)
    change = disabling(by, unit)
    carry_out(change, by=by, seen=seen)
    _note(change, ChangeOutcome.APPROVED, "", by)
    change.save(force_insert=True)
    said = f"禁用了 {unit.name}（{unit.code}）{_size(change)}"
    record_change(by, change, "禁用机构", said)
    return change.organization


@transaction.atomic
def enable_unit(*, by: Actor, unit_id: int) -> Organization:
    """Open a unit; what its disabling has settled is open again, unless something was built on it.

    Raises `UnitRefused`, a `ReviewRefused`.
    """
    require_right(by)
    closings = UnitChange.objects.of_unit(unit_id).filter(
        kind=ChangeKind.CLOSE, outcome=ChangeOutcome.APPROVED
    )
    last = closings.with_units().order_by("-decided_at", "-pk").first()
    if last is None or obstacles_to_undo(last):
        return set_unit_active(by=by, unit_id=unit_id, active=True)
    return undo_change(by=by, change_id=last.pk, reason="在机构管理中启用").organization
