"""Load the demo: divisions, institutions, enterprises, accounts, projects. Safe to run again."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from apps.demo.accounts import Listed, load_accounts
from apps.demo.agreement_round import load_agreement_round
from apps.demo.allocation_round import load_allocation_round
from apps.demo.announcements import load_announcements
from apps.demo.appeals import load_appeals
from apps.demo.demand.rounds import load_demand_rounds
from apps.demo.distributors import load_distributors
from apps.demo.entities import load_entities
from apps.demo.generated_round import load_generated_round
from apps.demo.relations import load_relations
from apps.scope.context import whole_country


class Command(BaseCommand):
    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        with whole_country(reason="load_demo"):
            load_entities()
            listed = load_accounts()
            load_distributors()
            load_allocation_round()
            load_relations()
            load_agreement_round()
            load_demand_rounds()
            load_generated_round()
            load_appeals()
            load_announcements()
        self._print(listed)

    def _print(self, listed: list[Listed]) -> None:
        self.stdout.write(f"演示账号（密码均为 {settings.DEMO_PASSWORD}）：")
        for account in listed:
            self.stdout.write(f"  {account.username:<14} {account.whom}")
