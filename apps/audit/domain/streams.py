"""Which records are sealed. Their rows have ids in the order in which they were begun, and a moment `at`."""

from dataclasses import dataclass
from typing import Any

from django.db import models


@dataclass(frozen=True, slots=True)
class Stream:
    """A table that only grows, and what people call it."""

    model: type[models.Model]
    title: str

    @property
    def name(self) -> str:
        """As seals name it (`audit.logentry`)."""
        return str(self.model._meta.label_lower)

    def rows(self) -> "models.QuerySet[Any]":
        """Those within the scope: all of them, for who seals and checks."""
        model: Any = self.model
        rows: models.QuerySet[Any] = model.objects.all()
        return rows


STREAMS: dict[str, Stream] = {}
"""By name, in the order in which they are sealed."""


def register_stream(model: type[models.Model], title: str) -> None:
    stream = Stream(model, title)
    STREAMS[stream.name] = stream
