"""A small round of demand with a rehearsal of it."""

import hashlib
from collections.abc import Mapping
from datetime import timedelta

from django.db import connection

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.rehearsals.domain.making import make_rehearsal, usual_start
from apps.rehearsals.models import Rehearsal
from tests.factories_demand import bought, demand_project, published
from tests.running import as_owner

CODE = "YANLIAN-7"


def round_of(tree: Mapping[str, Organization], officer: User) -> Project:
    units = [unit for unit in tree.values() if unit.tier == "institution" and unit.is_active]
    units = [unit for unit in units if unit.reports_through_id is None]
    project = demand_project(units, code=CODE, items=5)
    for number, unit in enumerate(units):
        bought(project, unit, {"P0001": 2_800 + number, "P0002": 560, "P0003": 98_765})
    return published(project, officer)


def rehearsed(project: Project, officer: User, *, seed: int = 7) -> Rehearsal:
    return make_rehearsal(
        project=project,
        starts_at=usual_start(project),
        seed=seed,
        by=Actor.of(officer),
        tell=lambda _words: None,
    )


def real_rows(*, without: tuple[str, ...] = ()) -> dict[str, str]:
    """A digest of every row of every table outside of rehearsals, by table."""
    found = {}
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        )
        for (table,) in sorted(cursor.fetchall()):
            if table in without:
                continue
            cursor.execute(
                f"SELECT COALESCE(string_agg(row::text, chr(10) ORDER BY row::text COLLATE \"C\"), '') FROM public.{table} row"
            )
            ((text,),) = cursor.fetchall()
            found[table] = hashlib.sha256(text.encode()).hexdigest()
    return found


def later(moment, **more):
    return moment + timedelta(**more)
