"""What a change of an institution would do now, and what hangs on it; pages and acts ask the same.

Invariant: a constant number of statements, whatever the number of rounds; whoever decided on another preview than
holds under the locks is refused (`stamp`).
"""

import hashlib
from dataclasses import dataclass, field

from apps.accounts.domain.switching import hangs_on
from apps.accounts.models import User
from apps.administration.models import ChangeKind, UnitChange
from apps.organizations.domain.endings import carried_by, why_no_successor
from apps.organizations.models import Organization, Tier
from apps.review.domain.rounds.settling import Left, left_by

LIVE = "此后各处显示新的内容；已上报、已生成的协议和已下载的文件仍是原来的。"
CLOSES = "账号立即退出，不能再登录，以后的项目不再包括它；已有数据保留。"
JOINS = "以后的项目中，它的历史采购量和上批量并入{name}。"
PASSES = "约定采购量、分配量和三方协议的金额、名称都不变，由{name}以本机构名义继续办理。"


@dataclass(frozen=True, slots=True)
class Preview:
    """`hanging`: what rests on it now; `effects`: what the decision does; `problems` refuse it."""

    hanging: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    left: Left = field(default_factory=Left)

    @property
    def stamp(self) -> str:
        """Of everything that is shown."""
        said = "\n".join((*self.hanging, *self.effects, *self.problems))
        return hashlib.blake2s(said.encode(), digest_size=8).hexdigest()


def preview_of(change: UnitChange) -> Preview:
    """Of a request as it stands, saved or not; its units as they are now."""
    unit, successor = change.organization, change.successor
    if not ChangeKind(change.kind).ends:
        return Preview(effects=(LIVE,), problems=tuple(_problems(change)))
    left = left_by(unit, merging=successor is not None)
    name = successor.name if successor else ""
    effects = [*left.told(change.became, name), CLOSES]
    if successor is not None:
        effects += [JOINS.format(name=name), PASSES.format(name=name)]
        if number := carried_by(unit):
            effects.append(f"由其代报的 {number:,} 家机构改由{name}代报。")
    return Preview(tuple(_hanging(unit)), tuple(effects), tuple(_problems(change)), left)


def _hanging(unit: Organization) -> list[str]:
    hanging = hangs_on(unit.path, unit.tier)
    accounts = User.objects.filter(organization=unit, is_active=True).count()
    return [*hanging, f"可以登录的账号 {accounts:,} 个"] if accounts else hanging


def _problems(change: UnitChange) -> list[str]:
    unit, successor = change.organization, change.successor
    problems = []
    if not unit.is_active:
        problems.append(f"{unit.name}已禁用、停业或已并入其他机构。")
    if successor is not None and (problem := why_no_successor(unit, successor)):
        problems.append(problem)
    if change.kind == ChangeKind.CLOSE and (number := carried_by(unit)):
        problems.append(f"有 {number:,} 家机构由{unit.name}代报，请先改由其他机构代报。")
    name = change.content.get("facts", {}).get("name")
    if name and _is_taken(unit, name):
        problems.append(f"同一上级下已有同名机构“{name}”。")
    return problems


def _is_taken(unit: Organization, name: str) -> bool:
    beside = Organization.objects.filter(parent_id=unit.parent_id, tier=Tier.INSTITUTION, name=name)
    return bool(beside.exclude(pk=unit.pk).exists())
