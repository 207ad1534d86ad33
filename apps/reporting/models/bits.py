"""A column of bits, one for each institution of a bureau in the order of paths."""

from typing import Any

from django.db import models


class BitsField(models.Field):  # type: ignore[type-arg]
    """`bit varying`, read and written as text of 0 and 1; the database combines and counts them."""

    def db_type(self, connection: Any) -> str:
        return "bit varying"
