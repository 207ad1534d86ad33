"""What tests of references without a key share: an id of nothing, and who refused."""

from typing import Any

from django.db import IntegrityError, connection, transaction

NOBODY = 987_654_321


def refused(act: Any, *args: Any) -> bool:
    """Whether it is refused by the check of these references, and by nothing else."""
    try:
        with transaction.atomic():
            act(*args)
    except IntegrityError as error:
        return bool(error.__cause__.diag.constraint_name == "nothing_dangles")  # type: ignore[union-attr]
    return False


def execute(statement: str, values: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
