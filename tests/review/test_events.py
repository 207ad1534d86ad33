"""What the hash of an event covers: everything that it says, and the whole chain before it."""

from datetime import UTC, datetime

import pytest

from apps.review.domain.events import digest
from apps.review.models import FilingEvent

AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
SAID = {
    "filing_id": 7,
    "sequence": 3,
    "at": AT,
    "action": "submit",
    "source": "draft",
    "target": "submitted",
    "actor_id": 11,
    "actor_name": "张三",
    "organization_name": "某医院",
    "on_behalf_of": "",
    "reason": "",
    "deadline": None,
    "previous_hash": "0" * 64,
}


def hash_of(**changes):
    return digest(FilingEvent(**{**SAID, **changes}))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("previous_hash", "1" * 64),
        ("previous_hash", ""),
        ("filing_id", 8),
        ("sequence", 4),
        ("at", AT.replace(second=1)),
        ("action", "approve"),
        ("source", "returned"),
        ("target", "approved"),
        ("actor_id", None),
        ("actor_name", "李四"),
        ("organization_name", "另一医院"),
        ("on_behalf_of", "某医院"),
        ("reason", "有误"),
        ("deadline", AT),
    ],
)
def test_nothing_changes_without_another_hash(name, other):
    assert hash_of(**{name: other}) != hash_of()


def test_the_same_again_has_the_same_hash():
    assert hash_of() == hash_of()
