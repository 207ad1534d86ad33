"""Asking for a change of an institution: by itself with a paper, or by a bureau above it.

Invariant: who decides follows from the tree: the nearest bureau above the institution, and above its successor.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date

from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import name_of
from apps.accounts.models.roles import Permission
from apps.administration.models import ChangeKind, ChangeOutcome, UnitChange
from apps.audit.services import record
from apps.notices.attachments import Checked
from apps.organizations.domain.endings import successor_named
from apps.organizations.domain.phones import told
from apps.organizations.domain.units import Facts
from apps.organizations.models import Organization
from apps.scope.paths import ancestors

WAITS = "本机构已有一项变更申请在办理，请等待办理，或撤回后重新申请。"


class ChangeRefused(Exception):
    """The act isn't possible; the message is the sentence for the person, `field` where it belongs."""

    def __init__(self, sentence: str, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for. `facts`: new values by field; `successor`: the code of who takes over."""

    kind: ChangeKind
    effective_on: date
    reason: str
    facts: Mapping[str, str] = field(default_factory=dict)
    successor: str = ""
    paper: Checked | None = None


@transaction.atomic
def ask_change(*, by: Actor, unit_id: int, wanted: Wanted) -> UnitChange:
    """A request that waits for the bureau above. Raises `ChangeRefused`, `UnitRefused`."""
    unit: Organization = Organization.objects.institutions().get(pk=unit_id)
    require_asker(by, unit)
    _check(by, unit, wanted)
    change = change_of(by, unit, wanted)
    if wanted.paper:
        change.file.save(wanted.paper.name, wanted.paper.file, save=False)
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except DatabaseError as error:
        if change.file:
            default_storage.delete(str(change.file.name))  # no file without its row
        if isinstance(error, IntegrityError):
            raise ChangeRefused(WAITS) from error
        raise
    verb = f"申请{change.get_kind_display()}"
    record_change(by, change, verb, f"{verb}：{in_words(change)}；原因：{change.reason}")
    return change


def require_asker(by: Actor, unit: Organization) -> None:
    """Raises `ChangeRefused` unless it is the institution, or a bureau above it."""
    is_own = by.organization is not None and by.organization.pk == unit.pk
    right = Permission.REPORT if is_own else Permission.REVIEW
    if not (is_own or _is_above(by.path, unit.path)) or not by.may(right):
        raise ChangeRefused("机构变更由本机构有“上报”权限的账号、或上级有“审核”权限的账号申请。")


def require_office(by: Actor, change: UnitChange) -> None:
    """Raises `ChangeRefused` unless the actor's bureau stands over everybody concerned."""
    if not _is_above(by.path, change.path) or not change.office.startswith(by.path):
        raise ChangeRefused("这项变更涉及的机构不全在您的管辖范围内，由上级医保部门办理。")
    if not by.may(Permission.REVIEW):
        raise ChangeRefused("您的账号没有“审核”权限，不能办理机构变更。")
    if by.user is not None and by.user.limited_to_projects:
        raise ChangeRefused("您的账号仅限指定项目，机构变更涉及全部项目，请由主账号办理。")


def _is_above(path: str, unit_path: str) -> bool:
    return bool(path) and path != unit_path and unit_path.startswith(path)


def _check(by: Actor, unit: Organization, wanted: Wanted) -> None:
    if not unit.is_active:
        raise ChangeRefused("机构已禁用、停业或已并入其他机构，不能再申请变更。")
    if not wanted.reason.strip():
        raise ChangeRefused("请填写变更原因。", field="reason")
    if wanted.effective_on > timezone.localdate():
        raise ChangeRefused("生效日期不能晚于今天，请届时再申请。", field="effective_on")
    if wanted.paper is None and by.organization == unit:
        raise ChangeRefused("请上传证明材料，如批复、执业许可证。", field="file")
    if UnitChange.objects.of_unit(unit.pk).waiting().exists():
        raise ChangeRefused(WAITS)
    if not wanted.kind.ends and not differences(unit, wanted.facts):
        raise ChangeRefused("没有改动任何内容，请先填写变更后的内容。")


def change_of(by: Actor, unit: Organization, wanted: Wanted) -> UnitChange:
    """The unsaved request. Raises `UnitRefused` where the successor can't be."""
    merges = wanted.kind == ChangeKind.MERGE
    successor = successor_named(unit, wanted.successor) if merges else None
    return UnitChange(
        kind=wanted.kind,
        organization=unit,
        path=unit.path,
        name_then=unit.name,
        successor=successor,
        office=office_of(unit, successor),
        effective_on=wanted.effective_on,
        content={"facts": dict(wanted.facts), "told": differences(unit, wanted.facts)},
        reason=wanted.reason.strip(),
        file_name=wanted.paper.name[:150] if wanted.paper else "",
        asked_by=by.user,
        asked_by_name=name_of(by),
        asked_at=by.moment,
    )


def office_of(unit: Organization, successor: Organization | None) -> str:
    """The path of the nearest bureau above both."""
    above = ancestors(unit.path)
    return next(path for path in reversed(above) if (successor or unit).path.startswith(path))


def differences(unit: Organization, facts: Mapping[str, str]) -> list[list[str]]:
    """Label, before, after of each fact that would change."""
    before = Facts.of(unit)
    after = replace(before, **facts)
    changed = [f.name for f in fields(Facts) if getattr(before, f.name) != getattr(after, f.name)]
    return [
        [
            str(Organization._meta.get_field(name).verbose_name),  # type: ignore[union-attr]
            getattr(before, name) or "空",
            getattr(after, name) or "空",
        ]
        for name in changed
    ]


def in_words(change: UnitChange) -> str:
    """`武昌医院（H420…）并入武汉医院（H420…），自 2026-11-30`."""
    unit = f"{change.name_then}（{change.organization.code}）"
    if change.successor is not None:
        what = f"并入{change.successor.name}（{change.successor.code}）"
    elif change.told:
        what = "，" + "；".join(f"{label} {told(label, *both)}" for label, *both in change.told)
    else:
        what = change.get_kind_display()
    return f"{unit}{what}，自 {change.effective_on:%Y-%m-%d}"


@transaction.atomic
def withdraw_change(*, by: Actor, change_id: int) -> UnitChange:
    """Take back what nobody has decided. Raises `ChangeRefused`."""
    change = held_change(change_id)
    require_asker(by, change.organization)
    if change.outcome:
        raise ChangeRefused("这项申请已经办理，不能撤回。")
    change.outcome, change.decided_at = ChangeOutcome.WITHDRAWN, by.moment
    change.decided_by, change.decided_by_name = by.user, name_of(by)
    change.save(update_fields=["outcome", "decided_at", "decided_by", "decided_by_name"])
    record_change(
        by, change, "撤回变更申请", f"撤回{change.get_kind_display()}申请：{in_words(change)}"
    )
    return change


def held_change(change_id: int) -> UnitChange:
    """Locked, with its units. Raises `UnitChange.DoesNotExist` beyond the scope."""
    rows = UnitChange.objects.select_for_update(of=("self",), no_key=True).with_units()
    change: UnitChange = rows.get(pk=change_id)
    return change


def record_change(by: Actor, change: UnitChange, verb: str, sentence: str) -> None:
    record(
        by=by,
        verb=verb,
        object=f"{change.name_then} {change.organization.code}",
        sentence=f"{sentence}。",
        path=change.path,
    )
