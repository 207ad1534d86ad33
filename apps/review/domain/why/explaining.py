"""Why can I (not)? What stands in the way of each act on a filing, when that changes, and who can change it.

Invariant: what is told is asked of the law itself (`machine.obstacles`, `standing`, `guards`, `gates`, the kind), never
decided here; an act that is possible has nothing against it, one that isn't has something.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.domain.actors import Actor
from apps.organizations.models import Organization, Tier
from apps.projects.models import Project
from apps.projects.models.window_spans import end_in_words, start_in_words
from apps.projects.models.windows import Timing
from apps.review.domain.effects import word
from apps.review.domain.gates import gate_reports
from apps.review.domain.guards import objections
from apps.review.domain.kinds import kind_of as kind_for
from apps.review.domain.locks import Ancestor, Branch, read_branch
from apps.review.domain.machine import TRANSITIONS, Party, Transition, kind_of
from apps.review.domain.offers import Offer, standing_of
from apps.review.domain.standing import (
    PARTY_PERMISSION,
    RECUSED,
    is_recused,
    places_of,
    situations,
    timings_by_path,
)
from apps.review.domain.why.obstacles import Cause, Obstacle, obstacles
from apps.review.domain.why.situation import Situation
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Action, Status

MOST = 5
HELD = {Status.SUBMITTED: "已提交", Status.APPROVED: "已审核通过"}
PARTIES: Mapping[Party, str] = {
    "superior": "上级医保部门",
    "opener": "省医保或联采办",
    "alliance": "联采办",
    "system": "系统",
}


@dataclass(frozen=True, slots=True)
class Because:
    """One thing in the way: `cause` in a word, when it will be over if that is known, who can change it."""

    cause: str
    text: str
    until: datetime | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Explained:
    """An act: possible, in the own name or in place of a lower unit, or everything that stands against it."""

    action: Action
    label: str
    offer: Offer | None
    because: tuple[Because, ...]


def explain(project: Project, filing: Filing, by: Actor, *, at: datetime) -> list[Explained]:
    """Every act that this kind of filing knows and that is offered as such; an institution is told of its own ones."""
    case = _Case.of(project, filing, by, at)
    offers = {offer.action: offer for offer in standing_of(project, filing, by, at=at).offers}
    is_institution = by.organization is not None and by.organization.tier == Tier.INSTITUTION
    return [
        Explained(
            action,
            word(action) if not filing.is_institution else action.label,
            offers.get(action),
            () if action in offers else tuple(case.against(action, law)),
        )
        for action, law in TRANSITIONS.items()
        if kind_of(case.situation) in law.kinds
        and (law.act.place != "elsewhere" or filing.is_root)
        and (law.party == "filer" or not is_institution)
    ]


@dataclass(frozen=True, slots=True)
class _Case:
    project: Project
    filing: Filing
    branch: Branch
    situation: Situation
    timings: Mapping[str, Timing]
    names: Mapping[int, str]
    by: Actor
    at: datetime

    @classmethod
    def of(cls, project: Project, filing: Filing, by: Actor, at: datetime) -> "_Case":
        branch = read_branch([filing])
        timings = timings_by_path(project, [filing], branch)
        (situation,) = situations(project, [filing], branch, at, timings)
        above = [upper.organization_id for upper in branch.above(filing)]
        names = dict(Organization.objects.filter(pk__in=above).values_list("pk", "name"))
        return cls(project, filing, branch, situation, timings, names, by, at)

    def against(self, action: Action, law: Transition) -> Iterator[Because]:
        yield from self._by_person(law)
        for obstacle in obstacles(action, self.situation, self.project):
            yield from self._by_law(obstacle, law)
        if is_recused(self.project, self.filing, action, self.by):
            yield Because("回避", RECUSED, who="本单位另一个账号，或上级")
        for text in objections(self.project, [self.filing], action).values():
            yield Because("业务", text)
        yield from self._by_checks(law)

    def _by_person(self, law: Transition) -> Iterator[Because]:
        right = PARTY_PERMISSION.get(law.party)
        if law.party not in places_of(self.filing, self.branch, self.by):
            yield Because("单位", f"由{self._holder(law.party)}办理", who=self._holder(law.party))
        elif right is not None and not self.by.may(right):
            yield Because("权限", f"账号没有“{right.label}”权限", who="本单位主账号（子用户管理）")

    def _by_law(self, obstacle: Obstacle, law: Transition) -> Iterator[Because]:
        if obstacle.cause == Cause.STATE:
            yield Because(obstacle.cause, obstacle.clause, who=self._ways_to(law.sources))
        elif obstacle.cause == Cause.FROZEN:
            held = [a for a in self.branch.above(self.filing) if a.status in FROZEN]
            text = "、".join(f"{self._name(a)}{HELD[a.status]}" for a in held)
            yield Because(obstacle.cause, f"数据已锁定：{text}", who=self._returners(held[0].path))
        elif obstacle.cause == Cause.TIME:
            yield self._by_time(obstacle, law)
        else:
            who = "联采办在发布之前确定" if obstacle.cause == Cause.POLICY else ""
            yield Because(obstacle.cause, obstacle.clause, who=who)

    def _by_time(self, obstacle: Obstacle, law: Transition) -> Because:
        above = self.branch.above(self.filing)
        path = above[-1].path if law.timing == "reviewer" and above else self.filing.path
        timing = self.timings[path]
        own = timing.own
        if law.timing == "own_over":
            ends = timing.closes_at(self.at) or (own.closes_at if own else None)
            return Because(obstacle.cause, obstacle.clause, ends, "联采办可以提前结束时间")
        extends = "联采办可以延期" + (
            "，省医保或联采办可以补报" if law.timing != "reviewer" else ""
        )
        if own is None:
            return Because(obstacle.cause, f"{obstacle.clause}：没有设置时间", who="联采办")
        if not own.is_on:
            return Because(obstacle.cause, "开关已关闭", who="联采办或省医保可以打开")
        if self.at < own.opens_at:
            text = f"{obstacle.clause}：{start_in_words(own.opens_at)} 开始"
            return Because(obstacle.cause, text, own.opens_at)
        return Because(
            obstacle.cause,
            f"{obstacle.clause}：已于 {end_in_words(own.closes_at)} 结束",
            who=extends,
        )

    def _by_checks(self, law: Transition) -> Iterator[Because]:
        """What `perform` asks beside the law, where only the person's own work could stand in the way."""
        if "complete" in law.checks and self.filing.is_institution:
            problems = kind_for(self.filing).incomplete([self.filing]).get(self.filing.pk, [])
            for problem in problems[:MOST]:
                yield Because("填报", problem.text, who=self.filing.organization.name)
        if "gate" in law.checks and not self.filing.is_institution:
            report = gate_reports(self.project, [self.filing])[self.filing.pk]
            names = [each.organization.name for each in report.blocking]
            if names:
                more = f"等 {len(names):,} 家" if len(names) > MOST else ""
                yield Because(
                    "下级", f"还没有处理完：{'、'.join(names[:MOST])}{more}", who="本级审核"
                )

    def _name(self, unit: Ancestor) -> str:
        """Units above one's own are known by their tier alone."""
        return self.names.get(unit.organization_id, Tier(unit.tier).label)

    def _holder(self, party: Party) -> str:
        above = self.branch.above(self.filing)
        if party == "filer":
            return "省医保" if self.filing.maintained else self.filing.organization.name
        if party == "reviewer":
            return self._name(above[-1]) if above else "联采办"
        return PARTIES[party]

    def _returners(self, path: str) -> str:
        """Who can give back the uppermost package that locks the filing."""
        above = [a for a in self.branch.above(self.filing) if len(a.path) < len(path)]
        return f"{self._name(above[-1])}可以退回" if above else "联采办可以撤销办结"

    def _ways_to(self, wanted: frozenset[Status]) -> str:
        """Which acts lead from here to where it could be done, and whose they are."""
        status, kind = self.situation.status, kind_of(self.situation)
        if status in wanted:
            return ""
        ways = [
            f"{self._holder(law.party)}“{word(action) if kind != 'institution' else action.label}”"
            for action, law in TRANSITIONS.items()
            if status in law.sources
            and law.target in wanted
            and kind in law.kinds
            and law.act.place != "elsewhere"
            and law.only_if(self.situation)
        ]
        return "、".join(ways[:MOST])
