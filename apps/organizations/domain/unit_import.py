"""Institutions from a workbook: hundreds or 46,000, checked as a whole, written in a handful of statements.

An empty cell says nothing about a unit that exists already: it keeps what is known.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction

from apps.audit.services import Author, Entry, record_many
from apps.exchange.domain.cross_checks import is_sound
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.readings import Problem, Reading, Row
from apps.organizations.domain import codes
from apps.organizations.domain.phones import HIDDEN, INCOMPLETE, masked, unmasked
from apps.organizations.domain.units import (
    Facts,
    changes,
    codes_in_use,
    institution_under,
    put_facts,
    require_right,
)
from apps.organizations.models import Organization, Tier
from apps.scope.paths import province_path

BATCH = 2_000
FACTS = ("name", "grade", "ownership", "kind", "contact_name", "phone", "address")
WRITTEN = [*FACTS, "pinyin", "sort_key", "reports_through"]


@dataclass(frozen=True, slots=True)
class Line:
    """A row with its codes as they are stored."""

    row: Row
    code: str
    parent: str
    through: str

    @classmethod
    def of(cls, row: Row) -> "Line":
        names = ("code", "parent_code", "through_code")
        return cls(row, *(codes.normalized(row[name]) for name in names))

    @property
    def facts(self) -> Facts:
        return Facts(**{name: self.row.values.get(name) or "" for name in FACTS})


@dataclass(slots=True)
class Planned:
    """The unit as it will stand, what the log will say, and through whose code it reports ("": as before)."""

    unit: Organization
    sentence: str
    through: str


def check_units(reading: Reading, _context: Any) -> DryRun:
    """What the workbook would add, change and leave; writes nothing."""
    return Check([Line.of(row) for row in reading]).run()


class Check:
    """One validation: what exists is read once, then every line is held against it."""

    def __init__(self, lines: list[Line]) -> None:
        units = Organization.objects.select_related("reports_through")
        named = {line.code for line in lines} | {line.through for line in lines}
        parents = {line.parent for line in lines}
        self.lines = lines
        self.by_code = {line.code: line for line in reversed(lines)}
        self.units = units.filter(code__in=named).in_bulk(field_name="code")
        self.parents = units.bureaus().filter(code__in=parents).in_bulk(field_name="code")
        self.elsewhere = codes_in_use([line.code for line in lines]) - self.units.keys()
        self.carriers = {line.through for line in lines} - {""}
        self.outcome = DryRun()

    def run(self) -> DryRun:
        for line in self.lines:
            problems = [
                line.row.problem(*problem)
                for problem in (
                    *self._about_code(line),
                    *self._about_parent(line),
                    *self._about_phone(line),
                )
            ]
            problems += self._about_carrier(line) if not problems else []
            is_first = self.by_code[line.code] is line  # of the others the reader has told
            if is_sound(self.outcome, line.row, problems) and is_first:
                self._plan(line)
        return self.outcome

    def _about_code(self, line: Line) -> Iterator[tuple[str, str]]:
        known = self.units.get(line.code)
        if problem := codes.problem_with(line.code):
            yield "code", problem
        elif line.code in self.elsewhere:
            yield "code", f"机构编码 {line.code} 已被其他地区的单位使用"
        elif known and known.tier != Tier.INSTITUTION:
            yield "code", f"{line.code} 是{known.name}的编码，不是医疗机构"

    def _about_phone(self, line: Line) -> Iterator[tuple[str, str]]:
        known, typed = self.units.get(line.code), str(line.row["phone"] or "")
        if HIDDEN in unmasked(typed, known.phone if known else ""):
            yield "phone", INCOMPLETE

    def _about_parent(self, line: Line) -> Iterator[tuple[str, str]]:
        parent, known = self.parents.get(line.parent), self.units.get(line.code)
        if parent is None or parent.tier == Tier.ALLIANCE:
            sentence = f"管理范围内没有编码为 {line.parent} 的省、市或区县医保部门"
            yield "parent_code", sentence
        elif known and known.tier == Tier.INSTITUTION and known.parent_id != parent.pk:
            yield "parent_code", "机构的上级不能更改；确需调整时请禁用原机构并用新编码添加"

    def _about_carrier(self, line: Line) -> list[Problem]:
        sentence = self._carrier_problem(line) if line.through else ""
        return [line.row.problem("through_code", sentence)] if sentence else []

    def _carrier_problem(self, line: Line) -> str:
        if line.through == line.code:
            return "机构不能由自己代报，请留空"
        there, known = self.by_code.get(line.through), self.units.get(line.through)
        if known:
            path, is_institution = known.path, known.tier == Tier.INSTITUTION
        else:
            parent = self.parents.get(there.parent) if there else None
            path, is_institution = (parent.path if parent else ""), parent is not None
        if not is_institution or province_path(path) != province_path(
            self.parents[line.parent].path
        ):
            return f"本省没有编码为 {line.through} 的医疗机构"
        carried = bool(there and there.through) or bool(known and known.reports_through_id)
        if carried or line.code in self.carriers:
            return "代报只能有一层：为别的机构代报的机构，自己不能再由其他机构代报"
        return ""

    def _plan(self, line: Line) -> None:
        known = self.units.get(line.code)
        if known is None:
            parent = self.parents[line.parent]
            unit = institution_under(parent, line.code, line.facts)
            said = f"导入了医疗机构 {unit.name}（{unit.code}），隶属于{parent.name}。"
            self.outcome.new.append(Planned(unit, said, line.through))
            return
        before, facts = Facts.of(known), _kept_where_blank(line.facts, Facts.of(known))
        differences = changes(before, facts)
        carrier = known.reports_through.code if known.reports_through else ""
        if line.through and line.through != carrier:
            differences.append(f"由其代报 {carrier or '无'} → {line.through}")
        if line.through:
            self.outcome.change(line.row, "through_code", carrier, line.through)
        for name in FACTS:
            was, will = getattr(before, name), getattr(facts, name)
            was = masked(was) if name == "phone" and was != will else was
            self.outcome.change(line.row, name, was, will)
        put_facts(known, facts)
        said = f"导入修改了 {known.name}（{known.code}）：{'；'.join(differences)}。"
        planned = Planned(known, said, line.through)
        (self.outcome.changed if differences else self.outcome.unchanged).append(planned)


def _kept_where_blank(facts: Facts, known: Facts) -> Facts:
    """What a cell leaves out is as it was: all of it, or the middle of a telephone number."""
    blank = {name: getattr(known, name) for name in FACTS if not getattr(facts, name)}
    return replace(replace(facts, phone=unmasked(facts.phone, known.phone)), **blank)


@transaction.atomic
def save_units(outcome: DryRun, *, by: Author) -> list[Organization]:
    """Write what `check_units` planned, and one log entry for each unit; returns the new ones. Raises `UnitRefused`."""
    require_right(by, or_staff=True)
    Organization.objects.bulk_create((row.unit for row in outcome.new), batch_size=BATCH)
    rows = [*outcome.new, *outcome.changed]
    wanted = {row.through for row in rows} - {""}
    institutions = Organization.objects.institutions()
    carriers = institutions.filter(code__in=wanted).in_bulk(field_name="code")
    carried = [row for row in rows if row.through]
    for row in carried:
        row.unit.reports_through = carriers[row.through]
    through_others = [row.unit for row in outcome.new if row.through]
    Organization.objects.bulk_update(through_others, ["reports_through"], batch_size=BATCH)
    changed = [row.unit for row in outcome.changed]
    Organization.objects.bulk_update(changed, WRITTEN, batch_size=BATCH)
    record_many(by=by, entries=(_entry(row) for row in rows))
    return [row.unit for row in outcome.new]


def _entry(planned: Planned) -> Entry:
    unit = planned.unit
    return Entry("导入机构", f"{unit.name} {unit.code}", planned.sentence, unit.path)
