"""What a workbook of distributors would add and change: every error with its row and column (S4-41).

Everything that exists is read once, in a handful of statements, whether the file has five rows or five thousand.
"""

from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

from apps.distribution.domain import phones, refusals
from apps.distribution.domain.distributors.acts import Facts
from apps.distribution.domain.distributors.importing import Planned
from apps.distribution.domain.reads import renamable, taken_usernames
from apps.distribution.models import DistributorAccount, usernames
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.readings import Reading, Row
from apps.organizations.domain import uscc
from apps.organizations.domain.doubts import IN_COLUMN, LOGGED, codes_by_name, doubts_about
from apps.organizations.models import Enterprise, Organization


def check_distributors(reading: Reading, province: Organization) -> DryRun:
    """Validate every row; of a cell that could not be read the reader has told already. Writes nothing."""
    return Check(province, [(row, facts_of(row)) for row in reading]).run()


def facts_of(row: Row) -> Facts:
    """A row as it is stored."""
    return Facts(
        provincial_account=usernames.normalized(row["provincial_account"]),
        name=row["name"],
        uscc=uscc.normalized(row["uscc"]),
        legal_representative=row["legal_representative"],
        authorized_person=row["authorized_person"],
        phone=phones.normalized(row["phone"]),
        address=row.values.get("address") or "",
    )


class Check:
    """One validation: the file's rows against each other and against what the province and the country have."""

    def __init__(self, province: Organization, lines: list[tuple[Row, Facts]]) -> None:
        self.province = province
        self.lines = lines
        codes = [facts.uscc for _row, facts in lines]
        self.by_name = codes_by_name(
            [facts.name for _row, facts in lines], [(facts.uscc, facts.name) for _, facts in lines]
        )
        self.enterprises = Enterprise.objects.in_bulk(codes, field_name="uscc")
        ours = DistributorAccount.objects.filter(province=province).select_related("enterprise")
        self.ours = {row.enterprise.uscc: row for row in ours}
        self.by_account = {
            row.provincial_account.lower(): row
            for row in self.ours.values()
            if row.provincial_account
        }
        self.renamable = renamable(
            (enterprise.pk for enterprise in self.enterprises.values()), province.pk
        )
        self.taken = taken_usernames(
            self.username(facts) for _row, facts in lines if facts.provincial_account
        )
        self.first_code: dict[str, int] = {}
        self.first_account: dict[str, int] = {}
        self.outcome = DryRun()

    def run(self) -> DryRun:
        for row, facts in self.lines:
            said_of = (
                *self._about_enterprise(row, facts),
                *self._about_account(row, facts),
                *_about_phone(facts),
            )
            problems = [row.problem(key, said) for key, said in said_of if key not in row.broken]
            self.outcome.problems += problems
            if not problems and not row.broken:
                self._plan(row, facts)
        return self.outcome

    def username(self, facts: Facts) -> str:
        return usernames.from_account(self.province.code, facts.provincial_account)

    def _about_enterprise(self, row: Row, facts: Facts) -> Iterator[tuple[str, str]]:
        if "uscc" in row.broken:
            return
        first = self.first_code.setdefault(facts.uscc, row.number)
        known = self.enterprises.get(facts.uscc)
        if problem := uscc.shape_problem(facts.uscc):
            yield "uscc", problem
        elif first != row.number:
            yield "uscc", f"与第 {first} 行的统一社会信用代码相同"
        elif known and known.name != facts.name and known.pk not in self.renamable:
            yield "name", refusals.name_differs(facts.uscc, known.name, facts.name)
        elif not row.values.get("verified") and "name" not in row.broken:
            yield from doubts_about(
                facts.uscc,
                facts.name,
                registered=known.name if known else "",
                by_name=self.by_name,
                tick=IN_COLUMN,
            )

    def _about_account(self, row: Row, facts: Facts) -> Iterator[tuple[str, str]]:
        account = facts.provincial_account
        ours = self.ours.get(facts.uscc)
        if ours and ours.is_issued:
            if account and account != ours.provincial_account:
                yield "provincial_account", refusals.ISSUED.format(what="省平台账号")
            return
        if not account:
            return
        first = self.first_account.setdefault(account.lower(), row.number)
        other = self.by_account.get(account.lower())
        if problem := usernames.problem_with(account):
            yield "provincial_account", problem
        elif first != row.number:
            yield "provincial_account", f"与第 {first} 行的省平台账号相同"
        elif other and other is not ours:
            yield "provincial_account", refusals.account_taken(account, other.enterprise.name)
        elif self.username(facts).lower() in self.taken:
            yield "provincial_account", refusals.username_taken(self.username(facts))

    def _plan(self, row: Row, facts: Facts) -> None:
        ours = self.ours.get(facts.uscc)
        if ours is None:
            known = self.enterprises.get(facts.uscc)
            renames = bool(known and known.name != facts.name)
            said = f"导入了配送企业 {facts.name}（{facts.uscc}）{_ticked(row)}，尚未发放账号。"
            self.outcome.new.append(Planned(facts, None, said, renames))
            return
        before = Facts.of(ours)
        # an empty cell says nothing about a distributor that exists
        account = facts.provincial_account or before.provincial_account
        facts = replace(facts, provincial_account=account, address=facts.address or before.address)
        differences = before.differences(facts)
        what = f"{facts.name}（{facts.uscc}）{_ticked(row)}"
        said = f"导入修改了配送企业 {what}：{'；'.join(differences)}。"
        for field in fields(facts):
            self.outcome.change(row, field.name, *(getattr(f, field.name) for f in (before, facts)))
        planned = Planned(facts, ours, said, before.name != facts.name)
        (self.outcome.changed if differences else self.outcome.unchanged).append(planned)


def _ticked(row: Row) -> str:
    return LOGGED if row.values.get("verified") else ""


def _about_phone(facts: Facts) -> Iterator[tuple[str, str]]:
    if problem := phones.problem_with(facts.phone):
        yield "phone", problem


def check(reading: Reading, context: Any) -> DryRun:
    """As imports call it; `context` names the province."""
    return check_distributors(reading, Organization.objects.get(pk=context["province_id"]))
