"""机构变更 as tests ask for it and decide on it, each within what the person may see."""

import io
from typing import Any

from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.administration.domain.changes.asking import Wanted, ask_change
from apps.administration.domain.changes.deciding import decide_change, undo_change
from apps.administration.domain.changes.preview import preview_of
from apps.administration.models import ChangeKind, UnitChange
from apps.notices.attachments import Checked, check_attachment
from apps.organizations.models import Organization
from apps.scope.context import enter

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


def paper() -> Checked:
    file: Any = io.BytesIO(PNG)
    file.name, file.size = "批复.png", len(PNG)
    return check_attachment(file)


def asked(
    person: User, unit: Organization, kind: ChangeKind, successor: str = "", **facts: str
) -> UnitChange:
    wanted = Wanted(
        kind=kind,
        effective_on=timezone.localdate(),
        reason="卫健部门批复",
        facts=facts,
        successor=successor,
        paper=None if person.organization_id != unit.pk else paper(),
    )
    with enter(scope_of(person)):
        return ask_change(by=Actor.of(person), unit_id=unit.pk, wanted=wanted)


def decided(
    officer: User, change: UnitChange, *, approve: bool = True, seen: str | None = None
) -> UnitChange:
    """As the page shows it now, if `seen` doesn't say otherwise."""
    with enter(scope_of(officer)):
        shown = UnitChange.objects.with_units().get(pk=change.pk)
        stamp = preview_of(shown).stamp if seen is None else seen
        return decide_change(
            by=Actor.of(officer), change_id=change.pk, approve=approve, remark="已核对", seen=stamp
        )


def undone(officer: User, change: UnitChange) -> UnitChange:
    with enter(scope_of(officer)):
        return undo_change(by=Actor.of(officer), change_id=change.pk, reason="批复有误")
