"""The same figures for Prometheus, beside those of the web processes."""

from collections.abc import Iterator
from typing import Any

from django.db import DatabaseError
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily

from apps.operations.domain.standing import measures
from apps.scope.passing import give_up_connection


class _Standing:
    def collect(self) -> Iterator[Any]:
        """`fenliang_database_up` alone where the database is away."""
        up = GaugeMetricFamily("fenliang_database_up", "Whether the database answers")
        try:
            found = measures()
        except DatabaseError:
            give_up_connection()
            up.add_metric([], 0)
            yield up
            return
        up.add_metric([], 1)
        yield up
        families: dict[str, GaugeMetricFamily] = {}
        for each in found:
            name = f"fenliang_{each.name}"
            if name not in families:
                labels = [label for label, _ in each.labels]
                families[name] = GaugeMetricFamily(name, each.title, labels=labels)
            if each.value is not None:
                families[name].add_metric([value for _, value in each.labels], each.value)
        yield from families.values()


def told() -> bytes:
    """In Prometheus' text form."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Standing())
    return generate_latest(registry)
