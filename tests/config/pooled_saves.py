"""Eight threads that read and save as requests do, each on a connection of its own; prints what went wrong, by kind.

Run as a program (`test_pooler`), with DATABASE_URL at the pooler.
"""

import collections
import json
import sys
import threading

import django

django.setup()

from django.db import DatabaseError, connection, models, transaction  # noqa: E402

from apps.organizations.models import Organization  # noqa: E402
from apps.scope.context import whole_country  # noqa: E402
from apps.scope.database import Rows, Touched, planned_rows, send, send_last  # noqa: E402
from apps.scope.prepared import Prepared  # noqa: E402

THREADS, ROUNDS = 8, 12
BY_CODE = Prepared(lambda code: Organization.objects.filter(code=code), code=models.CharField())
NONE = {"code": "nobody"}
READ = "SELECT name FROM organizations_division WHERE code = %(code)s"
SAVE = "UPDATE organizations_division SET name = name WHERE code = %(code)s"

wrong: collections.Counter[str] = collections.Counter()


def save() -> None:
    BY_CODE(code="nobody")
    planned_rows(READ, NONE)
    list(Organization.objects.filter(code="nobody").iterator())
    with transaction.atomic():
        send(Rows(READ, NONE), Touched(SAVE, NONE))
        send_last(Touched(SAVE, NONE), Rows(READ, NONE))


def work() -> None:
    with whole_country(reason="test"):
        for _ in range(ROUNDS):
            try:
                save()
            except DatabaseError as error:
                wrong[type(error.__cause__).__name__] += 1
    connection.close()


threads = [threading.Thread(target=work) for _ in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.stdout.write(f"{json.dumps(wrong)}\n")
