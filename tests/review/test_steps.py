"""Where a filing stands on its way up, as steps."""

import pytest

from apps.review.domain.locks import Ancestor, Branch
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.review.pages.steps import steps_of

PATHS = {"city": "/0/42/420100/", "province": "/0/42/", "alliance": "/0/"}


def steps(own: Status, **above: Status) -> list[tuple[str, str]]:
    """The steps of an institution's filing below a city; unnamed tiers are at work."""
    filing = Filing(path="/0/42/420100/H1/", tier="institution", status=own)
    ancestors = {
        path: Ancestor(1, 1, path, tier, above.get(tier, Status.DRAFT), None)
        for tier, path in PATHS.items()
    }
    found = steps_of(filing, Branch((filing,), ancestors))
    return [(step.label, step.state) for step in found]


NAMES = ("医疗机构填报", "市医保审核", "省医保审核", "联采办审核")


@pytest.mark.covers("S0-09")
@pytest.mark.parametrize(
    ("own", "above", "states"),
    [
        (Status.DRAFT, {}, ("current", "todo", "todo", "todo")),
        (Status.RETURNED, {}, ("returned", "todo", "todo", "todo")),
        (Status.SUBMITTED, {}, ("done", "current", "todo", "todo")),
        (Status.APPROVED, {"city": Status.RETURNED}, ("done", "returned", "todo", "todo")),
        (Status.APPROVED, {"city": Status.SUBMITTED}, ("done", "done", "current", "todo")),
        (
            Status.APPROVED,
            {"city": Status.APPROVED, "province": Status.APPROVED, "alliance": Status.APPROVED},
            ("done", "done", "done", "done"),
        ),
        (Status.LAPSED, {}, ("skipped", "todo", "todo", "todo")),
    ],
)
def test_steps(own: Status, above: dict[str, Status], states: tuple[str, ...]) -> None:
    assert steps(own, **above) == list(zip(NAMES, states, strict=True))
