"""Every migration from now on leaves people at their work: no table is rewritten, searched or shut while they use it.

What it may do to a table that was there before: add a column that may be empty or has a constant default, drop one, add
a check `NOT VALID` (`AddConstraintNotValid`), validate it in the next migration (`ValidateConstraint`), make an index
beside others (`apps.scope.server.concurrent_index`, alone, `atomic = False`). `manage.py migrate` limits the locks.
"""

import re

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

PAST = {
    "accounts": 12,
    "allocation": 11,
    "analysis": 1,
    "audit": 4,
    "distribution": 11,
    "exchange": 6,
    "folding": 1,
    "jobs": 2,
    "notices": 13,
    "organizations": 6,
    "projects": 14,
    "reporting": 9,
    "review": 8,
    "volumes": 11,
}
"""By app the last migration that was made before this rule: small tables then, or a long pause."""

EXCUSED: dict[str, str] = {
    "review.0010_who_filled_in": "the index of a key that is still empty: some hundred thousand"
    " filings of a country take it in less than a second",
}
"""`app.0042_name`: why its table is small enough, or nobody works meanwhile."""

CREATED = re.compile(r'CREATE TABLE "?(\w+)')
TABLE = r'ALTER TABLE "?(?P<table>\w+)"?'
INDEX = r'CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)(?:IF NOT EXISTS )?"?\w+"? ON "?(?P<table>\w+)'
FORBIDDEN = {
    INDEX: "an index that shuts out writers: AddIndexBesideOthers",
    rf"{TABLE} ADD CONSTRAINT (?!.*NOT VALID)(?!.*USING INDEX)": "a constraint that reads the"
    " table under a lock: AddConstraintNotValid, then ValidateConstraint",
    rf"{TABLE}.* ALTER COLUMN \S+ TYPE (?!varchar|text)": "a column whose values are written anew",
    rf"{TABLE}.* ALTER COLUMN \S+ SET NOT NULL": "NOT NULL reads the table: a check NOT VALID first",
    rf"{TABLE} ADD COLUMN .*\b(?:GENERATED ALWAYS|UNIQUE|PRIMARY KEY)": "a column that is"
    " computed, or indexed under a lock",
    rf"{TABLE} ADD COLUMN .*DEFAULT \(?(?!now|statement_timestamp)\w+\(": "a default of each row",
    rf"{TABLE} RENAME": "a name that the running version still uses",
}


def faults(statements: list[str]) -> list[str]:
    """What these statements would do to people at work."""
    text = [statement for statement in statements if not statement.startswith("--")]
    made = {table for statement in text for table in CREATED.findall(statement)}
    return [
        f"{why}: {statement[:100]}"
        for statement in text
        for pattern, why in FORBIDDEN.items()
        if (found := re.search(pattern, statement)) and found["table"] not in made
    ]


@pytest.mark.django_db(
    transaction=True
)  # what is made beside others refuses to be told of within one
def test_new_migrations_leave_people_at_their_work() -> None:
    loader = MigrationLoader(connection, replace_migrations=False)
    wrong = {}
    for (app, name), migration in sorted(loader.disk_migrations.items()):
        if not migration.__module__.startswith("apps.") or int(name[:4]) <= PAST.get(app, 0):
            continue
        said = faults(loader.collect_sql([(migration, False)]))
        if said and f"{app}.{name}" not in EXCUSED:
            wrong[f"{app}.{name}"] = said
    assert wrong == {}


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE INDEX "by_name" ON "review_filing" ("name");',
        'CREATE UNIQUE INDEX "by_name" ON "review_filing" ("name");',
        'ALTER TABLE "review_filing" ADD CONSTRAINT "positive" CHECK ("a" > 0);',
        'ALTER TABLE "review_filing" ADD CONSTRAINT "one" UNIQUE ("a");',
        'ALTER TABLE "review_filing" ALTER COLUMN "a" TYPE bigint USING "a"::bigint;',
        'ALTER TABLE "review_filing" ALTER COLUMN "a" SET NOT NULL;',
        'ALTER TABLE "review_filing" ADD COLUMN "a" uuid DEFAULT gen_random_uuid() NOT NULL;',
        'ALTER TABLE "review_filing" ADD COLUMN "a" integer NULL UNIQUE;',
        'ALTER TABLE "review_filing" RENAME COLUMN "a" TO "b";',
    ],
)
def test_what_shuts_people_out_is_found(statement: str) -> None:
    assert len(faults([statement])) == 1
    assert faults(['CREATE TABLE "review_filing" ("id" bigint);', statement]) == []


@pytest.mark.parametrize(
    "statement",
    [
        'CREATE INDEX CONCURRENTLY "by_name" ON "review_filing" ("name");',
        'ALTER TABLE "review_filing" ADD CONSTRAINT "positive" CHECK ("a" > 0) NOT VALID;',
        'ALTER TABLE "review_filing" VALIDATE CONSTRAINT "positive";',
        'ALTER TABLE "review_filing" ADD COLUMN "a" integer DEFAULT 0 NOT NULL;',
        'ALTER TABLE "review_filing" ADD COLUMN "a" integer NULL;',
        'ALTER TABLE "review_filing" ALTER COLUMN "a" DROP DEFAULT;',
        'ALTER TABLE "review_filing" ALTER COLUMN "a" TYPE varchar(200);',
        'ALTER TABLE "review_filing" DROP COLUMN "a";',
        "CREATE OR REPLACE FUNCTION f() RETURNS trigger AS $$ BEGIN END $$ LANGUAGE plpgsql",
    ],
)
def test_what_lets_people_work_is_let_be(statement: str) -> None:
    assert faults([statement]) == []
