"""The season of an allocation, with institutions that close, merge and come back in between: after every step all that
`allocation/test_stop_machine.py` holds, and at the end the four checks of the operators. Played by `test_whole_season`.

1. Whatever becomes of a unit, its volumes and lines stay its own, and no other unit's change.
2. What a merger left is reported by the successor in its name; undone, the unit is as before.
"""

import io

from django.core.management import call_command
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import rule

from apps.administration.domain.changes.asking import ChangeRefused
from apps.administration.models import ChangeKind, ChangeOutcome, UnitChange
from apps.allocation.models import AllocationRow
from apps.organizations.models import Organization
from tests.allocation.test_stop_machine import Season, unit
from tests.unit_changing import asked, decided, undone

CHECKS = ("verify_totals", "verify_capacity", "verify_audit", "verify_agreements")
VOLUMES = ("organization", "item", "agreed", "kept", "pending", "lowest", "highest", "other")


class Changing(Season):
    """The successor fills in for the unit that merged: `clerks` of the season keep acting for each."""

    def volumes(self) -> list[tuple[object, ...]]:
        rows = AllocationRow.objects.filter(project=self.project)
        return sorted(rows.values_list(*VOLUMES))

    def change(self, run) -> None:
        before = self.volumes()
        try:
            with transaction.atomic():
                run()
        except ChangeRefused:
            pass
        assert self.volumes() == before

    def shut(self, at: int, kind: ChangeKind) -> None:
        hospital = Organization.objects.get(pk=self.clerks[at].organization_id)
        other = self.clerks[1 - at].organization.code if kind == ChangeKind.MERGE else ""
        self.change(lambda: decided(self.bureau, asked(self.bureau, hospital, kind, other)))

    @rule(at=unit, kind=st.sampled_from([ChangeKind.CLOSE, ChangeKind.MERGE]))
    def end(self, at, kind) -> None:
        if Organization.objects.filter(pk=self.clerks[at].organization_id, is_active=True).exists():
            try:
                self.shut(at, kind)
            except Exception as refused:  # the successor may be gone itself
                if type(refused).__name__ != "UnitRefused":
                    raise

    @rule()
    def take_back_change(self) -> None:
        last = UnitChange.objects.filter(outcome=ChangeOutcome.APPROVED).order_by("-pk").first()
        if last is not None:
            self.change(lambda: undone(self.bureau, last))

    def teardown(self) -> None:
        try:
            for command in CHECKS:
                call_command(command, stdout=io.StringIO(), stderr=io.StringIO())
        finally:
            super().teardown()
