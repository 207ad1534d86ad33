"""A small round of demand with a rehearsal of it, and a walk along the links of pages."""

import hashlib
import re
from collections.abc import Iterator, Mapping

from django.db import connection
from django.test import Client

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.rehearsals.domain.making import make_rehearsal, usual_start
from apps.rehearsals.models import Rehearsal
from tests.factories_demand import bought, demand_project, published
from tests.running import as_owner

CODE = "BL-YL"
LINK = re.compile(r'(?:href|action|formaction)="(/(?!static/)[^"]*)"')
FOLLOWED = re.compile(r'<a\b[^>]*href="(/(?!static/)[^"#]*)')
TABLES = "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"
ROWS = """
    SELECT COALESCE(string_agg(row::text, chr(10) ORDER BY row::text COLLATE "C"), '') FROM public.{} row
"""
SCHEMAS = "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'rehearsal%'"


def round_of(tree: Mapping[str, Organization], officer: User) -> Project:
    units = [unit for unit in tree.values() if unit.tier == "institution" and unit.is_active]
    units = [unit for unit in units if unit.reports_through_id is None]
    project = demand_project(units, code=CODE, items=5, attachment="letter")
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


def real_rows(*, but: tuple[str, ...]) -> dict[str, str]:
    """A digest of every row of every table outside of rehearsals, by table."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(TABLES)
        tables = [table for (table,) in cursor.fetchall() if table not in but]
        found = {}
        for table in tables:
            cursor.execute(ROWS.format(table))
            ((text,),) = cursor.fetchall()
            found[table] = hashlib.sha256(text.encode()).hexdigest()
    return found


def schemas() -> int:
    with connection.cursor() as cursor:
        cursor.execute(SCHEMAS)
        ((count,),) = cursor.fetchall()
    return int(count)


def walk(client: Client, start: str, *, below: str, most: int) -> Iterator[tuple[str, str]]:
    """Pages that one comes to by links from the first, with their text; at most so many."""
    known, waiting = {start}, [start]
    for _step in range(most):
        if not waiting:
            return
        address = waiting.pop(0)
        answer = client.get(address)
        assert answer.status_code in {200, 302, 403, 404}, (address, answer.status_code)
        content = b"".join(answer)
        found = [answer.headers["Location"]] if answer.status_code == 302 else []
        if "text/html" in answer.headers.get("Content-Type", "") and answer.status_code == 200:
            text = content.decode()
            yield address, text
            found += [each.replace("&amp;", "&") for each in FOLLOWED.findall(text)]
        for each in found:
            if each.startswith(below) and each not in known:
                known.add(each)
                waiting.append(each)
